"""Visitors write to the owner, over HTTP."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

import pytest

from tests.support.shops import FRONTEND, ShopOverHttp

ADA = {"name": "Ada", "email": "ada@example.org", "message": "Is it vegan?"}


def write(here: ShopOverHttp, **changes: Any) -> Any:
    return here.client.post("/contact", json={**ADA, **changes})


def deliver(here: ShopOverHttp) -> None:
    while here.shop.deliver_outbox()():
        pass


def texts(here: ShopOverHttp) -> list[str]:
    return [message.text for message in here.store.tables.messages.values()]


@pytest.mark.parametrize("path", ["/contact", "/contact/"])
def test_a_message_is_received_in_both_forms_of_the_address(here: ShopOverHttp, path: str) -> None:
    answer = here.client.post(path, json=ADA, headers={"Origin": FRONTEND}, follow_redirects=False)

    assert answer.status_code == 200
    assert list(answer.json()) == ["message"]
    assert answer.headers["access-control-allow-origin"] == FRONTEND
    assert texts(here) == ["Is it vegan?"]


def test_a_visitor_is_thanked_while_the_mail_service_is_silent_and_the_letter_comes_later(
    here: ShopOverHttp,
) -> None:
    here.mailer.silent = True
    assert write(here).status_code == 200
    deliver(here)
    assert here.mailer.sent == []

    here.mailer.silent = False
    here.clock.advance(timedelta(minutes=1))
    deliver(here)
    [letter] = here.mailer.sent
    assert letter.to == "owner@example.com"
    assert letter.reply_to == "ada@example.org"


def test_what_a_visitor_writes_stays_in_the_body_and_is_escaped(here: ShopOverHttp) -> None:
    evil = "</span><script>alert(1)</script>\n\nBcc: everyone@example.org\n.\nQUIT {{ 7 * 7 }}"
    assert write(here, name="<b>Ada</b> & Söhne \N{SNOWMAN}", message=evil).status_code == 200
    deliver(here)

    [letter] = here.mailer.sent
    assert letter.subject == "A visitor of Eterno Soap wrote to you"
    assert "<script>" not in letter.html
    assert "&lt;script&gt;" in letter.html
    assert "&lt;b&gt;Ada&lt;/b&gt; &amp; Söhne \N{SNOWMAN}" in letter.html
    assert "> Bcc: everyone@example.org" in letter.text.splitlines()
    assert "{{ 7 * 7 }}" in letter.text


def test_a_visitor_writes_to_the_owner_and_to_nobody_else(here: ShopOverHttp) -> None:
    for field in ("to", "cc", "bcc", "recipient", "reply_to"):
        assert write(here, **{field: "everyone@example.org"}).status_code == 422
    assert write(here).status_code == 200
    deliver(here)

    [letter] = here.mailer.sent
    assert letter.to == here.shop.settings().to_email
    assert letter.reply_to == ADA["email"]


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\0", "\x85"])
@pytest.mark.parametrize("field", ["name", "email"])
def test_nobody_smuggles_a_header_in(here: ShopOverHttp, field: str, line_break: str) -> None:
    answer = write(here, **{field: f"{ADA[field]}{line_break}Bcc: everyone@example.org"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert texts(here) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "\u202eadA"}, "name"),
        ({"name": None}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": "Ada <ada@example.org>"}, "email"),
        ({"email": "ada@example.org,eve@example.org"}, "email"),
        ({"email": f"{'a' * 250}@example.org"}, "email"),
        ({"email": 7}, "email"),
        ({"message": " "}, "message"),
        ({"message": "x" * 5_001}, "message"),
        ({"message": "NUL \0"}, "message"),
        ({"message": ["x"]}, "message"),
        ({"to": "eve@example.org"}, "to"),
        ({"subject": "Hello"}, "subject"),
        ({"website": ["x"]}, "website"),
    ],
)
def test_what_cannot_be_right_is_named_and_not_kept(
    here: ShopOverHttp, changes: dict[str, Any], field: str
) -> None:
    answer = write(here, **changes)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert texts(here) == []


@pytest.mark.parametrize("field", ADA)
def test_a_field_that_is_missing_is_named(here: ShopOverHttp, field: str) -> None:
    body = {name: value for name, value in ADA.items() if name != field}
    answer = here.client.post("/contact", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": field, "message": "required"}]


def test_a_form_on_a_foreign_page_cannot_write(here: ShopOverHttp) -> None:
    answer = here.client.post("/contact", data=ADA)

    assert answer.status_code == 415
    assert texts(here) == []


@pytest.mark.parametrize("website", ["", None])
def test_people_leave_the_trap_empty(here: ShopOverHttp, website: str | None) -> None:
    assert write(here, website=website).status_code == 200
    assert len(texts(here)) == 1


def test_a_program_that_fills_the_trap_gets_the_same_answer_and_nothing_is_kept(
    here: ShopOverHttp,
) -> None:
    answer = write(here, website="https://spam.example", email="not even an address")

    assert (answer.status_code, answer.json()) == (200, write(here).json())
    assert len(texts(here)) == 1


def test_one_address_may_write_five_times_an_hour(here: ShopOverHttp) -> None:
    statuses = [write(here).status_code for _ in range(6)]
    assert statuses == [200, 200, 200, 200, 200, 429]

    answer = write(here)
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert len(texts(here)) == 5


def test_the_log_knows_neither_the_visitor_nor_her_words(
    here: ShopOverHttp, caplog: pytest.LogCaptureFixture
) -> None:
    here.mailer.silent = True
    with caplog.at_level(logging.DEBUG):
        write(here)
        write(here, email="ada@example.org\n")
        deliver(here)

    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "/contact" in logged
    assert "ada@example.org" not in logged
    assert "Is it vegan?" not in logged


# The owner reads


def test_the_owner_reads_her_messages_the_newest_first(here: ShopOverHttp) -> None:
    for number in range(3):
        write(here, message=f"message {number}")
        time.sleep(0.002)  # ids are ordered to the millisecond
    answer = here.client.get("/messages", headers=here.sign_in())

    assert answer.status_code == 200
    assert [message["message"] for message in answer.json()] == [
        "message 2",
        "message 1",
        "message 0",
    ]
    assert set(answer.json()[0]) == {"id", "name", "email", "message", "received_at"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_page_by_page(here: ShopOverHttp) -> None:
    rosa = here.sign_in()
    for number in range(5):
        write(here, message=f"message {number}")

    seen: list[str] = []
    query = "?limit=2"
    while page := here.client.get(f"/messages/{query}", headers=rosa).json():
        seen += [message["message"] for message in page]
        query = f"?limit=2&after={page[-1]['id']}"

    assert sorted(seen) == [f"message {number}" for number in range(5)]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "after=x", "after=%00"])
def test_a_page_that_cannot_be_is_named(here: ShopOverHttp, query: str) -> None:
    answer = here.client.get(f"/messages?{query}", headers=here.sign_in())

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


def test_a_stranger_reads_nothing(here: ShopOverHttp) -> None:
    write(here)

    assert here.client.get("/messages").status_code == 401
