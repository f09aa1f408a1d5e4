"""What must hold between the shop and the world outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from eterno.adapters.stripe.wire import dispute_of
from eterno.domain.invariants import AT_EVERY_COMMIT
from eterno.domain.orders import Order, OrderState
from tests.machine.operations import Operation
from tests.machine.stage import Stage, Violation, lease_is_over

ATTEMPTS = 5
GIVEN_UP = (OrderState.EXPIRED, OrderState.FAILED, OrderState.CANCELLED)
Truth = Callable[[Stage, list[Order]], Iterator[str]]


def check(stage: Stage, truths: tuple[Truth, ...], *, quiet: bool = False) -> None:
    """Raises `Violation`."""
    found = {verdict.id: verdict.keys for verdict in stage.ground.books.audit() if verdict.keys}
    broken = [id for id in found if quiet or id in AT_EVERY_COMMIT]
    said = [f"{id} does not hold for {', '.join(found[id])}" for id in broken]
    orders = stage.orders()
    said += [fault for truth in truths for fault in truth(stage, orders)]
    if said:
        raise Violation("; ".join(said))


def one_key_one_page(stage: Stage, _: list[Order]) -> Iterator[str]:
    """The same idempotency key leads to the same payment page, whatever happens."""
    pages = Counter({(page.key, page.session) for page in stage.pages if page.key is not None})
    for key, count in Counter(key for key, _ in pages).items():
        if count > 1:
            yield f"{count} pages for the key {key}"


def one_attempt_one_session(stage: Stage, orders: list[Order]) -> Iterator[str]:
    """However often Stripe is asked for one attempt, it makes one session."""
    made = Counter(session["client_reference_id"] for session in stage.stripe.sessions.values())
    for order in orders:
        if made[order.token] > order.attempt:
            yield f"{made[order.token]} sessions in {order.attempt} attempts for {order.token}"


def nothing_released_can_be_paid(stage: Stage, orders: list[Order]) -> Iterator[str]:
    """As long as a buyer can pay on her page, or has paid, her order is not given up."""
    by_token = {order.token: order for order in orders}
    for page in stage.pages:
        standing = stage.standing(page.session)
        order = by_token.get(stage.stripe.sessions[page.session]["client_reference_id"])
        is_given_up = order is None or (order.state in GIVEN_UP and order.paid_at is None)
        if standing in ("open", "processing", "paid") and is_given_up:
            yield f"{page.session} is {standing}, its order is {order and order.state}"


def one_hand_on_a_letter(stage: Stage, _: list[Order]) -> Iterator[str]:
    """Nobody sends a letter that somebody else has in hand, and nobody more than five times."""
    tries = Counter(letter.id for letter, _ in stage.mailer.tries)
    for id, times in tries.items():
        if times > ATTEMPTS * (1 + stage.happened[f"revived {id}"]):
            yield f"letter {id} was tried {times} times"
    hands: dict[str, list[Operation]] = {}
    for letter, operation in stage.mailer.tries:
        if operation is not None and not operation.has_ended:
            hands.setdefault(letter.id, []).append(operation)
    for id, holders in hands.items():
        since = sorted(stage.set_off[holder] for holder in holders)
        for before, after in pairwise(since):
            if not lease_is_over(before, after):
                yield f"letter {id} is in two hands"


def money_is_accounted_for(stage: Stage, orders: list[Order]) -> Iterator[str]:
    """Every payment of ours has one order of that amount, and the other way round."""
    paid = {
        session["id"]: session
        for session in stage.stripe.sessions.values()
        if session["payment_status"] == "paid" and session["client_reference_id"]
    }
    taken = {order.session_id: order for order in orders if order.captured.minor}
    for id, session in paid.items():
        order = taken.get(id)
        if order is None or order.captured.minor != session["amount_total"]:
            yield f"{session['amount_total']} paid on {id}, and taken: {order and order.captured}"
    for id in taken.keys() - paid.keys():
        yield f"{taken[id].captured} taken for {id}, on which nobody paid"


def refunds_are_made_once(stage: Stage, _: list[Order]) -> Iterator[str]:
    """However often Stripe is asked for a refund, it makes one."""
    made = Counter(refund["metadata"].get("refund") for refund in stage.stripe.refunds.values())
    for id, times in made.items():
        if id is not None and times > 1:
            yield f"refund {id} was made {times} times"


def refunds_are_accounted_for(stage: Stage, orders: list[Order]) -> Iterator[str]:
    """What has gone back by Stripe's account has gone back by ours."""
    gone = Counter[str]()
    for refund in stage.stripe.refunds.values():
        if refund["status"] != "failed":
            gone[refund["payment_intent"]] += refund["amount"]
    for order in orders:
        if order.intent_id and order.refunded.minor != gone[order.intent_id]:
            yield f"{order.refunded} of {order.token} refunded, {gone[order.intent_id]} at Stripe"


def disputes_are_known(stage: Stage, orders: list[Order]) -> Iterator[str]:
    """Whatever buyers' banks ask back, the shop knows of it."""
    by_intent = {order.intent_id: order for order in orders if order.captured.minor}
    for report in filter(None, map(dispute_of, stage.stripe.disputes.values())):
        order = by_intent.get(report.intent_id)
        if order is None or not report.dispute.is_known_by(order.dispute):
            yield f"dispute {report.dispute.id} about {report.intent_id} is not known"


def buyers_have_letters(stage: Stage, orders: list[Order]) -> Iterator[str]:
    """No confirmation is lost."""
    sent = {letter.subject for letter in stage.mailer.sent}
    for order in orders:
        if order.number is not None and f"order_confirmation {order.number}" not in sent:
            yield f"order {order.number} has no confirmation"


def strays_are_reported_once(stage: Stage, _: list[Order]) -> Iterator[str]:
    """Of money that belongs to no order the owner hears, in one letter."""
    told = Counter(subject for _, subject in {(it.id, it.subject) for it in stage.mailer.sent})
    for session in stage.stripe.sessions.values():
        is_stray = session["client_reference_id"] is None and session["payment_status"] == "paid"
        times = told[f"stray_payment {session['id']}"]
        if is_stray and times != 1:
            yield f"{times} letters about the stray payment {session['id']}"


ALWAYS: tuple[Truth, ...] = (
    one_key_one_page,
    one_attempt_one_session,
    nothing_released_can_be_paid,
    one_hand_on_a_letter,
    refunds_are_made_once,
)
AT_REST: tuple[Truth, ...] = (
    *ALWAYS,
    money_is_accounted_for,
    refunds_are_accounted_for,
    disputes_are_known,
    buyers_have_letters,
    strays_are_reported_once,
)
