"""The API's description: whole, true, and readable without internet."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from litestar.handlers import HTTPRouteHandler
from openapi_spec_validator import OpenAPIV31SpecValidator

from eterno.application.access.identify import Identify
from eterno.domain.errors import Refusal
from eterno.entrypoints.http import docs
from eterno.entrypoints.http.app import HANDLERS
from eterno.entrypoints.http.openapi import asked_for
from tests.support.shops import ShopOverHttp, shop_over_http

PROBLEM = "application/problem+json"
PAGES = ["/docs", "/redoc"]


@cache
def description() -> dict[str, Any]:
    with shop_over_http() as shop:
        document: dict[str, Any] = shop.client.get("/openapi.json").json()
        return document


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


every_operation = pytest.mark.parametrize(
    "operation", [pytest.param(operation, id=name) for name, operation in operations()]
)


def test_it_is_valid_openapi_3_1() -> None:
    assert description()["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(description()).validate()


@every_operation
def test_an_operation_says_what_it_is_for(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert len(operation["description"]) > len(operation["summary"])
    assert not re.search("Raises|thread", operation["description"])
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"])


@every_operation
def test_an_operation_is_filed_under_a_tag_that_is_explained(operation: dict[str, Any]) -> None:
    explained = {tag["name"] for tag in description()["tags"] if tag["description"]}
    assert operation["tags"]
    assert set(operation["tags"]) <= explained


@every_operation
def test_an_operation_shows_its_success(operation: dict[str, Any]) -> None:
    assert [status for status in operation["responses"] if status.startswith("2")]


@every_operation
def test_every_refusal_is_a_problem_document_with_examples(operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        if status >= "400":
            content = response["content"][PROBLEM]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            for code, example in content["examples"].items():
                assert f"`{code}`: " in response["description"]
                assert example["value"]["status"] == int(status)
            assert len(response["content"]) == 1


@every_operation
def test_who_reads_a_refusal_knows_when_it_can_come(operation: dict[str, Any]) -> None:
    """The refusals that follow from what an operation takes, and from whom."""
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    takes_json = "requestBody" in operation and operation["operationId"] != "hear_notice"
    expected = {
        "401": "security" in operation,
        "404": "path" in places,
        "415": takes_json,
    }
    for status, wanted in expected.items():
        if wanted:
            assert status in operation["responses"], status
    if places & {"path", "query"} or takes_json:
        assert "422" in operation["responses"]
    if "requestBody" in operation:
        assert {"400", "413"} <= set(operation["responses"])
    assert "500" not in operation["responses"]


@every_operation
def test_only_what_needs_an_admin_says_so(operation: dict[str, Any]) -> None:
    assert operation.get("security", [{"admin": []}]) == [{"admin": []}]
    assert ("security" in operation) == ("401" in operation["responses"]) or (
        operation["operationId"] == "log_in"
    )


def test_every_route_but_the_pages_is_described() -> None:
    described = {operation["operationId"] for _, operation in operations()}
    handlers = {handler.handler_name for handler in HANDLERS}
    assert handlers - described == {"front_door", "asset"}


def test_what_is_refused_at_checkout_is_told_apart() -> None:
    conflict = description()["paths"]["/api/checkout"]["post"]["responses"]["409"]
    assert set(conflict["content"][PROBLEM]["examples"]) == {
        "out_of_stock", "price_changed", "idempotency_key_reused", "checkout_over",
    }  # fmt: skip


def test_a_story_is_told_in_its_own_words() -> None:
    told = description()["paths"]["/api/checkout"]["post"]["description"]
    assert "never charged more" in told


def promised(story: type) -> set[str]:
    """The codes of the refusals that a use case's docstring says it raises."""
    _, _, raised = (story.__call__.__doc__ or "").partition("Raises")
    return {kind.code for kind in refusals(Refusal) if f"`{kind.__name__}`" in raised}


def refusals(family: type[Refusal]) -> Iterator[type[Refusal]]:
    for kind in family.__subclasses__():
        yield kind
        yield from refusals(kind)


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.handler_name)
def test_what_a_story_says_it_refuses_is_described(handler: HTTPRouteHandler) -> None:
    told = {
        code
        for _, operation in operations()
        if operation["operationId"] == handler.handler_name
        for status, response in operation["responses"].items()
        if status >= "400"
        for code in response["content"][PROBLEM]["examples"]
    }
    stories = {kind for kind in asked_for(handler) if isinstance(kind, type)} - {Identify}
    assert set().union(*map(promised, stories)) <= told


def test_the_page_can_sign_an_admin_in() -> None:
    [(name, scheme)] = description()["components"]["securitySchemes"].items()
    assert (name, scheme["type"], scheme["scheme"]) == ("admin", "http", "bearer")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_takes_everything_from_us(here: ShopOverHttp, path: str) -> None:
    page = here.client.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith("/")
        answer = here.client.get(address)
        assert answer.status_code == 200
        assert ("immutable" in answer.headers["cache-control"]) == ("?v=" in address)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_nothing_but_our_files(here: ShopOverHttp, path: str) -> None:
    policy = here.client.get(path).headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "<script>" not in here.client.get(path).text


def test_redoc_is_let_in_anew_each_time(here: ShopOverHttp) -> None:
    pages = [here.client.get("/redoc") for _ in range(2)]
    nonces = [re.findall(r' nonce="([^"]+)"', page.text) for page in pages]
    assert nonces[0] != nonces[1]
    for page, [first, *others] in zip(pages, nonces, strict=True):
        assert len(first) >= 20
        assert set(others) == {first}
        assert f"'nonce-{first}'" in page.headers["content-security-policy"]


def test_redoc_does_not_fetch_its_makers_logo(here: ShopOverHttp) -> None:
    """The address stands in the file as it came, and not in what is served."""
    given = here.client.get("/docs/assets/redoc.standalone.js").content
    assert docs.LOGO not in given
    assert b"data:," in given


@pytest.mark.parametrize("path", ["/docs/assets/nothing.js", "/docs/assets/README.md", "/docs/x"])
def test_nothing_else_is_served(here: ShopOverHttp, path: str) -> None:
    answer = here.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == PROBLEM


def test_the_documents_can_be_switched_off() -> None:
    with shop_over_http(API_DOCS="off") as shop:
        for path in (*PAGES, "/openapi.json", "/docs/assets/docs.js"):
            answer = shop.client.get(path)
            assert answer.status_code == 404
            assert answer.headers["content-type"] == PROBLEM
        assert "/docs" not in shop.client.get("/").text
    with shop_over_http() as shop:
        assert "/docs" in shop.client.get("/").text


def test_our_own_pages_have_their_style_without_the_sandbox(here: ShopOverHttp) -> None:
    found = re.search(r'rel="stylesheet" href="([^"]+)"', here.client.get("/").text)
    assert found is not None
    style = here.client.get(found[1])
    assert style.status_code == 200
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in style.headers["cache-control"]
    assert "url(" not in style.text
    assert here.client.get("/assets/other.css").status_code == 404
