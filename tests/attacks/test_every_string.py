"""Every text that any route takes, in its body, query, path and headers, as an admin and with texts
that have broken programs before: no 5xx, nothing given back as markup, nothing in the log."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from litestar.testing import TestClient

from eterno.entrypoints.container import Shop, live
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.settings import read_settings
from tests.attacks.nasty import MARK, NASTY
from tests.builders import add_category, put_on_sale
from tests.support import audit
from tests.support.databases import DatabaseServer
from tests.support.log_lines import all_that_is_logged
from tests.support.shops import admin_headers

Json = dict[str, Any]
_MARKUP = re.compile(rf"<script>{MARK}|<img src=x onerror={MARK}|<b>")
FITTING: Json = {
    "email": "ada@example.org",
    "username": "a-new-one",
    "password": "lavender & thyme",
    "img_key": None,
    "sku": None,
    "website": None,
    "link": None,
    "discount": None,
    "fileName": "soap.jpg",
    "contentType": "image/jpeg",
    "decision": "refund",
    "stock_quantity": 1000,
    "price": 8.99,
    "lines": None,
    "shipping": None,
}
"""What stands in a field of this name when it is not its turn; else "oats" does."""
_JSON = ("application/json", "application/problem+json")


@dataclass
class Target:
    """An open shop with one of everything in it."""

    shop: Shop
    client: TestClient[Any]
    admin: dict[str, str]
    ids: dict[str, str]
    """What stands in each place of a path when it is not that place's turn."""
    description: Json


@pytest.fixture(scope="module")
def target(
    database_server: DatabaseServer,
    migrated_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Target]:
    """One for all the texts: what they leave behind is part of the test."""
    with database_server.database(migrated_template) as uri:
        yield from _target(uri, tmp_path_factory.mktemp("attacked"))


def _target(uri: str, folder: Path) -> Iterator[Target]:
    settings = read_settings(
        {
            "ETERNO_DATA_DIR": str(folder),
            "CHECKOUT_LIMITS": "off",
            "TRUSTED_PROXIES": "0.0.0.0/0",
            "SHIPPING_RATES": "Post:0:1-1",
        }
    )
    with (
        live(settings, uri) as shop,
        TestClient(create_app(shop), raise_server_exceptions=False) as client,
    ):
        soap, category = put_on_sale(shop.store(), pieces=1000), add_category(shop.store())
        item = {"id": soap.id, "quantity": 1, "price": float(soap.price.amount)}
        page = client.post("/api/checkout", json={"items": [item]}).json()["url"]
        [order] = shop.order_desk().latest()
        admin = admin_headers(shop)
        sale = {"items": [{"id": soap.id, "quantity": 90}], "handed_over": False}
        assert client.post("/orders", json=sale, headers=admin).status_code == 201
        [sold, _] = shop.order_desk().latest()
        ids = {
            "product_id": str(soap.product_id),
            "variant_id": str(soap.id),
            "category_id": str(category.id),
            "order": str(sold.id),
            "token": order.token,
            "session_id": page.rsplit("/", 1)[-1],
            "username": "rosa",
        }
        description = client.get("/openapi.json").json()
        yield Target(shop, client, admin, ids, description)
        assert audit.faults(uri) == {}


def operations(description: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def an_example(schema: Json, description: Json) -> Any:
    """Something that the schema allows, with all that is optional in it."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return an_example(description["components"]["schemas"][name], description)
    for choice in schema.get("anyOf") or schema.get("oneOf") or []:
        if choice.get("type") != "null":
            return an_example(choice, description)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "string")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            parts = schema.get("properties", {})
            return {
                name: FITTING[name] if name in FITTING else an_example(part, description)
                for name, part in parts.items()
            }
        case "array":
            return [an_example(schema["items"], description)]
        case "integer":
            return 1
        case "number":
            return 8.99
        case "boolean":
            return False
    return "oats"


def with_each_text(body: Any, nasty: str) -> Iterator[Any]:
    """The body, with one text after the other replaced; and one with a name nobody knows."""
    for way in ways_to_texts(body):
        spoilt = copy.deepcopy(body)
        place = spoilt
        for step in way[:-1]:
            place = place[step]
        place[way[-1]] = nasty
        yield spoilt
    if isinstance(body, dict):
        yield {**body, nasty: 1}


def ways_to_texts(body: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    parts: Iterable[tuple[Any, Any]] = body.items() if isinstance(body, dict) else enumerate(body)
    for step, part in parts:
        if part is None or isinstance(part, str):
            yield (*way, step)
        elif isinstance(part, dict | list):
            yield from ways_to_texts(part, (*way, step))


def attempts(target: Target, nasty: str) -> Iterator[tuple[str, str, Json]]:
    """(method, path, the rest of a request), once for every place where a text can be."""
    coded = quote(nasty.encode("utf-8", "surrogatepass"), safe="")
    for method, template, operation in operations(target.description):
        path = template.format(**target.ids)
        content = operation.get("requestBody", {}).get("content", {})
        body = None
        if schema := content.get("application/json", {}).get("schema"):
            body = an_example(schema, target.description)
            for spoilt in with_each_text(body, nasty):
                yield method, path, {"content": json.dumps(spoilt).encode()}
        plain = {} if body is None else {"content": json.dumps(body).encode()}
        for parameter in operation.get("parameters", []):
            name = parameter["name"]
            if parameter["in"] == "path":
                yield method, template.format(**{**target.ids, name: coded[:4000]}), plain
            elif parameter["in"] == "query":
                yield method, f"{path}?{name}={coded[:4000]}", plain
            elif text := nasty.encode("utf-8", "ignore").translate(None, b"\r\n\0")[:4000]:
                yield method, path, {**plain, "headers": {name: text}}


@pytest.mark.parametrize("what", NASTY)
def test_no_text_breaks_anything(target: Target, what: str) -> None:
    nasty = NASTY[what]
    tried = 0
    with all_that_is_logged() as lines:
        for method, path, request in attempts(target, nasty):
            headers = {
                **target.admin,
                "Content-Type": "application/json",
                "X-Forwarded-For": f"10.0.{tried // 250}.{tried % 250}",
                **request.get("headers", {}),
            }
            answer = target.client.request(
                method, path, headers=headers, content=request.get("content")
            )
            told = (method, path, request, answer.status_code, answer.text[:300])
            assert answer.status_code < 500, told
            assert answer.headers["x-content-type-options"] == "nosniff", told
            assert "x-injected" not in answer.headers, told
            kind = answer.headers.get("content-type", _JSON[0]).partition(";")[0]
            if kind not in (*_JSON, "text/csv"):  # no browser takes those for a page
                assert not _MARKUP.search(answer.text), told
            tried += 1
    assert tried > 90
    assert [line for line in lines if MARK in line] == []

    while target.shop.deliver_outbox()():
        pass
    outside = target.shop.outside()
    assert outside is not None
    for kept in outside.sandbox.mailbox.letters(most=500):
        letter = kept.letter
        assert "\n" not in letter.to + letter.subject + (letter.reply_to or "")
        assert not _MARKUP.search(letter.html)
        assert f"{MARK}49" not in letter.html + letter.text


def test_what_a_buyer_types_on_the_sandboxs_page_is_given_back_as_text(target: Target) -> None:
    page = f"/sandbox/pay/{target.ids['session_id']}"
    for nasty in NASTY.values():
        typed = nasty.encode("utf-8", "ignore").decode()
        for box in ("email", "name", "line1", "city", "country", "delivery", "ending"):
            answer = target.client.post(page, data={box: typed})
            assert answer.status_code < 500
            assert not _MARKUP.search(answer.text)
