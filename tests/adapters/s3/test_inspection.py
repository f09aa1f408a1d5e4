"""`eterno media check` finds what is wrong with a bucket, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from eterno.adapters.s3.bucket import Bucket
from eterno.adapters.s3.inspection import EVERY_BLOCK, Finding, complaint, findings
from tests.support.ministack import bucket_at

FRONT = "https://shop.example"
WHOLE_BLOCK = dict.fromkeys(EVERY_BLOCK, True)
CORS = {
    "AllowedOrigins": [FRONT],
    "AllowedMethods": ["PUT"],
    "AllowedHeaders": ["content-type"],
}
TIDY = {
    "ID": "tidy",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
}


def allow(bucket: Bucket, **changed: list[str]) -> None:
    rules = {"CORSRules": [{**CORS, **changed}]}
    bucket.client.put_bucket_cors(Bucket=bucket.name, CORSConfiguration=rules)


def block(bucket: Bucket, **changed: bool) -> None:
    blocks = {**WHOLE_BLOCK, **changed}
    bucket.client.put_public_access_block(Bucket=bucket.name, PublicAccessBlockConfiguration=blocks)


def tidy(bucket: Bucket, *rules: dict[str, Any]) -> None:
    bucket.client.put_bucket_lifecycle_configuration(
        Bucket=bucket.name, LifecycleConfiguration={"Rules": list(rules or (TIDY,))}
    )


def looked(
    bucket: Bucket, origin: str | None = FRONT, public_url: str | None = None
) -> dict[str, Finding]:
    """By the last word in parentheses or the first words of what was looked at."""
    names = ("exists", "listed", "CORS", "public access", "(lifecycle)", "rule removes")
    found = findings(bucket, origin=origin, public_url=public_url)
    return {name: finding for finding in found for name in names if name in finding.what}


def test_a_bucket_as_the_docs_describe_it_is_fine(bucket: Bucket) -> None:
    allow(bucket)
    block(bucket)
    tidy(bucket)

    found = looked(bucket)
    assert len(found) == 6
    assert {finding.verdict for finding in found.values()} == {"fine"}
    assert complaint(bucket) is None


def test_a_new_bucket_lacks_most(bucket: Bucket) -> None:
    found = looked(bucket)

    assert found["exists"].verdict == "fine"
    assert FRONT in found["CORS"].remedy
    assert "BlockPublicAcls" in found["public access"].remedy
    assert "docs/media.md" in found["(lifecycle)"].remedy
    wrong = {name for name, finding in found.items() if finding.verdict == "wrong"}
    assert wrong == {"CORS", "public access", "(lifecycle)"}


def test_where_there_is_no_bucket_nothing_else_is_looked_at(s3_endpoint: str) -> None:
    gone = bucket_at(s3_endpoint, "was-never-made")

    [finding] = findings(gone, origin=FRONT, public_url=None)
    assert "no such bucket" in finding.remedy
    assert complaint(gone) == finding.remedy


def test_a_bucket_that_does_not_answer_is_told_from_one_that_is_not_there() -> None:
    assert "does not answer" in str(complaint(bucket_at("http://127.0.0.1:1", "pictures")))


@pytest.mark.parametrize(
    "changed",
    [
        {"AllowedOrigins": ["https://other.example"]},
        {"AllowedMethods": ["GET"]},
        {"AllowedHeaders": ["x-amz-date"]},
    ],
)
def test_a_rule_for_others_is_no_rule_for_us(bucket: Bucket, changed: dict[str, list[str]]) -> None:
    allow(bucket, **changed)

    assert looked(bucket)["CORS"].verdict == "wrong"


@pytest.mark.parametrize(
    "changed",
    [
        {"AllowedOrigins": ["*"]},
        {"AllowedOrigins": ["https://*.example"]},
        {"AllowedHeaders": ["*"]},
        {"AllowedHeaders": ["Content-Type"]},
    ],
)
def test_a_rule_for_all_is_one_for_us(bucket: Bucket, changed: dict[str, list[str]]) -> None:
    allow(bucket, **changed)

    assert looked(bucket)["CORS"].verdict == "fine"


def test_without_a_shop_front_nobody_knows_who_uploads(bucket: Bucket) -> None:
    assert looked(bucket, origin=None)["CORS"].verdict == "unknown"


def test_half_a_block_is_none(bucket: Bucket) -> None:
    block(bucket, BlockPublicPolicy=False)

    finding = looked(bucket)["public access"]
    assert (finding.verdict, finding.remedy) == ("wrong", "switch on BlockPublicPolicy")


def test_a_bucket_that_serves_the_public_itself_is_open_on_purpose(bucket: Bucket) -> None:
    assert looked(bucket, public_url=bucket.url)["public access"].verdict == "unknown"
    assert looked(bucket, public_url="https://cdn.example")["public access"].verdict == "wrong"


@pytest.mark.parametrize("prefix", ["", "products/", "products/old/", "prod"])
def test_a_rule_that_would_remove_pictures_is_named(bucket: Bucket, prefix: str) -> None:
    rule = {"ID": "spring", "Status": "Enabled", "Expiration": {"Days": 30}}
    tidy(bucket, TIDY, {**rule, "Filter": {"Prefix": prefix}})

    found = looked(bucket)
    assert "spring" in found["rule removes"].remedy
    assert found["(lifecycle)"].verdict == "fine"


def test_a_rule_about_something_else_does_not_matter(bucket: Bucket) -> None:
    rule = {"ID": "logs", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30}}
    tidy(bucket, {**rule, "Status": "Enabled"}, {**TIDY, "Status": "Disabled"})

    found = looked(bucket)
    assert found["rule removes"].verdict == "fine"
    assert found["(lifecycle)"].verdict == "wrong"


def test_what_our_keys_may_not_see_is_unknown(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(**_: object) -> None:
        answer = {"Error": {"Code": "AccessDenied"}}
        raise bucket.client.exceptions.ClientError(answer, "GetBucketCors")

    for deed in ("cors", "lifecycle_configuration"):
        monkeypatch.setattr(bucket.client, f"get_bucket_{deed}", forbidden)
    monkeypatch.setattr(bucket.client, "get_public_access_block", forbidden)

    found = looked(bucket)
    unknown = {name for name, finding in found.items() if finding.verdict == "unknown"}
    assert unknown == {"CORS", "public access", "(lifecycle)", "rule removes"}
    assert found["CORS"].remedy == "AccessDenied"
