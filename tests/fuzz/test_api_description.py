"""Every call of the API's description, by an admin, with values nobody thought of.

No 5xx, no status or content type that the description does not know, and every answer of the shape
that it promises. The seed is fixed: a failure here fails again.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.outside import Outside, own_shop
from tests.support.shops import shop_over_http

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 12
"""Of each kind for each call: the whole takes seconds."""


def ways() -> Iterator[Any]:
    """Each call with what its description allows, and where it takes anything, what it forbids."""
    with shop_over_http() as shop:
        description = shop.client.get("/openapi.json").json()
    for found in schemathesis.openapi.from_dict(description).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        yield pytest.param(operation, GenerationMode.POSITIVE, id=operation.label)
        if operation.body or not all(map(is_any_text, operation.iter_parameters())):
            yield pytest.param(operation, GenerationMode.NEGATIVE, id=f"{operation.label} spoilt")


def is_any_text(parameter: Any) -> bool:
    """A part of a path that may be anything: an order's token. It cannot be spoilt."""
    schema = parameter.definition["schema"]
    return parameter.location == "path" and not {"pattern", "enum", "maxLength"} & {*schema}


@pytest.fixture(scope="session")
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Outside]:
    databases = request.getfixturevalue("database_server")
    template = request.getfixturevalue("migrated_template")
    with own_shop(databases, template, tmp_path_factory.mktemp("fuzz")) as own:
        yield own


@pytest.fixture(scope="session")
def token(shop: Outside) -> Iterator[str]:
    with shop.signed_in() as admin:
        yield admin.headers["Authorization"]


@pytest.mark.parametrize(("operation", "kind"), list(ways()))
def test_nothing_surprises_the_api(
    operation: APIOperation, kind: GenerationMode, shop: Outside, token: str
) -> None:
    @settings(max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=kind))
    def whatever_is_sent(case: Case) -> None:
        response = case.call(base_url=shop.url, headers={"Authorization": token})
        case.validate_response(response, checks=CHECKS)

    whatever_is_sent()
