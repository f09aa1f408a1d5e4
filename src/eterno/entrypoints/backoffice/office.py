"""The office, put together: its routes, its doorman, and how it says no."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any, cast
from urllib.parse import quote, urlencode

from litestar import Request, Router
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from eterno.application.ports.media import MediaStore
from eterno.domain.errors import NotFound, Refusal, Unauthenticated
from eterno.domain.media import ROOT
from eterno.entrypoints.backoffice.catalogue import CATALOGUE
from eterno.entrypoints.backoffice.categories import CATEGORIES
from eterno.entrypoints.backoffice.figures import FIGURES
from eterno.entrypoints.backoffice.forms import KEY, Form, form_of, read_form
from eterno.entrypoints.backoffice.health import HEALTH
from eterno.entrypoints.backoffice.order_deeds import ORDER_DEEDS
from eterno.entrypoints.backoffice.orders import ORDERS
from eterno.entrypoints.backoffice.people import PEOPLE
from eterno.entrypoints.backoffice.pictures import bring
from eterno.entrypoints.backoffice.post import POST
from eterno.entrypoints.backoffice.printing import PRINTING
from eterno.entrypoints.backoffice.refunds import REFUNDS
from eterno.entrypoints.backoffice.screens import (
    HOME,
    House,
    Page,
    Screen,
    origin_of,
    static_file,
)
from eterno.entrypoints.backoffice.sessions import Sessions, check_form
from eterno.entrypoints.backoffice.sign_in import DOOR, SIGN_IN
from eterno.entrypoints.backoffice.stock import STOCK
from eterno.entrypoints.backoffice.today import TODAY
from eterno.entrypoints.backoffice.variants import VARIANTS
from eterno.entrypoints.http.problems import BadRequest, TooLarge, note
from eterno.entrypoints.settings import Settings

HANDLERS = (
    *SIGN_IN,
    *TODAY,
    *ORDERS,
    *ORDER_DEEDS,
    *REFUNDS,
    *PRINTING,
    *STOCK,
    *CATALOGUE,
    *CATEGORIES,
    *VARIANTS,
    bring,
    *FIGURES,
    *POST,
    *PEOPLE,
    *HEALTH,
    static_file,
)

log = logging.getLogger(__name__)


def office_routes(settings: Settings, media: MediaStore, *, is_sandbox: bool) -> Router:
    """All of it, for the app to mount. Admins only: the app's own guard takes the token out of the
    office's cookie."""
    house = House(
        shop=settings.shop_name,
        zone=settings.zone,
        sessions=Sessions(
            https=settings.base_url.startswith("https://"), minutes=settings.token_minutes
        ),
        pictures_from=origin_of(media.url(f"{ROOT}a.png")),
        is_sandbox=is_sandbox,
    )
    office = Office(house)
    return Router(
        HOME,
        route_handlers=HANDLERS,
        dependencies={
            "screen": Provide(office.screen, sync_to_thread=False),
            "form": Provide(form_in, sync_to_thread=False),
            "asked": Provide(asked_in, sync_to_thread=False),
        },
        guards=[office.genuine],
        exception_handlers={
            Refusal: office.refuse,
            HTTPException: office.refuse_early,
            Exception: office.apologise,
        },
        opt={"token": house.sessions.token},
        include_in_schema=False,
    )


class Office:
    """The house as its doorman knows it."""

    def __init__(self, house: House) -> None:
        self._house = house

    def screen(self, scope: Scope) -> Screen:
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        return Screen(
            house=self._house,
            path=str(scope["path"]),
            note=partial(note, scope),
            asked=asked_in(scope),
            actor=scope.get("actor"),  # type: ignore[arg-type]  # put there by the app's guard
            secret=connection.cookies.get(self._house.sessions.session, ""),
        )

    async def genuine(
        self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        """The guard of every form, after the one that knows who is asking: it must come from a page
        that this very browser was shown. Raises `ForeignForm`."""
        if connection.scope["method"] != "POST":  # type: ignore[typeddict-item]  # HTTP only
            return
        form = await read_form(cast("Request[Any, Any, Any]", connection))
        sessions = self._house.sessions
        cookie = sessions.door if handler.opt.get("public") else sessions.session
        check_form(connection.cookies.get(cookie), form.text(KEY))
        connection.scope["form"] = form  # type: ignore[typeddict-unknown-key]  # ours

    def refuse(self, request: Request[Any, Any, Any], refusal: Refusal) -> Page:
        """A page that says no. Whoever is not signed in is led to the door, and from there back.

        Who follows a link from another site, say from a letter, comes without her cookie: a page of
        ours that leads on is all it takes for the browser to send it.
        """
        screen = self.screen(request.scope)
        if not isinstance(refusal, Unauthenticated):
            return screen.refused(refusal)
        screen.note(refusal)
        wanted = _address(request) if request.method == "GET" else HOME
        if request.headers.get("sec-fetch-site") == "cross-site":
            return screen.page("come_in.html", {"wanted": wanted})
        door = f"{DOOR}?{urlencode({'next': wanted})}"
        if request.headers.get("hx-request"):
            return Page(b"", status_code=401, headers={"HX-Redirect": door})
        return screen.to(DOOR, next=wanted)

    def refuse_early(self, request: Request[Any, Any, Any], error: HTTPException) -> Page:
        """What Litestar refuses before a handler is reached."""
        if error.status_code >= 500:
            return self.apologise(request, error)
        kind = {404: NotFound("Page"), 413: TooLarge("That is more than this form takes")}
        return self.refuse(request, kind.get(error.status_code, BadRequest(error.detail)))

    def apologise(self, request: Request[Any, Any, Any], bug: Exception) -> Page:
        """Anything else is our mistake."""
        request_id = request.scope.get("request_id")
        log.error("request %s failed", request_id, exc_info=bug)
        return self.screen(request.scope).page(
            "broken.html", {"request_id": request_id}, status=500
        )


def form_in(scope: Scope) -> Form:
    """The form that the guard has read."""
    return cast(Form, scope["form"])  # type: ignore[typeddict-item]  # put there by the guard


def asked_in(scope: Scope) -> Form:
    """What the address asks for."""
    return form_of(scope["query_string"].decode("ascii", "replace"))


def _address(request: Request[Any, Any, Any]) -> str:
    """What was asked for, as it stands in an address: the path comes to us decoded."""
    path = quote(request.scope["path"])
    query = request.scope["query_string"].decode("ascii", "replace")
    return f"{path}?{query}" if query else path
