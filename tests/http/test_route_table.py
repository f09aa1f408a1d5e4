"""Deny by default: every route of the app, and who gets through its door.

On PostgreSQL, with genuine tokens and the sandbox's pages: the whole table as it is served.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from litestar import Litestar, post
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from eterno.adapters.jwt.tokens import ALGORITHM, AUDIENCE, JwtTokens
from eterno.adapters.system.clock import SystemClock
from eterno.application.ports.access import Claims
from eterno.entrypoints.container import Shop, live
from eterno.entrypoints.http.app import create_app, litestar_app
from eterno.entrypoints.settings import read_settings
from tests.support.signing_in import GOOD, admin_of, bearer, sign_in

PUBLIC = set(
    """
GET /
GET /assets/{name}
GET /docs
GET /docs/assets/{name}
GET /openapi.json
GET /redoc
GET /categories
GET /categories/{category_id}
GET /health/live
GET /health/ready
GET /checkout/sessions/{session_id}
GET /images/keys
GET /orders/{token}
GET /media/{key}
GET /office/sign-in
GET /office/static/{name}
GET /products
GET /products/{product_id}
GET /products/{product_id}/categories
GET /products/{product_id}/variants
GET /products/{product_id}/variants/{variant_id}
GET /sandbox/cancelled
GET /sandbox/mail
GET /sandbox/mail/{n}
GET /sandbox/mail/{n}/html
GET /sandbox/mail/{n}/text
GET /sandbox/pay/{session_id}
GET /sandbox/thanks
HEAD /media/{key}
PATCH /products/{product_id}/variants/{variant_id}/stock
POST /admins/login
POST /api/checkout
POST /contact
POST /office/sign-in
POST /sandbox/pay/{session_id}
POST /sandbox/pay/{session_id}/expire
POST /sandbox/pay/{session_id}/funds
POST /webhooks/stripe
PUT /sandbox/upload/{key}
""".strip().splitlines()
)
"""All that a stranger may call. A new route is for admins, unless it is added here on purpose."""

_NONCE = re.compile(r'nonce="[^"]*"|name="form_key" value="[^"]*"')
"""What differs from one answer to the next, for anybody."""
KEY = "kZ8vQ2mN7rT4xW9bY3cJ6hL1pS5dF0gA"
Headers = dict[str, str]
NO_TOKEN: dict[str, Headers] = {
    "nothing": {},
    "another scheme": {"Authorization": "Basic cm9zYTpyb3Nh"},
    "an empty token": {"Authorization": "Bearer "},
}


class Place:
    """A shop that serves, its table of routes, and admins at its door."""

    def __init__(self, shop: Shop, client: TestClient[Any]) -> None:
        self.shop = shop
        self.client = client
        self.rosa = admin_of(shop, client, "rosa")
        self.former_password = admin_of(shop, client, "vera")
        shop.reset_password()("vera", "another good one")
        self.former_admin = admin_of(shop, client, "gone")
        shop.disable_admin()(None, "gone")

    def bad_headers(self) -> dict[str, Headers]:
        """Everything that is not an admin's token, by what is wrong with it."""
        genuine = self.rosa["Authorization"].removeprefix("Bearer ")
        head = jwt.get_unverified_header(genuine)
        payload = jwt.decode(genuine, options={"verify_signature": False})

        def signed(
            claims: dict[str, Any], *, key: str = KEY, algorithm: str = ALGORITHM, kid: bool = True
        ) -> Headers:
            named = {"kid": head["kid"]} if kid else {}
            return bearer(jwt.encode(claims, key, algorithm=algorithm, headers=named))

        def without(claim: str) -> dict[str, Any]:
            return {name: value for name, value in payload.items() if name != claim}

        late = SystemClock(lambda: -timedelta(hours=2))
        old = JwtTokens([KEY], lifetime=timedelta(hours=1), clock=late)
        claims = Claims(admin_id=int(payload["sub"]), version=payload["ver"])
        return {
            **NO_TOKEN,
            "nonsense": bearer("nonsense"),
            "the token with a letter more": bearer(genuine + "x"),
            "expired": bearer(old.issue(claims)),
            "without signature": signed(payload, key="", algorithm="none"),
            "signed with another key": signed(payload, key="o" * 32),
            "without exp": signed(without("exp")),
            "without kid": signed(payload, kid=False),
            "for another audience": signed({**payload, "aud": AUDIENCE + "s"}),
            "of an older password": self.former_password,
            "of a former admin": self.former_admin,
            "of nobody": signed({**payload, "sub": "999"}),
        }


@pytest.fixture
def place(database_uri: str, tmp_path: Path) -> Iterator[Place]:
    settings = read_settings({"ETERNO_DATA_DIR": str(tmp_path), "ADMIN_JWT_SECRET": KEY})
    with (
        live(settings, database_uri) as shop,
        TestClient(create_app(shop), raise_server_exceptions=False) as client,
    ):
        yield Place(shop, client)


def routes_of(app: Litestar) -> list[tuple[str, str, bool]]:
    """(method, path, is it public) of every route; there is no other kind of route."""
    table = []
    for route in app.routes:
        assert isinstance(route, HTTPRoute), route
        for method, (handler, _) in route.route_handler_map.items():
            table.append((str(method), route.path_format, bool(handler.opt.get("public"))))
    return table


def public_routes(app: Litestar) -> set[str]:
    """Without OPTIONS, by which anybody may ask what else may be asked."""
    return {
        f"{method} {path}"
        for method, path, is_open in routes_of(app)
        if is_open and method != "OPTIONS"
    }


def guarded(place: Place) -> list[tuple[str, str]]:
    """The routes of the API that are not public; the office has a door of its own."""
    return [route for route in _closed(place) if not _is_office(route[1])]


def office(place: Place) -> list[tuple[str, str]]:
    """The pages of the office behind its door."""
    return [route for route in _closed(place) if _is_office(route[1])]


def _closed(place: Place) -> list[tuple[str, str]]:
    table = routes_of(litestar_app(place.shop))
    return [(method, path) for method, path, is_open in table if not is_open]


def _is_office(path: str) -> bool:
    return path == "/office" or path.startswith("/office/")


def as_cookie(headers: Headers) -> Headers:
    """The same token, as the office's pages get it."""
    return {"Cookie": f"office={headers['Authorization'].removeprefix('Bearer ')}"}


def an_address(path: str) -> str:
    """The path with something in each of its places that is nothing we have."""
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + "no-such-thing" + rest.partition("}")[2]
    return path


def ways_to_ask() -> list[dict[str, Any]]:
    """Requests that would be refused with 404, 413, 415 or 422 if anybody looked at them."""
    return [
        {},
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
        {"content": b"a=b", "headers": {"Content-Type": "text/plain"}},
        {"content": b"x" * 600_000, "headers": {"Content-Type": "application/json"}},
        {"params": {"limit": "x", "after": "\0"}},
    ]


def test_who_is_public_is_written_down_here(place: Place) -> None:
    assert public_routes(litestar_app(place.shop)) == PUBLIC


def test_every_other_route_is_closed_to_whoever_has_no_good_token(place: Place) -> None:
    table = guarded(place)
    assert ("DELETE", "/admins/{username}") in table
    assert ("DELETE", "/admins/{username}/tokens") in table

    for why, headers in place.bad_headers().items():
        for method, path in table:
            answer = place.client.request(method, an_address(path), headers=headers)
            assert answer.status_code == 401, (why, method, path)
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.headers["content-type"] == "application/problem+json"
            expected = "Not authenticated" if why in NO_TOKEN else "Invalid or expired token"
            assert answer.json()["detail"] == expected, (why, method, path)


def test_nobody_looks_at_a_request_before_its_token(place: Place) -> None:
    for method, path in guarded(place):
        for request in ways_to_ask():
            answer = place.client.request(method, an_address(path), **request)
            assert answer.status_code == 401, (method, path, request)


def test_with_a_good_token_every_route_is_open(place: Place) -> None:
    for method, path in guarded(place):
        answer = place.client.request(method, an_address(path), headers=place.rosa)
        assert answer.status_code != 401, (method, path)
        assert answer.headers["cache-control"] == "no-store", (method, path)


def test_whoever_is_not_in_the_office_is_led_to_its_door(place: Place) -> None:
    table = office(place)
    assert ("POST", "/office/orders/{order}/refund") in table
    ways = {
        why: as_cookie(headers)
        for why, headers in place.bad_headers().items()
        if headers.get("Authorization", "").startswith("Bearer ")
    }
    for why, headers in {**ways, "nothing": {}, "a token in a header": place.rosa}.items():
        for method, path in table:
            for request in ways_to_ask() if why == "nothing" else [{"headers": headers}]:
                answer = place.client.request(
                    method, an_address(path), follow_redirects=False, **request
                )
                assert answer.status_code == 303, (why, method, path, request)
                assert answer.headers["location"].startswith("/office/sign-in?next=%2Foffice")


def test_in_the_office_every_page_opens_and_no_form_counts_without_its_key(place: Place) -> None:
    for method, path in office(place):
        headers = as_cookie(place.rosa)
        answer = place.client.request(
            method, an_address(path), headers=headers, follow_redirects=False
        )
        assert answer.status_code == 403 if method == "POST" else answer.status_code != 303, path
        assert answer.headers["cache-control"] == "no-store", (method, path)


def test_public_pages_do_not_even_look_at_a_token(place: Place) -> None:
    for method, path, is_open in routes_of(litestar_app(place.shop)):
        if is_open and method == "GET":
            plain = place.client.get(an_address(path), follow_redirects=False)
            stale = place.client.get(
                an_address(path), headers=place.former_admin, follow_redirects=False
            )
            assert plain.status_code == stale.status_code, path
            assert _NONCE.sub("", plain.text) == _NONCE.sub("", stale.text), path


def test_a_token_dies_with_the_password(place: Place) -> None:
    body = {"current_password": GOOD, "new_password": "rosemary & sage"}
    assert place.client.get("/admins", headers=place.rosa).status_code == 200

    place.client.put("/admins/rosa/password", headers=place.rosa, json=body)

    assert place.client.get("/admins", headers=place.rosa).status_code == 401
    again = sign_in(place.client, "rosa", "rosemary & sage")
    assert place.client.get("/admins", headers=again).status_code == 200


def test_every_token_dies_when_she_signs_out_everywhere(place: Place) -> None:
    phone = sign_in(place.client, "rosa")
    assert place.client.delete("/admins/rosa/tokens", headers=phone).status_code == 204

    for token in (phone, place.rosa):
        assert place.client.get("/admins", headers=token).status_code == 401
    assert place.client.get("/admins", headers=sign_in(place.client, "rosa")).status_code == 200


# The walk itself


@pytest.mark.parametrize("opt", [{}, {"public": True}, {"public": False}], ids=str)
def test_a_new_route_is_found_and_is_closed_unless_it_says_otherwise(
    place: Place, opt: dict[str, bool]
) -> None:
    @post("/planted", opt=opt, sync_to_thread=False)
    def planted() -> None: ...

    app = litestar_app(place.shop)
    app.register(planted)

    is_open = bool(opt.get("public"))
    assert ("POST", "/planted", is_open) in routes_of(app)
    assert (public_routes(app) == PUBLIC) is not is_open
