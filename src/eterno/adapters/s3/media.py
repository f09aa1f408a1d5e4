"""Pictures in a bucket that speaks S3. Reading the shop never asks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from urllib.parse import quote

from botocore.exceptions import ClientError

from eterno.adapters.s3.bucket import Bucket, reason
from eterno.adapters.s3.inspection import complaint
from eterno.adapters.s3.signing import Grant, signed_form, signed_url
from eterno.application.ports.media import TICKET_LIFETIME, Found, UploadTicket
from eterno.application.ports.system import Clock
from eterno.domain.errors import Invalid
from eterno.domain.media import FIRST_BYTES, LARGEST, kind_of

FOR_EVER = "public, max-age=31536000, immutable"
"""A key's picture may be kept for ever: another picture gets another key."""
WINDOW = timedelta(hours=12)
"""How long a signed address stays the same. From midnight or noon UTC, like every other process."""
SHOWN_FOR = 2 * WINDOW
"""How long it is good for; so at least `WINDOW` from whenever it was handed out."""
_NOTHING_THERE = frozenset({"404", "NoSuchKey", "NotFound"})
_EMPTY = frozenset({"416", "InvalidRange"})
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadForm:
    """Leave to bring one picture in an HTML form, `fields` first and then the `file`."""

    url: str
    fields: Mapping[str, str]


class S3Media:
    """Implements `MediaStore`.

    A ticket without a size cannot limit how much is brought (S3 has no such grant for a PUT; a form
    has it). What is too large is seen by `look`, before anything shows it.
    """

    def __init__(self, bucket: Bucket, *, clock: Clock, public_url: str | None = None) -> None:
        """`public_url` is where the bucket's objects can be had by anybody, such as a content
        network. Without it, addresses are signed."""
        self.bucket = bucket
        self._clock = clock
        self._public_url = public_url.rstrip("/") if public_url else None

    def url(self, key: str) -> str:
        """A signed address stays the same for up to `WINDOW`, so that browsers keep the picture."""
        if self._public_url:
            return f"{self._public_url}/{_quoted(key)}"
        now = self._clock.now()
        window = now - (now - _EPOCH) % WINDOW
        return _shown(self._grant(window, SHOWN_FOR), self._place(key))

    def put(self, key: str, data: bytes) -> None:
        """Raises `Invalid` for a key that is no picture's, and `MediaUnavailable`."""
        try:
            content_type = kind_of(key).content_type
        except KeyError:
            raise Invalid.field("key", "must end like a picture's") from None
        with self.bucket.asked() as client:
            client.put_object(
                Bucket=self.bucket.name,
                Key=key,
                Body=data,
                ContentType=content_type,
                CacheControl=FOR_EVER,
            )

    def exists(self, key: str) -> bool:
        with self.bucket.asked() as client:
            try:
                client.head_object(Bucket=self.bucket.name, Key=key)
            except ClientError as error:
                if reason(error) in _NOTHING_THERE:
                    return False
                raise
        return True

    def ticket(self, key: str, content_type: str, size: int | None) -> UploadTicket:
        headers = {"content-type": content_type}
        if size is not None:
            headers["content-length"] = str(size)
        grant = self._grant(self._clock.now(), TICKET_LIFETIME)
        return UploadTicket(
            url=signed_url(grant, "PUT", self._place(key), headers=headers), key=key
        )

    def form(self, key: str, content_type: str) -> UploadForm:
        """Leave to store one picture of this type under `key`, of 1 to `LARGEST` bytes, for
        `TICKET_LIFETIME`. Asks nobody."""
        grant = self._grant(self._clock.now(), TICKET_LIFETIME)
        fields = {"key": key, "Content-Type": content_type, "Cache-Control": FOR_EVER}
        conditions = ({"bucket": self.bucket.name}, ("content-length-range", 1, LARGEST))
        return UploadForm(url=self.bucket.url, fields=signed_form(grant, fields, conditions))

    def look(self, key: str) -> Found | None:
        """One question for both: size and first bytes are those of the same picture."""
        with self.bucket.asked() as client:
            try:
                answer = client.get_object(
                    Bucket=self.bucket.name, Key=key, Range=f"bytes=0-{FIRST_BYTES - 1}"
                )
                first_bytes = answer["Body"].read(FIRST_BYTES)
            except ClientError as error:
                if reason(error) in _EMPTY:  # of nothing, not even the first byte can be had
                    return Found(size=0, first_bytes=b"")
                if reason(error) in _NOTHING_THERE:
                    return None
                raise
        return Found(size=_whole_size(answer), first_bytes=first_bytes)

    def remove(self, key: str) -> None:
        with self.bucket.asked() as client:
            client.delete_object(Bucket=self.bucket.name, Key=key)

    def keys(self, prefix: str, *, most: int) -> Sequence[str]:
        with self.bucket.asked() as client:
            pages = client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket.name,
                Prefix=prefix,
                PaginationConfig={"PageSize": min(most, 1000)},
            )
            return list(
                islice((item["Key"] for page in pages for item in page.get("Contents", ())), most)
            )

    def complaints(self) -> Sequence[str]:
        """What keeps the shop from using the bucket, found out without writing anything."""
        found = complaint(self.bucket)
        return [found] if found else []

    def _grant(self, at: datetime, lifetime: timedelta) -> Grant:
        return Grant(keys=self.bucket.keys(), region=self.bucket.region, at=at, lifetime=lifetime)

    def _place(self, key: str) -> str:
        return f"{self.bucket.url}/{_quoted(key)}"


@lru_cache(maxsize=4096)
def _shown(grant: Grant, place: str) -> str:
    """Remembered, because every listing shows the same pictures again."""
    return signed_url(grant, "GET", place, query={"response-cache-control": FOR_EVER})


def _quoted(key: str) -> str:
    return quote(key, errors="replace")


def _whole_size(answer: Mapping[str, object]) -> int:
    """Of a part ("bytes 0-15/4711"), or of all that there is."""
    _, _, whole = str(answer.get("ContentRange", "")).rpartition("/")
    return int(whole or str(answer["ContentLength"]))
