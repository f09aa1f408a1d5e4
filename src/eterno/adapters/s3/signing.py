"""Leave to do one thing with one object, written into an address (AWS Signature, version 4).

The SDK signs only with the present moment, and takes its time; the catalogue shows hundreds of
addresses, which have to stay the same for hours. Nobody is asked for anything.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Who signs. Temporary keys have a token, and what they signed ends with them."""

    id: str
    secret: str
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """For how long something is allowed, from when on. `at` is in UTC."""

    keys: Keys
    region: str
    at: datetime
    lifetime: timedelta

    @property
    def date(self) -> str:
        return f"{self.at:%Y%m%dT%H%M%SZ}"

    @property
    def scope(self) -> str:
        return f"{self.at:%Y%m%d}/{self.region}/s3/aws4_request"

    @property
    def credential(self) -> str:
        return f"{self.keys.id}/{self.scope}"

    def signature(self, text: str) -> str:
        key = _signing_key(self.keys.secret, self.scope)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def signed_url(
    grant: Grant,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> str:
    """`url`, which has no query yet, with the grant in it. Whoever uses it has to send exactly
    these `headers` (names in lower case)."""
    parts = urlsplit(url)
    said = {"host": parts.netloc, **(headers or {})}
    names = ";".join(sorted(said))
    asked = {
        **(query or {}),
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": grant.credential,
        "X-Amz-Date": grant.date,
        "X-Amz-Expires": str(int(grant.lifetime.total_seconds())),
        "X-Amz-SignedHeaders": names,
        **({"X-Amz-Security-Token": grant.keys.token} if grant.keys.token else {}),
    }
    line = "&".join(f"{name}={quote(asked[name], safe='')}" for name in sorted(asked))
    spoken = "".join(f"{name}:{said[name]}\n" for name in sorted(said))
    request = f"{method}\n{parts.path}\n{line}\n{spoken}\n{names}\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(request.encode()).hexdigest()
    signature = grant.signature(f"{ALGORITHM}\n{grant.date}\n{grant.scope}\n{digest}")
    return f"{url}?{line}&X-Amz-Signature={signature}"


def signed_form(
    grant: Grant, fields: Mapping[str, str], conditions: Sequence[object] = ()
) -> dict[str, str]:
    """The fields of a form with the grant in it: it may be posted with these `fields`, and with a
    file that meets the `conditions`."""
    said = {
        **fields,
        "x-amz-algorithm": ALGORITHM,
        "x-amz-credential": grant.credential,
        "x-amz-date": grant.date,
        **({"x-amz-security-token": grant.keys.token} if grant.keys.token else {}),
    }
    policy = {
        "expiration": f"{grant.at + grant.lifetime:%Y-%m-%dT%H:%M:%SZ}",
        "conditions": [*({name: value} for name, value in said.items()), *conditions],
    }
    written = b64encode(json.dumps(policy).encode()).decode()
    return {**said, "policy": written, "x-amz-signature": grant.signature(written)}


@lru_cache(maxsize=8)
def _signing_key(secret: str, scope: str) -> bytes:
    """Lasts for a day, a region and a service."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
