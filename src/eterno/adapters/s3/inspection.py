"""Looking whether a bucket is set up as the shop needs it. Nothing is written or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from eterno.adapters.s3.bucket import Bucket, reason

Verdict = Literal["fine", "wrong", "unknown"]

EVERY_BLOCK = (
    "BlockPublicAcls",
    "IgnorePublicAcls",
    "BlockPublicPolicy",
    "RestrictPublicBuckets",
)
PICTURES = "products/"
_REMEDIES = {
    "404": "there is no such bucket: make it, or correct AWS_BUCKET_NAME",
    "NoSuchBucket": "there is no such bucket: make it, or correct AWS_BUCKET_NAME",
    "403": "these keys may not use it: see the policy in docs/media.md",
    "AccessDenied": "these keys may not use it: see the policy in docs/media.md",
    "301": "it is in another region: correct AWS_REGION",
    "400": "it is in another region, or the keys are wrong",
    "NoCredentialsError": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. `remedy` says what to do where it is wrong, or why it is unknown."""

    what: str
    verdict: Verdict
    remedy: str = ""


def findings(bucket: Bucket, *, origin: str | None, public_url: str | None) -> Sequence[Finding]:
    """What there is to say about the bucket.

    `origin` is the shop front's, from which pictures are uploaded; `public_url` is where pictures
    are publicly served. What our keys may not see is unknown, not wrong: the shop does not need to
    see it.
    """
    there = _there(bucket)
    if there.verdict == "wrong":
        return [there]
    looks: Iterable[Callable[[], Finding]] = (
        lambda: _listing(bucket),
        lambda: _cors(bucket, origin),
        lambda: _privacy(bucket, public_url),
        lambda: _leftovers(bucket),
        lambda: _expiry(bucket),
    )
    return [there, *(look() for look in looks)]


def complaint(bucket: Bucket) -> str | None:
    """What keeps the shop from using the bucket; None when it can."""
    there = _there(bucket)
    return there.remedy if there.verdict == "wrong" else None


def _there(bucket: Bucket) -> Finding:
    what = "the bucket exists and is ours to use"
    try:
        bucket.client.head_bucket(Bucket=bucket.name)
    except (ClientError, BotoCoreError) as error:
        why = reason(error)
        return _wrong(what, _REMEDIES.get(why, f"it does not answer ({why})"))
    return Finding(what=what, verdict="fine")


def _listing(bucket: Bucket) -> Finding:
    what = "its keys may be listed (else a missing picture looks like a forbidden one)"
    try:
        bucket.client.list_objects_v2(Bucket=bucket.name, Prefix=PICTURES, MaxKeys=1)
    except (ClientError, BotoCoreError) as error:
        return _wrong(what, f"{reason(error)}: allow s3:ListBucket")
    return Finding(what=what, verdict="fine")


def _cors(bucket: Bucket, origin: str | None) -> Finding:
    what = "browsers may PUT pictures from FRONTEND_URL (CORS)"
    if origin is None:
        return Finding(what=what, verdict="unknown", remedy="FRONTEND_URL is not set")
    rules = _ask(what, bucket.client.get_bucket_cors, bucket, "NoSuchCORSConfiguration")
    if isinstance(rules, Finding):
        return rules
    if any(_lets_put(rule, origin) for rule in rules.get("CORSRules", ())):
        return Finding(what=what, verdict="fine")
    return _wrong(what, f"add the CORS rule in docs/media.md, with {origin}")


def _lets_put(rule: Mapping[str, Any], origin: str) -> bool:
    return (
        "PUT" in rule.get("AllowedMethods", ())
        and any(_matches(origin, allowed) for allowed in rule.get("AllowedOrigins", ()))
        and any(_matches("content-type", allowed) for allowed in rule.get("AllowedHeaders", ()))
    )


def _matches(value: str, pattern: str) -> bool:
    return fnmatchcase(value.lower(), pattern.lower().replace("[", "[[]"))


def _privacy(bucket: Bucket, public_url: str | None) -> Finding:
    what = "nobody but us reads it directly (public access is blocked)"
    if public_url and _is_served_by(bucket, public_url):
        remedy = "MEDIA_PUBLIC_BASE_URL is the bucket itself, so it has to be public"
        return Finding(what=what, verdict="unknown", remedy=remedy)
    ask = bucket.client.get_public_access_block
    found = _ask(what, ask, bucket, "NoSuchPublicAccessBlockConfiguration")
    if isinstance(found, Finding):
        return found
    blocks = found.get("PublicAccessBlockConfiguration", {})
    missing = [block for block in EVERY_BLOCK if not blocks.get(block)]
    if missing:
        return _wrong(what, f"switch on {', '.join(missing)}")
    return Finding(what=what, verdict="fine")


def _is_served_by(bucket: Bucket, public_url: str) -> bool:
    host = urlsplit(public_url).hostname or ""
    return public_url.startswith(bucket.url) or host.endswith(".amazonaws.com")


def _leftovers(bucket: Bucket) -> Finding:
    what = "uploads that were broken off are cleared away (lifecycle)"
    rules = _lifecycle(what, bucket)
    if isinstance(rules, Finding):
        return rules
    if any("AbortIncompleteMultipartUpload" in rule for rule in rules):
        return Finding(what=what, verdict="fine")
    return _wrong(what, "add the lifecycle rule in docs/media.md")


def _expiry(bucket: Bucket) -> Finding:
    what = "no lifecycle rule removes pictures (the shop removes those that nothing shows)"
    rules = _lifecycle(what, bucket)
    if isinstance(rules, Finding):
        return rules
    removing = [rule.get("ID", "?") for rule in rules if "Expiration" in rule and _covers(rule)]
    if removing:
        return _wrong(what, f"remove the expiration from {', '.join(removing)}")
    return Finding(what=what, verdict="fine")


def _covers(rule: Mapping[str, Any]) -> bool:
    """Whether it can be about pictures."""
    narrow = rule.get("Filter", {})
    prefix = rule.get("Prefix") or narrow.get("Prefix") or narrow.get("And", {}).get("Prefix") or ""
    return prefix.startswith(PICTURES) or PICTURES.startswith(prefix)


def _lifecycle(what: str, bucket: Bucket) -> Sequence[Mapping[str, Any]] | Finding:
    """The rules that are switched on."""
    ask = bucket.client.get_bucket_lifecycle_configuration
    found = _ask(what, ask, bucket, "NoSuchLifecycleConfiguration")
    if isinstance(found, Finding):
        return found
    return [rule for rule in found.get("Rules", ()) if rule.get("Status") == "Enabled"]


def _ask(
    what: str, question: Callable[..., Mapping[str, Any]], bucket: Bucket, nothing: str
) -> Mapping[str, Any] | Finding:
    """The answer, which is empty where S3 answers `nothing`; what we may not see is a finding."""
    try:
        return question(Bucket=bucket.name)
    except (ClientError, BotoCoreError) as error:
        why = reason(error)
        return {} if why == nothing else Finding(what=what, verdict="unknown", remedy=why)


def _wrong(what: str, remedy: str) -> Finding:
    return Finding(what=what, verdict="wrong", remedy=remedy)
