"""The sandbox's own pages: paying without money, reading letters that were never sent.

Mounted only where the sandbox stands in for the real services, which production refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from litestar import Response, Router, get, post
from litestar.enums import MediaType
from litestar.params import FromPath, FromQuery, QueryParameter, RawBody
from litestar.response import Redirect

from eterno.adapters.sandbox.checkout import Funds
from eterno.adapters.sandbox.mailbox import KeptLetter, SandboxMailer
from eterno.adapters.sandbox.payments import Look, SandboxPayments
from eterno.application.ports.payments import SessionStatus
from eterno.domain.errors import Refusal
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.guards import PUBLIC
from eterno.entrypoints.http.pages import page
from eterno.entrypoints.http.paths import number
from eterno.entrypoints.http.sandbox_form import BOXES, EXAMPLE, Filled, fields_of, filled
from eterno.entrypoints.http.sandbox_media import MEDIA

LATER = timedelta(seconds=10)
"""How long money that comes or fails by itself is on its way."""
DECLINED = "Your card was declined. Nothing was charged; please try again, or pay another way."
_LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)

Payments = Given[SandboxPayments]
Mailbox = Given[SandboxMailer]
Page = Response[Any]


def sandbox_routes(*, payments: bool, mail: bool, media: bool) -> Sequence[Router]:
    """What the app mounts in the sandbox: the pages of the ports that it serves, and those where
    buyers end who have no shop front. Needs the dependencies `sandbox_payments`, `sandbox_mailbox`
    and `sandbox_media`, each None where the sandbox does not serve."""
    paying = [payment_page, end_payment, expire_payment, settle_payment]
    reading = [mailbox, letter, letter_text, letter_html]
    pages = [
        *(paying if payments else ()),
        *(reading if mail else ()),
        *(MEDIA if media else ()),
        thanks,
        cancelled,
    ]
    # In a router: two handlers of one path that are given to the app one by one are prepared twice
    # (seen in Litestar 2.25), and what should run in a thread then answers a coroutine.
    return [Router(path="/", route_handlers=pages, opt=PUBLIC)]


@get("/sandbox/pay/{session_id:str}", include_in_schema=False, sync_to_thread=True)
def payment_page(
    session_id: FromPath[str],
    sandbox_payments: Payments,
    example: FromQuery[Annotated[str, QueryParameter(description="Fill in an example")]] = "",
) -> Page:
    """Where a buyer pays, or learns how her payment stands."""
    look = sandbox_payments.look(session_id)
    if look is None:
        return _no_session()
    return _payment_page(look, Filled(typed=EXAMPLE if example else {}))


@post("/sandbox/pay/{session_id:str}", include_in_schema=False, sync_to_thread=True)
def end_payment(session_id: FromPath[str], sandbox_payments: Payments, body: RawBody) -> Page:
    """The buyer presses one of the buttons. Pressing twice is harmless."""
    look = sandbox_payments.look(session_id)
    if look is None:
        return _no_session()
    fields = fields_of(body)
    ending = fields.get("ending", "pay")
    watch = ending == "by hand"
    if look.status is not SessionStatus.OPEN:
        return _onward(look, watch=watch)
    form = filled(fields, countries=look.countries, offers=len(look.offers))
    if ending == "decline":
        return _payment_page(look, Filled(typed=form.typed, delivery=form.delivery), DECLINED)
    if form.faults:
        return _payment_page(look, form, status=422)
    moved = _move(sandbox_payments, session_id, form, ending)
    return _onward(moved, watch=watch) if moved else _no_session()


@post("/sandbox/pay/{session_id:str}/expire", include_in_schema=False, sync_to_thread=True)
def expire_payment(session_id: FromPath[str], sandbox_payments: Payments) -> Page:
    """As if the buyer had let the session's time run out."""
    look = sandbox_payments.expire(session_id)
    return _onward(look, watch=True) if look else _no_session()


@post("/sandbox/pay/{session_id:str}/funds", include_in_schema=False, sync_to_thread=True)
def settle_payment(session_id: FromPath[str], sandbox_payments: Payments, body: RawBody) -> Page:
    """The awaited money comes, or fails."""
    arrived = fields_of(body).get("end") == Funds.ARRIVED
    look = sandbox_payments.settle(session_id, Funds.ARRIVED if arrived else Funds.FAILED)
    return _onward(look, watch=True) if look else _no_session()


@get("/sandbox/thanks", include_in_schema=False, sync_to_thread=True)
def thanks(
    sandbox_payments: Given[SandboxPayments | None], session_id: FromQuery[str] = ""
) -> Page:
    """Where a buyer goes who has paid, while the shop has no page of its own for that."""
    look = sandbox_payments.look(session_id) if sandbox_payments else None
    return page("sandbox/thanks.html", {"look": look})


@get("/sandbox/cancelled", include_in_schema=False, sync_to_thread=False)
def cancelled() -> Page:
    """Where a buyer goes who has turned back, while the shop has no page of its own for that."""
    return page("sandbox/cancelled.html")


@get("/sandbox/mail", include_in_schema=False, sync_to_thread=True)
def mailbox(sandbox_mailbox: Mailbox) -> Page:
    """The letters that the shop has sent, the newest first."""
    return page("sandbox/mailbox.html", {"letters": sandbox_mailbox.letters(100)})


@get("/sandbox/mail/{n:str}", include_in_schema=False, sync_to_thread=True)
def letter(n: FromPath[str], sandbox_mailbox: Mailbox) -> Page:
    """A letter as it looks in a mail program."""
    return _letter_page(_letter(sandbox_mailbox, n), "html")


@get("/sandbox/mail/{n:str}/text", include_in_schema=False, sync_to_thread=True)
def letter_text(n: FromPath[str], sandbox_mailbox: Mailbox) -> Page:
    """A letter as it looks in a mail program that shows no HTML."""
    return _letter_page(_letter(sandbox_mailbox, n), "text")


@get("/sandbox/mail/{n:str}/html", include_in_schema=False, sync_to_thread=True)
def letter_html(n: FromPath[str], sandbox_mailbox: Mailbox) -> Page:
    """The HTML of a letter and nothing else, unable to do anything but be looked at."""
    kept = _letter(sandbox_mailbox, n)
    if kept is None:
        return _no_letter()
    return Response(
        kept.letter.html,
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": _LETTER_POLICY, "Cache-Control": "no-store"},
    )


def _move(payments: SandboxPayments, session_id: str, form: Filled, ending: str) -> Look | None:
    match ending:
        case "arrives":
            end = Funds.ARRIVED
        case "fails":
            end = Funds.FAILED
        case "by hand":
            return payments.pay_later(session_id, form.buyer, form.delivery)
        case _:
            return payments.pay(session_id, form.buyer, form.delivery)
    return payments.pay_later(session_id, form.buyer, form.delivery, end=end, after=LATER)


def _payment_page(look: Look, form: Filled, problem: str = "", *, status: int = 200) -> Page:
    if look.status is not SessionStatus.OPEN:
        return page("sandbox/standing.html", {"look": look})
    facts = {"look": look, "form": form, "boxes": BOXES, "problem": problem, "later": LATER.seconds}
    leads_to = (look.success_url, look.cancel_url)
    return page("sandbox/pay.html", facts, status=status, forms_lead_to=leads_to)


def _onward(look: Look, *, watch: bool = False) -> Page:
    """Where the buyer goes from here: as with Stripe to the shop if she has done her part, unless
    she wants to `watch` what becomes of it."""
    is_done = look.status in (SessionStatus.PAID, SessionStatus.PENDING)
    return Redirect(
        look.success_url if is_done and not watch else f"/sandbox/pay/{look.id}", status_code=303
    )


def _letter(mailbox: SandboxMailer, n: str) -> KeptLetter | None:
    try:
        return mailbox.letter(number(n, "Letter"))
    except Refusal:
        return None


def _letter_page(kept: KeptLetter | None, part: str) -> Page:
    if kept is None:
        return _no_letter()
    return page("sandbox/letter.html", {"kept": kept, "letter": kept.letter, "part": part})


def _no_session() -> Page:
    facts = {"title": "No such payment page", "text": "Perhaps the address was cut off."}
    return page("sandbox/missing.html", facts, status=404)


def _no_letter() -> Page:
    facts = {"title": "No such letter", "text": "The mailbox has nothing by that number."}
    return page("sandbox/missing.html", facts, status=404)
