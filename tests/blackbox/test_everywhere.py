"""The rules for every route."""

import json
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.blackbox.goods import Goods, product
from tests.blackbox.problems import refused, wrong_fields
from tests.blackbox.routes import (
    ADMIN,
    COLLECTIONS,
    PUBLIC,
    Call,
    filled,
    with_bodies,
    with_ids,
)
from tests.support.outside import VITE, Outside

STALE = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def send(client: httpx.Client, call: Call, number: object = "1", **more: object) -> httpx.Response:
    body = {} if call.json is None else {"json": call.json}
    return client.request(call.method, filled(call.path, number), **(body | more))


@pytest.mark.parametrize("path", ["/products", "/categories", "/health/live", "/openapi.json"])
def test_the_head_of_what_can_be_had_comes_without_the_body(
    path: str, visitor: httpx.Client
) -> None:
    for _ in range(2):  # the second time over the same connection
        whole, head = visitor.get(path), visitor.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize("path", COLLECTIONS)
def test_a_collection_answers_with_and_without_a_slash_at_the_end(
    path: str, visitor: httpx.Client, goods: Goods
) -> None:
    ours = filled(path, goods.product()["id"])
    plain, slashed = visitor.get(ours), visitor.get(f"{ours}/")
    assert plain.status_code == slashed.status_code == 200
    assert plain.json() == slashed.json()


def test_a_product_may_be_posted_to_the_path_with_a_slash(
    admin: httpx.Client, goods: Goods
) -> None:
    answer = admin.post("/products/", json=product())
    assert answer.status_code == 201
    goods.remember(f"/products/{answer.json()['id']}")


@pytest.mark.parametrize("call", [*PUBLIC, *ADMIN, Call("GET", "/products/")], ids=str)
def test_a_preflight_is_answered_without_token_or_redirect(
    call: Call, visitor: httpx.Client
) -> None:
    answer = visitor.options(
        filled(call.path, 1),
        headers={
            "Origin": VITE,
            "Access-Control-Request-Method": call.method,
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert answer.is_success
    assert answer.headers["access-control-allow-origin"] == VITE
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert {"authorization", "content-type"} <= {name.strip() for name in allowed.split(",")}
    methods = answer.headers["access-control-allow-methods"]
    assert set(METHODS) <= {name.strip() for name in methods.split(",")}
    assert "origin" in answer.headers["vary"].lower()
    assert "access-control-allow-credentials" not in answer.headers


def test_a_foreign_page_is_let_in_nowhere(visitor: httpx.Client) -> None:
    foreign = {"Origin": "https://evil.example"}
    asked = visitor.options(
        "/products", headers={**foreign, "Access-Control-Request-Method": "GET"}
    )
    for answer in (asked, visitor.get("/products", headers=foreign)):
        assert "access-control-allow-origin" not in answer.headers
        assert "origin" in answer.headers["vary"].lower()


def test_the_shop_front_may_read_successes_and_refusals(
    visitor: httpx.Client, admin: httpx.Client, goods: Goods, shop: Outside
) -> None:
    ours = {"Origin": VITE}
    soap = goods.variant(stock_quantity=0)
    sold_out = {"items": [{"id": soap["id"], "quantity": 1, "price": soap["price"]}]}
    answers = {
        200: visitor.get("/products", headers=ours),
        401: visitor.post("/products", json=product(), headers=ours),
        404: visitor.get(filled("/products/{id}"), headers=ours),
        405: visitor.put("/products", json={}, headers=ours),
        409: visitor.post("/api/checkout", json=sold_out, headers=ours),
        422: admin.post("/products", json={}, headers=ours),
        400: admin.post(
            "/products",
            content=b"{",
            headers={**ours, "Content-Type": "application/json"},
        ),
        415: admin.post("/products", content=b"{}", headers={**ours, "Content-Type": "text/plain"}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status, answer.text
        assert answer.headers["access-control-allow-origin"] == VITE
        assert "origin" in answer.headers["vary"].lower()
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("token", [STALE, "Bearer", "Basic YTpi", "nonsense"])
@pytest.mark.parametrize("call", [call for call in PUBLIC if call.method == "GET"], ids=str)
def test_a_stale_token_keeps_nobody_from_looking(
    call: Call, token: str, visitor: httpx.Client, goods: Goods
) -> None:
    soap, gifts = goods.variant(), goods.category()
    path = call.path.format(id=soap["product_id"], vid=soap["id"], cid=gifts["id"])
    assert visitor.get(path, headers={"Authorization": token}).status_code == 200


@pytest.mark.parametrize("call", ADMIN, ids=str)
def test_without_a_token_an_admins_call_is_401_whatever_else_is_wrong(
    call: Call, visitor: httpx.Client
) -> None:
    spoilt = {"content": b"{", "headers": {"Content-Type": "application/json"}}
    for answer in (
        send(visitor, call),
        send(visitor, call, "999999999"),
        send(visitor, call, "no-id"),
        visitor.request(call.method, filled(call.path, 1), **spoilt),  # type: ignore[arg-type]  # httpx's own
    ):
        refused(answer, 401, "Not authenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("call", ADMIN, ids=str)
def test_a_stale_token_is_401_for_an_admins_call(call: Call, visitor: httpx.Client) -> None:
    answer = send(visitor, call, headers={"Authorization": STALE})
    refused(answer, 401, "Invalid or expired token")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("id", ["0", "01", "-1", "+1", "1_0", "%D9%A1", "abc", "1.0", "1" * 20])
@pytest.mark.parametrize("call", with_ids(PUBLIC) + with_ids(ADMIN), ids=str)
def test_an_id_is_a_plain_whole_number(call: Call, id: str, admin: httpx.Client) -> None:
    wrong_fields(send(admin, call, id))


@pytest.mark.parametrize("call", with_bodies(PUBLIC) + with_bodies(ADMIN), ids=str)
def test_bytes_that_are_no_json_are_400(call: Call, admin: httpx.Client) -> None:
    for spoilt in (b"", b"nonsense", b"\xff", b"nul"):
        answer = admin.request(
            call.method,
            filled(call.path, 1),
            content=spoilt,
            headers={"Content-Type": "application/json"},
        )
        refused(answer, 400)


@pytest.mark.parametrize("call", with_bodies(PUBLIC) + with_bodies(ADMIN), ids=str)
def test_bytes_that_stop_being_json_after_a_fault_are_400_or_422(
    call: Call, admin: httpx.Client
) -> None:
    for spoilt in (b'{"a": \xff}', b'{"a": ' + b"[" * 2000, b"[" * 2000, b'{"a": "\\ud800"}'):
        answer = admin.request(
            call.method,
            filled(call.path, 1),
            content=spoilt,
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code in (400, 422)
        refused(answer, answer.status_code)


@pytest.mark.parametrize("call", with_bodies(PUBLIC) + with_bodies(ADMIN), ids=str)
def test_a_body_that_does_not_say_it_is_json_is_415(call: Call, admin: httpx.Client) -> None:
    for said in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = admin.request(
            call.method,
            filled(call.path, 1),
            content=json.dumps(call.json).encode(),
            headers={"Content-Type": said},
        )
        refused(answer, 415)


@pytest.mark.parametrize("call", with_bodies(PUBLIC) + with_bodies(ADMIN), ids=str)
def test_a_body_that_is_too_large_is_413(call: Call, admin: httpx.Client) -> None:
    large = b'{"a": "' + b"x" * 70_000 + b'"}'

    def in_pieces() -> object:
        yield large

    for content in (large, in_pieces()):
        answer = admin.request(
            call.method,
            filled(call.path, 1),
            content=content,  # type: ignore[arg-type]  # an iterator of bytes
            headers={"Content-Type": "application/json"},
        )
        refused(answer, 413)


@pytest.mark.parametrize("call", with_bodies(PUBLIC) + with_bodies(ADMIN), ids=str)
def test_an_unknown_field_is_refused_by_name(call: Call, admin: httpx.Client) -> None:
    body = call.json
    more = [{**body[0], "surprise": 1}] if isinstance(body, list) else {**body, "surprise": 1}
    answer = admin.request(call.method, filled(call.path, 1), json=more)
    assert any("surprise" in field for field in wrong_fields(answer))


@pytest.mark.parametrize("call", with_bodies(PUBLIC) + with_bodies(ADMIN), ids=str)
def test_a_body_of_another_shape_is_422(call: Call, admin: httpx.Client) -> None:
    for body in ({"a": 1}, [1], "text", None, 1):
        answer = admin.request(
            call.method,
            filled(call.path, 1),
            content=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 422, (body, answer.text)
        wrong_fields(answer)


def test_an_unknown_address_is_404(visitor: httpx.Client) -> None:
    for path in ("/nothing", "/products/1/nothing", "/admin", "/api", "/api/nothing"):
        refused(visitor.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/products"), ("POST", "/products/1"), ("GET", "/api/checkout"), ("GET", "/contact")],
)
def test_a_wrong_method_is_405(method: str, path: str, visitor: httpx.Client) -> None:
    answer = visitor.request(method, path)
    refused(answer, 405)
    assert answer.headers["allow"]


def test_half_a_request_harms_nobody(shop: Outside, visitor: httpx.Client) -> None:
    """A client that goes away in the middle of its body."""
    where = urlsplit(shop.url)
    with socket.create_connection((where.hostname or "", where.port or 80), 5) as line:
        line.sendall(b"POST /contact HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert visitor.get("/products").status_code == 200
