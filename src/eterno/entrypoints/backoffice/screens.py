"""Pages of the office: how they are written, what their browser may do, and what each knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.enums import MediaType
from litestar.params import FromPath

from eterno.adapters.jinja import phrases
from eterno.application.ports.views import ShownTask
from eterno.domain.audit import Actor
from eterno.domain.errors import Invalid, NotFound, Refusal
from eterno.domain.money import Currency, Money
from eterno.entrypoints.backoffice import charts
from eterno.entrypoints.backoffice.forms import KEY, Form
from eterno.entrypoints.backoffice.sayings import (
    DISPUTES,
    DONE,
    EVENTS,
    REVIEWS,
    STAGES,
    STATES,
    TASKS,
)
from eterno.entrypoints.backoffice.sessions import Sessions, form_key
from eterno.entrypoints.http.guards import PUBLIC
from eterno.entrypoints.http.pages import FOR_EVER, templates_of, version_of
from eterno.entrypoints.http.problems import retry_after, status_of

Page = Response[Any]

HOME = "/office"
_FILES: Mapping[str, tuple[bytes, str]] = {
    name.rpartition("/")[2]: (files(__package__).joinpath("static", name).read_bytes(), kind)
    for name, kind in (
        ("office.css", "text/css"),
        ("office.js", "text/javascript"),
        ("vendor/htmx.min.js", "text/javascript"),
        ("icon.svg", "image/svg+xml"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What is the same on every page."""

    shop: str
    zone: ZoneInfo
    """Of the clock on the shop's wall: all times are shown by it."""
    sessions: Sessions
    pictures_from: str | None
    """The origin of the shop's pictures, where it is not our own."""
    is_sandbox: bool

    @property
    def policy(self) -> str:
        images = " ".join(filter(None, ("'self' data: blob:", self.pictures_from)))
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            f"img-src {images}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One request's pages: who looks at them, and the key that her forms carry."""

    house: House
    path: str
    note: Callable[[Refusal], None]
    """Called with what a page refuses, so that it is counted like any other refusal."""
    asked: Form = field(default_factory=Form)
    """What the address asks for."""
    actor: Actor | None = None
    secret: str = ""

    def page(
        self, template: str, facts: Mapping[str, object] | None = None, *, status: int = 200
    ) -> Page:
        known = facts or {}
        refusal = known.get("refusal")
        waiting = self.refusing(refusal) if isinstance(refusal, Refusal) else {}
        return Response(
            _templates.get_template(template).render(
                {
                    "house": self.house,
                    "path": self.path,
                    "actor": self.actor,
                    "asked": self.asked,
                    "form_field": KEY,
                    "form_key": form_key(self.secret),
                    "said": DONE.get(self.asked.text("said"), ""),
                    "refusal": None,
                    "faults": {},
                    "typed": Form(),
                    **known,
                }
            ),
            status_code=status,
            media_type=MediaType.HTML,
            headers={
                "Content-Security-Policy": self.house.policy,
                "Cache-Control": "no-store",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Cross-Origin-Opener-Policy": "same-origin",
                **waiting,
            },
        )

    def refusing(self, refusal: Refusal) -> Mapping[str, str]:
        """Count it; the headers that its answer needs besides."""
        self.note(refusal)
        return retry_after(refusal)

    def behind(self, secret: str) -> Screen:
        """The same for whoever has this secret."""
        return replace(self, secret=secret)

    def to(self, path: str, *, said: str = "", **query: str) -> Page:
        """Lead the browser to another page, which says what was done."""
        asked = urlencode({**query, **({"said": said} if said else {})})
        return Response(
            b"", status_code=303, headers={"Location": f"{path}?{asked}" if asked else path}
        )

    def refused(self, refusal: Refusal) -> Page:
        """A page of its own for what has no better place to be said."""
        return self.page("refused.html", {"refusal": refusal}, status=status_of(type(refusal)))


def complaint(refusal: Refusal | None, typed: Form | None = None) -> Mapping[str, object]:
    """What a page that comes back with its form knows besides: what is wrong with what was typed,
    by field."""
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    return {
        "refusal": refusal,
        "faults": {fault.field: fault.message for fault in faults},
        "typed": typed or Form(),
    }


def status_for(refusal: Refusal | None) -> int:
    return 200 if refusal is None else status_of(type(refusal))


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def file_url(name: str) -> str:
    """Where it is served. Another content has another address, so it may be cached for ever."""
    return f"{HOME}/static/{name}?v={version_of(_FILES[name][0])}"


@get("/static/{name:str}", sync_to_thread=False, opt=PUBLIC)
def static_file(name: FromPath[str]) -> Response[bytes]:
    """How the office looks, and what helps it along."""
    if name not in _FILES:
        raise NotFound("File", name)
    data, kind = _FILES[name]
    return Response(data, media_type=kind, headers={"Cache-Control": FOR_EVER})


def plural(count: int, one: str, many: str = "") -> str:
    """ "1 order", "2 orders"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def plain_date(day: date) -> str:
    """ "7 Dec 2026"."""
    return f"{day.day} {day:%b %Y}"


def date_of(at: datetime, zone: ZoneInfo) -> str:
    """The same, by the clock on the shop's wall."""
    return plain_date(at.astimezone(zone))


def moment_of(at: datetime, zone: ZoneInfo) -> str:
    """ "7 Dec 2026, 16:05"."""
    return f"{date_of(at, zone)}, {at.astimezone(zone):%H:%M}"


def near_day(at: datetime, zone: ZoneInfo) -> str:
    """ "Mon 7 Dec", for a day that is near."""
    day = at.astimezone(zone)
    return f"{day:%a} {day.day} {day:%b}"


def round_money(minor: int, currency: Currency) -> str:
    """ "$1,204": whole units, for where there is little room."""
    return phrases.money(Money(minor, currency)).partition(".")[0]


def task_name(task: ShownTask) -> str:
    """What the shop does by itself, in words; its plain name if it was done by an older shop."""
    return TASKS.get(task.reaction, task.reaction.replace("_", " ").capitalize())


def percent(share: float | None) -> str:
    """ "62 %"; nothing where there is nothing to tell."""
    return "" if share is None else f"{share * 100:.0f} %"


_templates = templates_of(__package__)
_templates.filters.update(
    plural=plural,
    date=date_of,
    plain_date=plain_date,
    moment=moment_of,
    near_day=near_day,
    minor=lambda amount, currency: phrases.money(Money(round(amount), currency)),
    round_money=round_money,
    percent=percent,
)
_templates.globals.update(
    file_url=file_url,
    charts=charts,
    STATES=STATES,
    REVIEWS=REVIEWS,
    EVENTS=EVENTS,
    DISPUTES=DISPUTES,
    STAGES=STAGES,
    task_name=task_name,
)
