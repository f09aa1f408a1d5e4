"""The API's description, OpenAPI 3.1: what Litestar reads off the handlers, completed with what
only we know: who may call, what is refused and how, and the story behind each call.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, get_type_hints

import msgspec
from litestar import Litestar, Router
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.routes import BaseRoute, HTTPRoute

from eterno.application.access.identify import Identify
from eterno.entrypoints.http.refusals import SCHEMA, refusals_of, responses_to

ADMIN = "admin"
"""The name of the one way to say who is asking."""
TAGS = (
    Tag("Shop", "What visitors see and do: look, check out, write. No account, no token."),
    Tag("Catalogue", "Products, their variants and categories, by an admin."),
    Tag("Inventory", "How many pieces there are, and the ledger that says why."),
    Tag("Orders", "What was sold: making, sending, giving back. By an admin."),
    Tag("Figures", "What was sold and how it went, as known at any moment. By an admin."),
    Tag("Pictures", "Bringing pictures into the shop, and finding them."),
    Tag("Messages", "What visitors wrote to the owner."),
    Tag("Privacy", "What is known of a buyer, and forgetting it. By an admin."),
    Tag("Admins", "Who may look after the shop, and signing in."),
    Tag("Payment service", "What the payment service tells us; nobody else can."),
    Tag("Health", "For whoever watches over the processes."),
)
_ABOUT = """\
The shop behind the shop front.

Prices are JSON numbers in the shop's currency (`8.99`). What is refused is answered with a problem
document (RFC 9457); its `code` tells programs what is the matter, its `detail` people.

An admin signs in at `POST /admins/login` and sends the token as `Authorization: Bearer …`.
Whatever needs no admin does not even look at a token.
"""

_RAW_BODY = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
"""What is read as bytes, because a signature covers each of them."""


class _Nowhere(Router):
    """Takes nothing in. Litestar would add pages that need the internet, and an HTML answer to
    unknown addresses below them; ours are in `docs.py`."""

    def register(self, value: object) -> list[BaseRoute]:  # noqa: ARG002
        return []


def openapi_config(version: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Eterno",
        version=version,
        description=_ABOUT,
        tags=list(TAGS),
        components=Components(
            security_schemes={
                ADMIN: SecurityScheme(
                    type="http",
                    scheme="bearer",
                    bearer_format="JWT",
                    description="The `access_token` that `POST /admins/login` answers.",
                )
            }
        ),
        use_handler_docstrings=True,
        operation_id_creator=lambda handler, *_: handler.handler_name,
        openapi_router=_Nowhere("/openapi", route_handlers=[]),
    )


@lru_cache(maxsize=1)
def document_of(app: Litestar) -> bytes:
    """The description of `app`, as JSON."""
    document = app.openapi_schema.to_schema()
    document["components"]["schemas"]["Problem"] = SCHEMA
    for path, method, handler in _operations(app):
        _complete(document["paths"][path][method], handler)
    return msgspec.json.encode(document)


def _complete(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    parameters = operation.get("parameters", ())
    for parameter in parameters:
        _explain(parameter)
    places = {parameter["in"] for parameter in parameters}
    successes = {
        status: response for status, response in operation["responses"].items() if status < "400"
    }
    if story := _story(handler):
        operation["description"] = story
    operation["responses"] = successes | responses_to(refusals_of(handler, places))
    if "body" in handler.parsed_fn_signature.parameters:
        operation["requestBody"] = _RAW_BODY
    if not handler.opt.get("public"):
        operation["security"] = [{ADMIN: []}]


def _explain(parameter: dict[str, Any]) -> None:
    """An empty default is no value. Where a value must look like something, it only says that the
    answer to a missing one is ours, not Litestar's."""
    schema = parameter["schema"]
    if schema.get("default") == "":
        del schema["default"]
        parameter["required"] = "pattern" in schema


def _operations(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method, (handler, _) in route.route_handler_map.items():
                if handler.resolve_include_in_schema():
                    yield route.path_format, method.lower(), handler


def _story(handler: HTTPRouteHandler) -> str | None:
    """The use case's own words, where a handler leads to one."""
    return next((inspect.getdoc(kind) for kind in asked_for(handler) if _is_story(kind)), None)


def asked_for(handler: HTTPRouteHandler) -> Iterator[object]:
    """The types of all that a handler is given, also of what it is given in one piece."""
    for field in handler.parsed_fn_signature.parameters.values():
        yield field.annotation
        if dataclasses.is_dataclass(field.annotation):
            yield from get_type_hints(field.annotation).values()


def _is_story(kind: object) -> bool:
    """Who is asking is no story of its own."""
    module = getattr(kind, "__module__", "")
    is_ours = module.startswith("eterno.application.") and ".ports." not in module
    return is_ours and kind is not Identify
