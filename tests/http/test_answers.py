"""Ready bytes: tags, codings, and which of them somebody wants."""

from __future__ import annotations

import gzip

import brotli  # type: ignore[import-untyped]  # it has none
import pytest
import zstandard

from eterno.entrypoints.http.answers import SMALLEST_CODED, Answer, preferred

BODY = b'{"soap":"Oat & Honey"}' * 100


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [
        (b"gzip", b"gzip"),
        (b"gzip, deflate, br, zstd", b"zstd"),
        (b"gzip, deflate, br", b"br"),
        (b"GZIP", b"gzip"),
        (b"deflate", b""),
        (b"", b""),
        (b"identity", b""),
        (b"*", b"zstd"),
        (b"zstd;q=0, *", b"br"),
        (b"br;q=0.5, gzip;q=0.8", b"gzip"),
        (b"br;q=0", b""),
        (b"gzip;q=0.2, identity;q=0.9", b""),
        (b"gzip ; q=1", b"gzip"),
        (b"gzip;q=nonsense", b""),
        (b"*;q=0", b""),
    ],
)
def test_the_coding_is_the_one_that_is_liked_best(accepts: bytes, coding: bytes) -> None:
    assert preferred(accepts) == coding


def test_every_coding_is_the_same_body_under_a_tag_of_its_own() -> None:
    answer = Answer(BODY)
    replies = {
        coding: answer.reply(coding, None) for coding in (b"identity", b"gzip", b"br", b"zstd")
    }

    assert replies[b"identity"].body == BODY
    assert gzip.decompress(replies[b"gzip"].body) == BODY
    assert brotli.decompress(replies[b"br"].body) == BODY
    assert zstandard.ZstdDecompressor().decompress(replies[b"zstd"].body) == BODY
    assert len({dict(reply.headers)[b"etag"] for reply in replies.values()}) == 4
    for coding, reply in replies.items():
        headers = dict(reply.headers)
        assert headers[b"content-length"] == str(len(reply.body)).encode()
        assert headers.get(b"content-encoding", b"identity") == coding
        assert headers[b"vary"] == b"Accept-Encoding"


def test_the_same_body_has_the_same_tag_and_another_one_another() -> None:
    def tag(body: bytes) -> bytes:
        return dict(Answer(body).reply(None, None).headers)[b"etag"]

    assert tag(BODY) == tag(bytes(BODY))
    assert tag(BODY) != tag(BODY + b" ")


def test_a_small_body_is_not_coded() -> None:
    reply = Answer(b"x" * (SMALLEST_CODED - 1)).reply(b"gzip", None)

    assert b"content-encoding" not in dict(reply.headers)


@pytest.mark.parametrize("form", ["%b", "W/%b", '"other", %b', '"other",W/%b', "*"])
def test_whoever_has_it_already_is_told_so(form: str) -> None:
    answer = Answer(BODY)
    tag = dict(answer.reply(b"gzip", None).headers)[b"etag"]
    known = form.encode() % tag if "%b" in form else form.encode()

    reply = answer.reply(b"gzip", known)

    assert (reply.status, reply.body) == (304, b"")
    assert {b"etag", b"cache-control", b"vary"} == dict(reply.headers).keys()


@pytest.mark.parametrize("known", [b"", b'"other"', b"W/", b'"', b", ,"])
def test_whoever_has_something_else_gets_it_whole(known: bytes) -> None:
    answer = Answer(BODY)
    of_another_coding = dict(answer.reply(b"br", None).headers)[b"etag"]

    assert answer.reply(b"gzip", known).status == 200
    assert answer.reply(b"gzip", of_another_coding).status == 200
