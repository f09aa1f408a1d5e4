"""What is written into logs, and what never is: a whole day of requests, and a grep."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from eterno.adapters.memory.payments import Trouble
from eterno.domain.orders import Buyer
from eterno.entrypoints.outside import WEBHOOK_PATH
from tests.builders import put_on_sale
from tests.support.log_lines import all_that_is_logged
from tests.support.shops import ShopOverHttp
from tests.support.signing_in import admin_of, bearer, log_in

MARKERS = {
    "password": "Marker-Password-1",
    "another": "Marker-Password-2",
    "guess": "Marker-Password-3",
    "username": "marker-username",
    "e-mail": "marker@example.org",
    "buyer": "Marker Buyer",
    "token": "Marker.Token.Value",
    "key": "marker-idempotency-key",
    "signature": "v1=marker-signature",
    "body": "marker-body",
    "query": "marker-query",
    "path": "marker-path",
    "bug": "marker-bug",
    "client": "192.0.2.77",
}
"""Where each of them is sent; none may be found in any line."""


@pytest.fixture
def lines() -> Iterator[list[str]]:
    with all_that_is_logged() as written:
        yield written


def a_whole_day(here: ShopOverHttp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that can go right or wrong in a request, with a marker wherever one can be."""
    client, sent = here.client, MARKERS
    rosa = admin_of(here.shop, client)
    say: dict[str, Any] = {"headers": {**rosa, "X-Forwarded-For": sent["client"]}}

    client.post("/admins", json={"username": "ada", "password": sent["password"]}, **say)
    log_in(client, "ada", sent["password"])
    log_in(client, "ada", sent["guess"])
    log_in(client, sent["username"], sent["guess"])
    log_in(client, sent["e-mail"], sent["guess"])
    for new in (sent["another"], "short"):
        body = {"current_password": sent["guess"], "new_password": new}
        client.put("/admins/rosa/password", json=body, **say)
    client.get(f"/admins/{sent['username']}", **say)
    client.get(f"/audit?subject={sent['query']}&limit={sent['query']}", **say)
    client.get("/admins", headers=bearer(sent["token"]))
    client.get("/admins", headers={"Authorization": sent["token"]})

    soap = put_on_sale(here.store, pieces=5)
    key = {"Idempotency-Key": sent["key"]}
    url = here.check_out((soap.id, 1, 8.99), **key).json()["url"]
    here.check_out((soap.id, 2, 8.99), **key)
    here.check_out((soap.id, 1, 1.0))
    here.payments.trouble = Trouble.SILENT_BEFORE
    here.check_out((soap.id, 1, 8.99))
    here.payments.trouble = None
    buyer = Buyer(email=sent["e-mail"], name=sent["buyer"])
    here.notify(here.payments.pay(here.payments.session_at(url), buyer=buyer))
    client.post(WEBHOOK_PATH, content=sent["body"], headers={"Stripe-Signature": sent["signature"]})

    for path in (f"/{sent['path']}", f"/{sent['e-mail']}", f"/products/{sent['path']}"):
        client.get(path)
        client.delete(path)
    client.get(f"/products?{sent['query']}={sent['e-mail']}")
    for content in (sent["body"], f'{{"{sent["body"]}": "{sent["e-mail"]}"}}'):
        json_ = {"Content-Type": "application/json"}
        client.post("/api/checkout", content=content, headers=json_)
        client.post("/admins/login", content=content, headers=json_)
    here.store.silent = True
    log_in(client, sent["username"], sent["guess"])
    here.store.silent = False
    a_bug(here, monkeypatch)


def a_bug(here: ShopOverHttp, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that says all it knows, also about how it came to be."""

    def broken(*_: object, **__: object) -> None:
        try:
            raise KeyError(MARKERS["e-mail"], MARKERS["bug"])
        except KeyError as error:
            raise RuntimeError(f"{MARKERS['bug']} {MARKERS['password']}") from error

    monkeypatch.setattr(here.shop.passwords(), "verify", broken)
    answer = log_in(here.client, MARKERS["username"], MARKERS["guess"])
    assert answer.status_code == 500
    assert "marker" not in answer.text.casefold()


def test_no_secret_and_nothing_of_a_person_is_written_down(
    here: ShopOverHttp, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    a_whole_day(here, monkeypatch)

    assert len(lines) > 30
    for what, marker in MARKERS.items():
        found = [line for line in lines if marker.casefold() in line.casefold()]
        assert found == [], what
    assert "marker" not in "".join(lines).casefold()
    assert "@" not in "".join(lines)


def test_what_is_written_down_is_of_use(
    here: ShopOverHttp, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    a_bug(here, monkeypatch)

    told = [json.loads(line) for line in lines]
    [bug] = [line for line in told if line["level"] == "error"]
    [access] = [line for line in told if line["from"] == "eterno.access"]
    assert access["request"] in bug["say"]
    assert bug["trace"][0] == "builtins.RuntimeError"
    assert "builtins.KeyError" in bug["trace"]
    assert any("verify_password.py:" in place for place in bug["trace"])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("/products/7", "/products/7"),
        ("/products/7/", "/products/7"),
        ("/products/7/variants", "/products/7/variants"),
        ("/products/x", "/products/{product_id}"),
        (f"/products/{'7' * 20}", "/products/{product_id}"),
        ("/admins/rosa", "/admins/{username}"),
        ("/nowhere", "-"),
    ],
)
def test_of_a_path_only_what_is_ours_is_written_down(
    here: ShopOverHttp, lines: list[str], asked: str, told: str
) -> None:
    here.client.get(asked)

    [line] = [json.loads(line) for line in lines if '"eterno.access"' in line]
    assert line["path"] == told
