"""Every text that any page or form of the back office takes, signed in, with texts that have broken
programs before: no 5xx, nothing given back as markup, nothing in the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from eterno.application.ports.access import Claims
from eterno.entrypoints.backoffice.forms import Form
from eterno.entrypoints.backoffice.screens import HOME
from eterno.entrypoints.backoffice.sessions import form_key
from eterno.entrypoints.http.app import litestar_app
from tests.attacks.conftest import Target
from tests.attacks.nasty import MARK, MARKUP, NASTY
from tests.http.test_route_table import routes_of
from tests.support.log_lines import all_that_is_logged
from tests.support.office_forms import ASKED, PICTURE, filled_in
from tests.support.pictures import JPEG
from tests.support.signing_in import GOOD

MOST = 4000
"""Bytes of a text that stands in an address."""
HEADERS = ("HX-Request", "HX-Target", "Sec-Fetch-Site", "Referer", "Accept-Language")
ENDS = ("cancel", "deliver")
"""What ends an order, and is not for one of which something was sent."""
PIECES = 9
"""Of an order: one for each parcel that is tried."""
URL_ENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
Request = tuple[str, str, dict[str, Any]]
"""Method, path, the rest."""


@dataclass
class Insider:
    """Somebody in the office, whatever she does to herself there."""

    target: Target
    admin_id: int
    asked: set[str] = field(default_factory=set)
    """The fields that the office has looked for."""

    def ask(self, request: Request) -> Any:
        method, path, rest = request
        with self.target.shop.store().begin() as work:
            herself = work.admins.find_by_id(self.admin_id)
        assert herself is not None
        claims = Claims(admin_id=herself.id, version=herself.token_version)
        token = self.target.shop.tokens().issue(claims)
        proof = {"form_key": form_key(token)}
        body: dict[str, Any] = {}
        if method == "POST" and "files" in rest:
            body = {"files": rest["files"], "data": {**rest["fields"], **proof}}
        elif method == "POST":
            body = {"content": encoded({**rest.get("fields", {}), **proof})}
        headers = {
            "Cookie": f"office={token}; office-door={token}",
            **({} if "files" in rest else URL_ENCODED),
            **rest.get("headers", {}),
        }
        return self.target.client.request(
            method, path, headers=headers, follow_redirects=False, **body
        )


@pytest.fixture(scope="module")
def insider(target: Target) -> Iterator[Insider]:
    ines = target.shop.create_admin()("ines", GOOD)
    insider = Insider(target, ines.id)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("text", "texts", "file"):
            patch.setattr(Form, name, _overheard(getattr(Form, name), insider.asked))
        yield insider


def _overheard(reading: Any, asked: set[str]) -> Any:
    def overheard(form: Form, name: str) -> Any:
        asked.add(name)
        return reading(form, name)

    return overheard


def encoded(fields: Mapping[str, str]) -> bytes:
    return "&".join(f"{coded(name)}={coded(value)}" for name, value in fields.items()).encode()


def coded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def office_routes(target: Target) -> list[tuple[str, str]]:
    """(method, path from HOME)."""
    return [
        (method, path.removeprefix(HOME))
        for method, path, _ in routes_of(litestar_app(target.shop))
        if path.partition(HOME)[0] == "" and path.startswith(HOME) and method != "OPTIONS"
    ]


def forms_of(target: Target) -> Mapping[str, Mapping[str, str]]:
    ids = target.ids
    return filled_in(
        variant=int(ids["variant_id"]), category=int(ids["category_id"]), password=GOOD
    )


def places_of(target: Target, order: str) -> dict[str, str]:
    """What stands in each place of a path."""
    ids = target.ids
    return {
        "product": ids["product_id"],
        "variant": ids["variant_id"],
        "category": ids["category_id"],
        "order": order,
        "task": str(UUID(int=7)),
        "username": "nobody",
        "name": "office.css",
    }


def attempts(target: Target, nasty: str, order: str) -> Iterator[Request]:
    """Once for every place where a text can be, about this order and one that is ended."""
    forms, short = forms_of(target), coded(nasty)[:MOST]
    to_be_sent, to_be_ended = places_of(target, order), places_of(target, target.sell(1))
    for method, template in office_routes(target):
        places = to_be_ended if template.endswith(ENDS) else to_be_sent
        path = HOME + template.format(**places)
        fields = dict(forms[template]) if method == "POST" else {}
        for place in (name for name in places if f"{{{name}}}" in template):
            nastier = HOME + template.format(**{**places, place: short})
            yield method, nastier, {"fields": fields}
        if method == "POST":
            for name in fields:
                yield method, path, {"fields": {**fields, name: nasty}}
            if not template.endswith(("archive", "remove")):  # the shop is to stay as it is
                yield method, path, {"fields": {**fields, nasty[:1000]: nasty}}
        else:
            for name in ("said", *ASKED.get(template, ())):
                yield method, f"{path}?{name}={short}", {}
    yield "GET", f"{HOME}/orders/{order}/refund?kind=pieces&{short}={short}", {}
    yield "GET", f"{HOME}/orders/{order}/refund?kind=pieces&piece-{short}={short}", {}
    said = nasty.encode("utf-8", "ignore")
    for header in HEADERS:
        yield "GET", HOME, {"headers": {header: said.translate(None, b"\r\n\0")[:MOST]}}
    name = said.decode()
    for template in ("/pictures", "/catalogue/new"):
        for kind in ("image/jpeg", said.translate(None, b"\r\n\0").decode("latin-1")[:200]):
            for data in (JPEG + said, said):
                file = (name[:1000], data, kind)
                rest = {"files": {PICTURE: file}, "fields": dict(forms[template])}
                yield "POST", HOME + template, rest


def test_every_form_and_every_page_is_tried(target: Target) -> None:
    table = office_routes(target)
    assert {path for method, path in table if method == "POST"} == forms_of(target).keys()
    assert ASKED.keys() <= {path for method, path in table if method == "GET"}


@pytest.mark.parametrize("what", NASTY)
def test_no_text_breaks_the_office(target: Target, insider: Insider, what: str) -> None:
    order = target.sell(PIECES)
    statuses = set()
    with all_that_is_logged() as lines:
        for number, request in enumerate(attempts(target, NASTY[what], order)):
            request[2].setdefault("headers", {})["X-Forwarded-For"] = f"10.1.{number % 250}.1"
            answer = insider.ask(request)
            told = (request, answer.status_code, answer.text[:300])
            assert answer.status_code < 500, told
            assert answer.headers["x-content-type-options"] == "nosniff", told
            assert "x-injected" not in answer.headers, told
            if answer.headers.get("content-type", "text/html").startswith("text/html"):
                assert not MARKUP.search(answer.text), told
            statuses.add(answer.status_code)
    assert number > 150
    assert {200, 303, 404, 422} <= statuses
    assert [line for line in lines if MARK in line] == []


def test_whatever_the_office_looks_for_was_tried(target: Target, insider: Insider) -> None:
    """After the texts: a field that no form here fills in would never have been attacked."""
    tried = {name for fields in forms_of(target).values() for name in fields}
    tried |= {name for names in ASKED.values() for name in names} | {"said", PICTURE, "form_key"}
    asked = {name for name in insider.asked if MARK not in name}
    assert "tracking" in asked
    assert asked <= tried
