"""Asking a bucket: who we are, how long we wait, and what its silence means to the shop."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from eterno.adapters.s3.signing import Keys
from eterno.domain.errors import Unavailable

PATIENCE = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=16,
    signature_version="s3v4",
    # Stores that only speak S3 know nothing of newer checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
"""All in all a question takes less than a worker's lease on a task allows."""

log = logging.getLogger(__name__)


class MediaUnavailable(Unavailable):
    """The bucket does not answer, or not to us."""

    code = "media_unavailable"

    def __init__(self) -> None:
        super().__init__("The picture store does not answer; please try again in a moment")


class Bucket:
    """One bucket and our access to it."""

    def __init__(
        self,
        name: str,
        *,
        region: str,
        key_id: str | None = None,
        secret: str | None = None,
        token: str | None = None,
        endpoint: str | None = None,
    ) -> None:
        """Without a key the machine's own role is used; with neither, nothing is answered.
        `endpoint` is for a store elsewhere that speaks S3."""
        session = boto3.Session(
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=token if key_id else None,
            region_name=region,
        )
        self._role = session.get_credentials()
        self._known = Keys(id="", secret="")
        by_path = endpoint is not None or "." in name
        style = Config(s3={"addressing_style": "path" if by_path else "virtual"})
        self.name = name
        self.region = region
        self.client: Any = session.client("s3", endpoint_url=endpoint, config=PATIENCE.merge(style))
        self.url = _url(self.client.meta.endpoint_url, name, by_path=by_path)
        """What the addresses of its objects begin with, without a slash at the end."""

    def keys(self) -> Keys:
        """What we sign with; a role's keys change several times a day.

        Renewing them may fail, and then the ones before serve until they have ended.
        """
        try:
            found = self._role and self._role.get_frozen_credentials()
        except BotoCoreError as error:
            log.warning("the machine's role gives no keys: %s", type(error).__name__)
            return self._known
        if found:
            self._known = Keys(id=found.access_key, secret=found.secret_key, token=found.token)
        return self._known

    @contextmanager
    def asked(self) -> Iterator[Any]:
        """The client. Whatever it raises is `MediaUnavailable`."""
        try:
            yield self.client
        except (BotoCoreError, ClientError) as error:
            log.warning("the picture store: %s", reason(error))
            raise MediaUnavailable from error


def reason(error: BotoCoreError | ClientError) -> str:
    """What the matter is, in one word: S3's own, such as `NoSuchKey`, or the kind of silence."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    return type(error).__name__


def _url(endpoint: str, name: str, *, by_path: bool) -> str:
    endpoint = endpoint.rstrip("/")
    if by_path:
        return f"{endpoint}/{name}"
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{name}.{parts.netloc}"
