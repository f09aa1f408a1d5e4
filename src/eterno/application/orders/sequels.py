"""What is said about a payment after it was made, though perhaps before the shop knew of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from eterno.application.checkout.outcome import Outcome
from eterno.application.orders.hear_refund import OutOfTurn, hear_dispute, hear_refund
from eterno.application.orders.tell import tell
from eterno.application.outbox.announce import announce
from eterno.application.ports.payments import (
    DisputeReport,
    FraudWarning,
    RefundReport,
    Sequel,
)
from eterno.application.ports.store import Work
from eterno.application.ports.system import Ids
from eterno.domain.events import PaymentAlerted
from eterno.domain.history import EventKind
from eterno.domain.orders import Order
from eterno.domain.refunds import RefundState

Sequels = Sequence[tuple[str, Sequel]]
"""Each with the id of the notice that brought it."""


def order_paid_with(work: Work, intent_id: str | None) -> Order | None:
    """The order of that payment, held. While it is not known, nobody else makes it known: so what
    is kept now is found by whoever does."""
    if intent_id is None:
        return None
    order = work.orders.hold_by_intent(intent_id)
    if order is None:
        work.alone(_payment(intent_id))
        order = work.orders.hold_by_intent(intent_id)
    return order


def hear_sequel(work: Work, ids: Ids, notice_id: str, sequel: Sequel, order: Order) -> Outcome:
    """Let it have its effect on the order, which this work holds. Raises `OutOfTurn`."""
    if isinstance(sequel, RefundReport):
        return hear_refund(work, ids, sequel, order)
    if isinstance(sequel, DisputeReport):
        return hear_dispute(work, ids, sequel, order)
    return _hear_warning(work, ids, notice_id, sequel, order)


def keep_sequel(work: Work, ids: Ids, notice_id: str, sequel: Sequel) -> Outcome:
    """Nobody knows this payment: remember it until somebody does, and tell the owner, but only once
    of each refund."""
    is_news = True
    if sequel.intent_id is not None:
        earlier = [known for _, known in work.inbox.kept(sequel.intent_id)]
        is_news = not any(_is_same_refund(sequel, known) for known in earlier)
        work.inbox.keep(notice_id, sequel.intent_id, sequel)
    if not is_news:
        return Outcome.UNKNOWN_ORDER
    announce(work, ids, _alert(notice_id, sequel))
    return Outcome.REPORTED


def said_before(work: Work, intent_id: str | None) -> Sequels:
    """What was kept about a payment that this work makes known."""
    if intent_id is None:
        return ()
    work.alone(_payment(intent_id))
    return work.inbox.kept(intent_id)


def hear_sequels(work: Work, ids: Ids, order_id: UUID, sequels: Sequels) -> None:
    """Let all of them have their effect. Refunds that have failed come first: they make room for
    the others. One that makes no sense all the same is the owner's, and holds up nothing."""
    for notice_id, sequel in sorted(sequels, key=lambda one: not _has_failed(one[1])):
        try:
            hear_sequel(work, ids, notice_id, sequel, work.orders.get(order_id))
        except OutOfTurn:
            announce(work, ids, _alert(notice_id, sequel, order_id))


def _hear_warning(
    work: Work, ids: Ids, notice_id: str, warning: FraudWarning, order: Order
) -> Outcome:
    work.orders.save(replace(order, fraud_warning=True))
    tell(work, order, EventKind.FRAUD_WARNING)
    announce(work, ids, _alert(notice_id, warning, order.id))
    return Outcome.REPORTED


def _alert(notice_id: str, sequel: Sequel, order_id: UUID | None = None) -> PaymentAlerted:
    kind, amount, due = "fraud warning", None, None
    if isinstance(sequel, RefundReport):
        kind, amount = "refund", str(sequel.amount)
    if isinstance(sequel, DisputeReport):
        dispute = sequel.dispute
        kind, amount = "dispute", str(dispute.amount)
        due = f"{dispute.due_by:%Y-%m-%d %H:%M} UTC" if dispute.due_by else None
    return PaymentAlerted(
        notice_id=notice_id,
        kind=kind,
        order_id=order_id,
        intent_id=sequel.intent_id,
        amount=amount,
        due=due,
    )


def _is_same_refund(one: Sequel, other: Sequel) -> bool:
    return (
        isinstance(one, RefundReport)
        and isinstance(other, RefundReport)
        and one.provider_id == other.provider_id
    )


def _has_failed(sequel: Sequel) -> bool:
    return isinstance(sequel, RefundReport) and sequel.status is RefundState.FAILED


def _payment(intent_id: str) -> str:
    return f"payment {intent_id}"
