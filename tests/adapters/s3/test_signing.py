"""Signatures are those of Amazon's own SDK, letter by letter."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.adapters.s3.bucket import Bucket
from eterno.adapters.s3.media import S3Media
from eterno.adapters.s3.signing import Grant, Keys, signed_url
from tests.support.clock import FixedClock

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=40)


def bucket(name: str = "pictures", region: str = "us-east-1", **more: str) -> Bucket:
    return Bucket(name, region=region, key_id="AKIDEXAMPLE", secret="not so secret", **more)


def sdk_url(bucket: Bucket, deed: str, lifetime: int, **parameters: Any) -> str:
    """The same address, as the SDK would write it now."""
    place = {"Bucket": bucket.name, **parameters}
    return str(bucket.client.generate_presigned_url(deed, Params=place, ExpiresIn=lifetime))


def moment(url: str) -> datetime:
    """When it was signed."""
    written = dict(parse_qsl(urlsplit(url).query))["X-Amz-Date"]
    return datetime.strptime(written, "%Y%m%dT%H%M%S%z")


def parts(url: str) -> tuple[str, str, Mapping[str, str]]:
    """Without the order of what is asked, which means nothing."""
    found = urlsplit(url)
    return found.netloc, found.path, dict(parse_qsl(found.query))


@pytest.fixture(scope="module")
def here() -> Bucket:
    return bucket()


@given(key=NAMES)
def test_any_key_is_signed_as_the_sdk_signs_it(here: Bucket, key: str) -> None:
    theirs = sdk_url(here, "put_object", 900, Key=key, ContentType="image/png", ContentLength=5)
    ours = S3Media(here, clock=FixedClock(moment(theirs))).ticket(key, "image/png", 5).url

    assert parts(ours) == parts(theirs)


@pytest.mark.parametrize(
    ("name", "region", "more"),
    [
        ("pictures", "us-east-1", {}),
        ("pictures", "eu-central-1", {}),
        ("pictures", "cn-north-1", {}),
        ("pictures.eterno.example", "eu-central-1", {}),
        ("pictures", "eu-central-1", {"endpoint": "http://127.0.0.1:9000"}),
        ("pictures", "auto", {"endpoint": "https://store.example/s3/"}),
        ("pictures", "us-east-1", {"token": "of+a/temporary=key"}),
    ],
)
def test_any_bucket_is_found_where_the_sdk_finds_it(
    name: str, region: str, more: dict[str, str]
) -> None:
    here = bucket(name, region, **more)
    theirs = sdk_url(here, "put_object", 900, Key="products/ä b.jpg", ContentType="image/jpeg")
    clock = FixedClock(moment(theirs))
    ours = S3Media(here, clock=clock).ticket("products/ä b.jpg", "image/jpeg", None).url

    assert parts(ours) == parts(theirs)


def test_what_the_answer_should_say_is_signed_too(here: Bucket) -> None:
    theirs = sdk_url(here, "get_object", 60, Key="a.png", ResponseCacheControl="public, max-age=5")
    ours = signed_url(
        Grant(
            keys=Keys(id="AKIDEXAMPLE", secret="not so secret"),
            region="us-east-1",
            at=moment(theirs),
            lifetime=timedelta(minutes=1),
        ),
        "GET",
        f"{here.url}/a.png",
        query={"response-cache-control": "public, max-age=5"},
    )

    assert parts(ours) == parts(theirs)


def test_a_form_is_signed_as_the_sdk_signs_it() -> None:
    """Their policy is written in another order, so the signature is compared over ours."""
    media = S3Media(bucket(), clock=FixedClock(datetime(2026, 3, 1, 12, tzinfo=UTC)))
    form = media.form("products/oat.jpg", "image/jpeg")
    policy = json.loads(base64.b64decode(form.fields["policy"]))

    assert form.url == "https://pictures.s3.amazonaws.com"
    assert policy["expiration"] == "2026-03-01T12:15:00Z"
    assert {"bucket": "pictures"} in policy["conditions"]
    assert {"key": "products/oat.jpg"} in policy["conditions"]
    assert {"Content-Type": "image/jpeg"} in policy["conditions"]
    assert ["content-length-range", 1, 8 * 1024 * 1024] in policy["conditions"]
    said = {name for condition in policy["conditions"][:-2] for name in condition}
    assert said | {"policy", "x-amz-signature"} == set(form.fields)
