"""Writing to the owner."""

import httpx
import pytest

from tests.blackbox.problems import refused, wrong_fields
from tests.support.outside import Outside

MESSAGE = {"name": "Ada", "email": "ada@example.org", "message": "Do you\nship to Iceland?"}


def test_a_message_is_taken(visitor: httpx.Client) -> None:
    answer = visitor.post("/contact", json=MESSAGE)
    assert answer.status_code == 200
    assert isinstance(answer.json()["message"], str)


@pytest.mark.parametrize("field", ["name", "email", "message"])
def test_nothing_may_be_missing(field: str, visitor: httpx.Client) -> None:
    sent = {**MESSAGE}
    del sent[field]
    assert wrong_fields(visitor.post("/contact", json=sent)) == {field}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", "Ada\r\nBcc: all@example.org"),
        ("email", ""),
        ("email", "ada"),
        ("email", "ada@"),
        ("email", "ada@example.org, eve@example.org"),
        ("email", "ada@example.org\r\nBcc: all@example.org"),
        ("message", ""),
        ("message", " \n "),
        ("message", "x" * 5001),
        ("message", "a\x00b"),
        ("message", 7),
    ],
)
def test_a_field_that_cannot_be_right_is_named(
    field: str, value: object, visitor: httpx.Client
) -> None:
    answer = visitor.post("/contact", json={**MESSAGE, field: value})
    assert wrong_fields(answer) == {field}


def test_who_writes_too_much_must_wait(shop: Outside) -> None:
    if not shop.believes_us:
        pytest.skip("the limit would hit our own address at that shop")
    with shop.visitor() as visitor:
        answer = visitor.post("/contact", json=MESSAGE)
        for _ in range(100):
            if answer.status_code == 200:
                answer = visitor.post("/contact", json=MESSAGE)
    refused(answer, 429)
    assert int(answer.headers["retry-after"]) >= 1
