"""Every text that any route of the API takes, in its body, query, path and headers, as an admin and
with texts that have broken programs before: no 5xx, nothing given back as markup, nothing in the
log."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.attacks.conftest import Json, Target
from tests.attacks.nasty import MARK, MARKUP, NASTY
from tests.support.log_lines import all_that_is_logged

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
                assert not MARKUP.search(answer.text), told
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
        assert not MARKUP.search(letter.html)
        assert f"{MARK}49" not in letter.html + letter.text


def test_what_a_buyer_types_on_the_sandboxs_page_is_given_back_as_text(target: Target) -> None:
    page = f"/sandbox/pay/{target.ids['session_id']}"
    for nasty in NASTY.values():
        typed = nasty.encode("utf-8", "ignore").decode()
        for box in ("email", "name", "line1", "city", "country", "delivery", "ending"):
            answer = target.client.post(page, data={box: typed})
            assert answer.status_code < 500
            assert not MARKUP.search(answer.text)
