"""Into the office, and out of it."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post

from eterno.application.access.sign_in import SignIn
from eterno.domain.errors import Refusal
from eterno.entrypoints.backoffice.forms import Form
from eterno.entrypoints.backoffice.screens import HOME, Page, Screen, complaint, status_for
from eterno.entrypoints.http.clients import client_of
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.guards import PUBLIC
from eterno.entrypoints.settings import Settings

DOOR = f"{HOME}/sign-in"


@get("/sign-in", sync_to_thread=False, opt=PUBLIC)
def door(screen: Given[Screen]) -> Page:
    """Name and password, please."""
    return _door(screen)


@post("/sign-in", status_code=200, sync_to_thread=True, opt=PUBLIC)
def enter(
    screen: Given[Screen],
    form: Given[Form],
    request: Request[Any, Any, Any],
    sign_in: Given[SignIn],
    settings: Given[Settings],
) -> Page:
    """The one admin sign-in, with its limits; what it gives stays in a cookie."""
    client = client_of(request.scope, settings.proxies)
    try:
        token = sign_in(form.text("username"), form.text("password"), client=client)
    except Refusal as refusal:
        return _door(screen, refusal, form)
    page = screen.to(_inside(form.text("next")))
    page.set_cookie(screen.house.sessions.open(token))
    return page


@post("/sign-out", status_code=200, sync_to_thread=False)
def leave(screen: Given[Screen]) -> Page:
    """This browser forgets who she is."""
    page = screen.to(DOOR, said="left")
    page.set_cookie(screen.house.sessions.close())
    return page


SIGN_IN = (door, enter, leave)


def _door(screen: Screen, refusal: Refusal | None = None, typed: Form | None = None) -> Page:
    """The form, behind a fresh door: its key is good for this form alone."""
    knock = screen.house.sessions.knock()
    leads_to = (typed or screen.asked).text("next")
    page = screen.behind(knock.value or "").page(
        "sign_in.html",
        {**complaint(refusal, typed), "next": _inside(leads_to)},
        status=status_for(refusal),
    )
    page.set_cookie(knock)
    return page


def _inside(path: str) -> str:
    """Where to go then: a page of the office, whatever the address says."""
    is_ours = path == HOME or path.startswith((f"{HOME}/", f"{HOME}?"))
    return path if is_ours and path.isascii() and path.isprintable() and len(path) < 500 else HOME
