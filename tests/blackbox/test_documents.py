"""The API's documents, and the health of the process."""

import re

import httpx
import pytest

from tests.blackbox.routes import ADMIN, PUBLIC, filled


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_a_page_needs_nothing_from_elsewhere(path: str, visitor: httpx.Client) -> None:
    page = visitor.get(path)
    assert page.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert addresses
    for address in addresses:
        assert address.startswith(("/", "data:"))
        if address.startswith("/"):
            assert visitor.get(address).status_code == 200


def test_every_call_of_the_contract_is_described(visitor: httpx.Client) -> None:
    answer = visitor.get("/openapi.json")
    assert answer.status_code == 200
    paths = answer.json()["paths"]
    described = {
        (method.upper(), re.sub(r"\{[^}]+\}", "1", path))
        for path in paths
        for method in paths[path]
    }
    for call in (*PUBLIC, *ADMIN):
        path = filled(call.path, 1).partition("?")[0].replace("/admins/nobody", "/admins/1")
        assert (call.method, path) in described, str(call)


def test_the_process_is_well(visitor: httpx.Client) -> None:
    for path in ("/health/live", "/health/ready"):
        assert visitor.get(path).status_code == 200
