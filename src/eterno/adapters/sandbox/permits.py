"""Signed leave to bring one picture, as an address of an object store carries it.

Stands in for the presigned URLs of S3; not for production.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from eterno.application.ports.media import TICKET_LIFETIME
from eterno.application.ports.system import Clock
from eterno.domain.errors import Denied

PATH = "/sandbox/upload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """What may be brought: this type, and exactly so many bytes if that is said."""

    key: str
    content_type: str
    size: int | None


class Permits:
    """Signs permits with a secret of its own, and knows its signature again."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret = secret.encode()
        self._clock = clock

    def address(self, base_url: str, permit: Permit) -> str:
        """Where the picture may be PUT from now on, for `TICKET_LIFETIME`."""
        expires = str(int((self._clock.now() + TICKET_LIFETIME).timestamp()))
        size = "" if permit.size is None else str(permit.size)
        terms = {"kind": permit.content_type, "size": size, "expires": expires}
        signature = self._signature(permit.key, **terms)
        return f"{base_url}{PATH}/{quote(permit.key)}?" + urlencode(
            {**terms, "signature": signature}
        )

    def read(self, key: str, *, kind: str, size: str, expires: str, signature: str) -> Permit:
        """The permit that these parts of an address are.

        Raises `Denied` when they were not signed here, all of them together, or too long ago.
        """
        genuine = self._signature(key, kind=kind, size=size, expires=expires)
        if not hmac.compare_digest(genuine.encode(), signature.encode(errors="replace")):
            raise Denied("This address was not given out for this picture")
        if self._clock.now() >= datetime.fromtimestamp(int(expires), UTC):
            raise Denied("This address was given out too long ago; please ask for another")
        return Permit(key=key, content_type=kind, size=int(size) if size else None)

    def _signature(self, key: str, *, kind: str, size: str, expires: str) -> str:
        """Over all parts together: none can be changed, and nothing moved from one to another."""
        said = json.dumps([key, kind, size, expires])
        return hmac.new(self._secret, said.encode(), hashlib.sha256).hexdigest()
