"""Signing in, and who may."""

import secrets

import httpx
import pytest

from tests.blackbox.goods import Goods
from tests.blackbox.problems import refused, wrong_fields
from tests.support.outside import Outside

SENTENCE = "correct horse battery"


def a_username() -> str:
    return f"helper-{secrets.token_hex(5)}"


def test_an_admin_signs_in(shop: Outside, admin: httpx.Client) -> None:
    """The fixture did; its token opens doors."""
    shown = admin.get(f"/admins/{shop.admin}")
    assert shown.status_code == 200
    assert shown.json()["username"] == shop.admin


def test_the_answer_is_a_bearer_token_and_may_not_be_kept(shop: Outside) -> None:
    with shop.visitor() as visitor:
        answer = visitor.post(
            "/admins/login", json={"username": shop.admin, "password": shop.password}
        )
    assert answer.status_code == 200
    assert answer.json().keys() >= {"access_token", "token_type"}
    assert answer.json()["token_type"] == "bearer"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("known", [True, False])
def test_wrong_credentials_are_401_and_tell_nothing(known: bool, shop: Outside) -> None:
    username = shop.admin if known else a_username()
    with shop.visitor() as visitor:
        answer = visitor.post(
            "/admins/login", json={"username": username, "password": "not the right one"}
        )
    refused(answer, 401, "Invalid credentials")


@pytest.mark.parametrize(
    "body", [{}, {"username": "a"}, {"password": "b"}, {"username": 1, "password": "b"}]
)
def test_credentials_are_both_needed(body: dict, visitor: httpx.Client) -> None:
    wrong_fields(visitor.post("/admins/login", json=body))


def test_odd_credentials_are_no_bug(visitor: httpx.Client) -> None:
    for odd in ("", "\x00", "\u202e", "x" * 5000, "' OR 1=1 --"):
        answer = visitor.post("/admins/login", json={"username": odd, "password": odd})
        assert answer.status_code in (401, 422, 429), odd


def test_who_tries_too_often_must_wait(shop: Outside) -> None:
    if not shop.believes_us:
        pytest.skip("the limit would hit our own address at that shop")
    sent = {"username": a_username(), "password": "not the right one"}
    with shop.visitor() as visitor:
        statuses = [visitor.post("/admins/login", json=sent).status_code for _ in range(11)]
        answer = visitor.post("/admins/login", json=sent)
    assert statuses[:10] == [401] * 10
    refused(answer, 429)
    assert int(answer.headers["retry-after"]) >= 1


def test_admins_are_listed_by_name_and_nothing_else(shop: Outside, admin: httpx.Client) -> None:
    answer = admin.get("/admins")
    assert answer.status_code == 200
    assert shop.admin in [each["username"] for each in answer.json()]
    for each in answer.json():
        assert each.keys() == {"id", "username"}
    assert answer.headers["cache-control"] == "no-store"


def test_an_unknown_admin_is_404(admin: httpx.Client) -> None:
    refused(admin.get(f"/admins/{a_username()}"), 404, "Admin not found")


def test_a_new_admin_may_look_after_the_shop(
    shop: Outside, admin: httpx.Client, goods: Goods
) -> None:
    username = a_username()
    goods.remember(f"/admins/{username}")
    answer = admin.post("/admins", json={"username": username, "password": SENTENCE})
    assert answer.status_code == 201
    assert answer.json().keys() == {"id", "username"}
    assert answer.json()["username"] == username
    assert admin.get(f"/admins/{username}").json() == answer.json()
    refused(admin.post("/admins", json={"username": username, "password": SENTENCE}), 409)
    with shop.visitor() as visitor:
        signed_in = visitor.post("/admins/login", json={"username": username, "password": SENTENCE})
    assert signed_in.status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "x" * 300),
        ("username", "a\x00b"),
        ("username", 7),
        ("password", "short"),
        ("password", "x" * 129),
        ("password", "password1234"),
        ("password", None),
    ],
)
def test_poor_names_and_passwords_are_refused(
    field: str, value: object, admin: httpx.Client
) -> None:
    sent = {"username": a_username(), "password": SENTENCE, field: value}
    assert wrong_fields(admin.post("/admins", json=sent)) == {field}
