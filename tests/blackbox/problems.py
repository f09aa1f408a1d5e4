"""How a refusal must look."""

from __future__ import annotations

from typing import Any

import httpx


def refused(answer: httpx.Response, status: int, detail: str | None = None) -> Any:
    """The problem document (RFC 9457), after a look at its form."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail"} <= problem.keys()
    assert problem["status"] == status
    if detail is not None:
        assert problem["detail"] == detail
    return problem


def wrong_fields(answer: httpx.Response) -> set[str]:
    """The fields that a 422 names."""
    errors = refused(answer, 422)["errors"]
    assert errors
    assert all(error["message"] for error in errors)
    return {error["field"] for error in errors}
