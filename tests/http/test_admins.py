"""Signing in and looking after admins over HTTP: shapes, statuses, and who may do what."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient

from eterno.entrypoints.container import Shop
from eterno.entrypoints.http.app import create_app
from tests.support.shops import ShopOverHttp, shop_over_http
from tests.support.signing_in import GOOD, admin_of, bearer, log_in, sign_in

BETTER = "rosemary & sage"


@pytest.fixture
def rosa(here: ShopOverHttp) -> dict[str, str]:
    """The headers of an admin who has signed in."""
    return admin_of(here.shop, here.client)


# Signing in


@pytest.mark.parametrize("path", ["/admins/login", "/admins/login/"])
def test_a_name_and_a_password_are_exchanged_for_a_token(here: ShopOverHttp, path: str) -> None:
    here.shop.create_admin()("rosa", GOOD)

    answer = here.client.post(path, json={"username": "rosa", "password": GOOD})

    assert answer.status_code == 200
    assert list(answer.json()) == ["access_token", "token_type"]
    assert answer.json()["token_type"] == "bearer"
    assert answer.headers["cache-control"] == "no-store"
    token = bearer(answer.json()["access_token"])
    assert here.client.get("/admins", headers=token).status_code == 200


@pytest.mark.parametrize(
    ("username", "password"), [("rosa", "wrong"), ("nobody", GOOD), ("gone", GOOD), ("", "")]
)
def test_anything_else_gets_the_same_answer(
    here: ShopOverHttp, rosa: dict[str, str], username: str, password: str
) -> None:
    here.shop.create_admin()("gone", GOOD)
    here.client.delete("/admins/gone", headers=rosa)

    answer = log_in(here.client, username, password)

    assert answer.status_code == 401
    assert answer.json()["detail"] == "Invalid credentials"
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_eleventh_guess_in_five_minutes_is_one_too_many(
    here: ShopOverHttp, rosa: dict[str, str]
) -> None:
    statuses = [log_in(here.client, "rosa", "wrong").status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    answer = log_in(here.client, "rosa", GOOD)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "300")

    here.clock.advance(timedelta(minutes=5))

    assert log_in(here.client, "rosa", GOOD).status_code == 200


def statuses_through(peer: str, shop: Shop) -> list[int]:
    """Of eleven wrong tries that reach us from `peer`, each under an address of its own."""
    app = create_app(shop)

    async def from_peer(scope: Any, receive: Any, send: Any) -> None:
        scope["client"] = (peer, 1234)
        await app(scope, receive, send)

    with TestClient(from_peer) as client:
        return [
            log_in(client, f"nobody-{n}", **{"X-Forwarded-For": f"198.51.100.{n}"}).status_code
            for n in range(11)
        ]


def test_whoever_makes_addresses_up_is_one_client_all_the_same(here: ShopOverHttp) -> None:
    assert statuses_through("203.0.113.7", here.shop) == [401] * 10 + [429]


def test_a_proxy_that_is_trusted_tells_clients_apart() -> None:
    with shop_over_http(TRUSTED_PROXIES="10.0.0.0/8") as shop:
        assert statuses_through("203.0.113.7", shop.shop) == [401] * 10 + [429]
        assert statuses_through("10.1.2.3", shop.shop) == [401] * 11


# Looking after admins


def test_admins_are_listed_and_shown(here: ShopOverHttp, rosa: dict[str, str]) -> None:
    here.shop.create_admin()("ada", GOOD)
    both = [{"id": 1, "username": "rosa"}, {"id": 2, "username": "ada"}]

    for path in ("/admins", "/admins/"):
        assert here.client.get(path, headers=rosa).json() == both
    assert here.client.get("/admins/ada", headers=rosa).json() == both[1]
    assert here.client.get("/admins/ADA", headers=rosa).json() == both[1]


@pytest.mark.parametrize("name", ["nobody", "%00", "%ff", "a%20b", "%F0%9F%A7%BC", "1"])
def test_nobody_is_not_found(here: ShopOverHttp, rosa: dict[str, str], name: str) -> None:
    password = {"current_password": GOOD, "new_password": BETTER}
    shown = here.client.get(f"/admins/{name}", headers=rosa)
    removed = here.client.delete(f"/admins/{name}", headers=rosa)
    changed = here.client.put(f"/admins/{name}/password", headers=rosa, json=password)

    assert (shown.status_code, shown.json()["detail"]) == (404, "Admin not found")
    assert (removed.status_code, removed.json()["detail"]) == (404, "Admin not found")
    assert changed.status_code == 403


def test_an_admin_lets_another_in(here: ShopOverHttp, rosa: dict[str, str]) -> None:
    answer = here.client.post("/admins", headers=rosa, json={"username": "Ada", "password": BETTER})

    assert (answer.status_code, answer.json()) == (201, {"id": 2, "username": "ada"})
    assert sign_in(here.client, "ada", BETTER)


def test_a_name_is_given_once(here: ShopOverHttp, rosa: dict[str, str]) -> None:
    answer = here.client.post(
        "/admins", headers=rosa, json={"username": "rosa", "password": BETTER}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "already_there")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"username": "a", "password": BETTER}, "username"),
        ({"username": "login", "password": BETTER}, "username"),
        ({"username": "a\0b", "password": BETTER}, "username"),
        ({"username": "ada", "password": "short"}, "password"),
        ({"username": "ada", "password": "x" * 129}, "password"),
        ({"username": "ada", "password": "I am ada, hello"}, "password"),
        ({"username": "ada"}, "password"),
        ({"username": 7, "password": BETTER}, "username"),
        ({"username": "ada", "password": BETTER, "id": 1}, "id"),
    ],
)
def test_a_poor_admin_is_refused_by_field(
    here: ShopOverHttp, rosa: dict[str, str], body: dict[str, Any], field: str
) -> None:
    answer = here.client.post("/admins", headers=rosa, json=body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert BETTER not in answer.text


def test_an_admin_changes_her_password_and_signs_in_anew(
    here: ShopOverHttp, rosa: dict[str, str]
) -> None:
    body = {"current_password": GOOD, "new_password": BETTER}
    answer = here.client.put("/admins/rosa/password", headers=rosa, json=body)

    assert (answer.status_code, answer.content) == (204, b"")
    after = here.client.get("/admins", headers=rosa)
    assert (after.status_code, after.json()["detail"]) == (401, "Invalid or expired token")
    assert log_in(here.client, "rosa", GOOD).status_code == 401
    assert here.client.get("/admins", headers=sign_in(here.client, "rosa", BETTER)).is_success


@pytest.mark.parametrize(
    ("name", "current", "new", "status"),
    [
        ("ada", GOOD, BETTER, 403),
        ("rosa", "wrong", BETTER, 403),
        ("rosa", GOOD, "short", 422),
    ],
)
def test_nothing_else_changes_a_password(
    here: ShopOverHttp, rosa: dict[str, str], name: str, current: str, new: str, status: int
) -> None:
    here.shop.create_admin()("ada", GOOD)
    body = {"current_password": current, "new_password": new}

    answer = here.client.put(f"/admins/{name}/password", headers=rosa, json=body)

    assert answer.status_code == status
    assert sign_in(here.client, name, GOOD)


def test_an_admin_signs_out_everywhere_and_nobody_else_does_it_for_her(
    here: ShopOverHttp, rosa: dict[str, str]
) -> None:
    ada = admin_of(here.shop, here.client, "ada")
    denied = here.client.delete("/admins/rosa/tokens", headers=ada)
    assert (denied.status_code, denied.json()["code"]) == (403, "denied")

    answer = here.client.delete("/admins/Rosa/tokens", headers=rosa)

    assert (answer.status_code, answer.content) == (204, b"")
    assert here.client.delete("/admins/rosa/tokens", headers=rosa).status_code == 401
    assert here.client.get("/admins", headers=ada).is_success
    assert here.client.get("/admins", headers=sign_in(here.client, "rosa")).is_success


def test_a_removed_admin_is_gone_at_once(here: ShopOverHttp, rosa: dict[str, str]) -> None:
    ada = admin_of(here.shop, here.client, "ada")

    answers = [here.client.delete("/admins/ada", headers=rosa) for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert here.client.get("/admins", headers=ada).status_code == 401
    assert here.client.get("/admins", headers=rosa).json() == [{"id": 1, "username": "rosa"}]
    assert here.client.get("/admins/ada", headers=rosa).status_code == 404


def test_the_last_admin_stays(here: ShopOverHttp, rosa: dict[str, str]) -> None:
    answer = here.client.delete("/admins/rosa", headers=rosa)
    assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
    assert here.client.get("/admins", headers=rosa).is_success


# The audit trail


def test_what_admins_did_is_told_with_the_request_that_did_it(
    here: ShopOverHttp, rosa: dict[str, str]
) -> None:
    body = {"username": "ada", "password": BETTER}
    made = here.client.post("/admins", headers=rosa, json=body)

    [newest, first] = here.client.get("/audit", headers=rosa).json()

    assert newest == {
        "id": 2,
        "at": "2026-03-01T12:00:00Z",
        "admin_id": 1,
        "username": "rosa",
        "request_id": made.headers["x-request-id"],
        "action": "create admin",
        "subject": "admin ada",
        "before": None,
        "after": {"id": 2, "username": "ada", "active": True, "token_version": 1},
    }
    assert first["username"] == "(terminal)"


def test_the_trail_is_read_a_page_at_a_time(here: ShopOverHttp, rosa: dict[str, str]) -> None:
    for n in range(4):
        here.shop.create_admin()(f"ada-{n}", GOOD)

    subjects, path = [], "/audit?limit=2"
    while path:
        answer = here.client.get(path, headers=rosa)
        subjects += [line["subject"] for line in answer.json()]
        path = answer.links.get("next", {}).get("url", "")

    assert subjects == [*(f"admin ada-{n}" for n in (3, 2, 1, 0)), "admin rosa"]


def test_the_trail_of_one_thing_is_followed_by_itself(
    here: ShopOverHttp, rosa: dict[str, str]
) -> None:
    here.shop.create_admin()("ada", GOOD)
    here.client.delete("/admins/ada", headers=rosa)

    first = here.client.get("/audit?subject=admin ada&limit=1", headers=rosa)
    second = here.client.get(first.links["next"]["url"], headers=rosa)

    assert [line["action"] for line in first.json()] == ["disable admin"]
    assert [line["action"] for line in second.json()] == ["create admin"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=1_0",
        "limit=%D9%A3",
        "limit=",
        "limit=1.0",
        "after=0",
        "after=x",
        f"after={2**63}",
        "after=1&after=2%00",
        "after=%00",
    ],
)
def test_an_odd_page_is_refused(here: ShopOverHttp, rosa: dict[str, str], query: str) -> None:
    answer = here.client.get(f"/audit?{query}", headers=rosa)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in ("limit", "after")


def test_nothing_was_ever_done_to_that(here: ShopOverHttp, rosa: dict[str, str]) -> None:
    for subject in ("nothing", "%00", "%ED%A0%80", "%25"):
        assert here.client.get(f"/audit?subject={subject}", headers=rosa).json() == []


# Whatever is sent

STRINGS: dict[str, Any] = {
    "empty": "",
    "NUL": "\0",
    "controls": "\x01\x1b[31m",
    "bidi": "\u202erosa",
    "emoji": "\N{BAR OF SOAP}" * 40,
    "quotes": "' OR '1'='1",
    "long": "x" * 10_000,
    "a number": 7,
    "true": True,
    "null": None,
    "a list": ["rosa"],
    "an object": {"$ne": ""},
}


@pytest.mark.parametrize("odd", STRINGS.values(), ids=STRINGS)
def test_no_name_or_password_whatsoever_makes_us_stumble(
    here: ShopOverHttp, rosa: dict[str, str], odd: Any
) -> None:
    routes = [
        ("POST", "/admins/login", {"username": "rosa", "password": GOOD}),
        ("POST", "/admins", {"username": "ada", "password": BETTER}),
        ("PUT", "/admins/rosa/password", {"current_password": GOOD, "new_password": BETTER}),
    ]
    for method, path, good in routes:
        for field in good:
            answer = here.client.request(method, path, json={**good, field: odd}, headers=rosa)
            assert answer.status_code in (401, 403, 422), (path, field, answer.text)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (b'"\\ud800"', 400),
        (b'"\\udfff\\ud800"', 400),
        (b'"\xff"', 400),
        (b'"\xed\xa0\x80"', 400),
        (b'"' + b"x" * 1_000_000 + b'"', 413),
        (b"[" * 20_000, 422),
        (b"", 400),
        (b"NaN", 400),
        (b"1e999", 422),
    ],
    ids=[
        "half a character",
        "two halves in the wrong order",
        "no UTF-8",
        "half a character as UTF-8",
        "a million characters",
        "nested 20,000 deep",
        "nothing",
        "NaN",
        "infinite",
    ],
)
def test_what_is_no_text_is_refused_clearly(
    here: ShopOverHttp, rosa: dict[str, str], value: bytes, status: int
) -> None:
    for path in ("/admins/login", "/admins"):
        for first, second in (("username", "password"), ("password", "username")):
            body = b'{"%b": %b, "%b": "rosa"}' % (first.encode(), value, second.encode())
            headers = {**rosa, "Content-Type": "application/json"}
            answer = here.client.post(path, content=body, headers=headers)
            assert answer.status_code == status, answer.text
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_form_on_another_site_cannot_sign_anybody_in(here: ShopOverHttp, kind: str) -> None:
    here.shop.create_admin()("rosa", GOOD)
    body = json.dumps({"username": "rosa", "password": GOOD})
    answer = here.client.post("/admins/login", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 415
