"""What the payment service says about refunds and disputes, whoever brings the report."""

from __future__ import annotations

from dataclasses import replace

from eterno.application.checkout.outcome import Outcome
from eterno.application.orders.refunding import open_refund, settle
from eterno.application.orders.tell import tell
from eterno.application.outbox.announce import announce
from eterno.application.ports.payments import DisputeReport, RefundReport
from eterno.application.ports.store import Work
from eterno.application.ports.system import Ids
from eterno.domain.disputes import Dispute, DisputeState
from eterno.domain.errors import Unavailable
from eterno.domain.events import DisputeMoved
from eterno.domain.history import EventKind, facts_of_dispute
from eterno.domain.orders import Order, OrderState
from eterno.domain.refunds import Refund, RefundState, allocated, left_of


class OutOfTurn(Unavailable):
    """This report makes sense only after another one that has not come yet: say it again later."""

    code = "out_of_turn"

    def __init__(self) -> None:
        super().__init__("Another report must be heard before this one")


ELSEWHERE = "made at the payment service"


def hear_refund(work: Work, ids: Ids, report: RefundReport, order: Order) -> Outcome:
    """Write down how a refund of `order`, which this work holds, stands: one that the shop asked
    for, or one that was made elsewhere. Reports may come twice, late and in any order.

    Raises `OutOfTurn`.
    """
    known = _known(work, report, order)
    if known and known.is_given_up and report.status is not RefundState.FAILED:
        _make_room(work, ids, report, order)
    refund = known or _from_elsewhere(work, ids, report, order)
    if refund is None:
        return Outcome.NOTHING_NEW
    heard = settle(work, ids, order, refund, report.status, report.at, report.provider_id)
    return Outcome.NOTHING_NEW if heard == known else Outcome.REFUND


def hear_dispute(work: Work, ids: Ids, report: DisputeReport, order: Order) -> Outcome:
    """Write down how a dispute about `order`, which this work holds, stands, and tell the owner
    when it begins, by when to answer, and when it is over. Reports may come in any order."""
    dispute, before = report.dispute, order.dispute
    known = dispute.after(before)
    if known == before:
        return Outcome.NOTHING_NEW
    work.orders.save(replace(order, dispute=known))
    tell(work, order, EventKind.DISPUTE, facts_of_dispute(dispute))
    if dispute.needs_telling(before):
        left = left_of(order, work.refunds.of(order.id))
        is_free = order.state is OrderState.CANCELLED and not known.claims_money and left.minor
        announce(work, ids, _news(order, dispute, left=str(left) if is_free else ""))
    return Outcome.DISPUTE


def _known(work: Work, report: RefundReport, order: Order) -> Refund | None:
    for refund in work.refunds.of(order.id):
        if report.provider_id == refund.provider_id or report.refund_id == refund.id:
            return refund
    return None


def _from_elsewhere(work: Work, ids: Ids, report: RefundReport, order: Order) -> Refund | None:
    """The refund as a new one of ours, also if it has failed: an older report may still come. None
    for one that the order's ledger cannot count."""
    if report.amount.currency != order.currency or order.captured < report.amount:
        tell(work, order, EventKind.NOTE, words=f"{ELSEWHERE}: a refund of {report.amount}")
        return None
    if report.status is not RefundState.FAILED:
        _make_room(work, ids, report, order)
    shipping, tax = allocated(order, work.refunds.of(order.id), report.amount)
    refund = Refund(
        id=ids.new(),
        order_id=order.id,
        amount=report.amount,
        shipping=shipping,
        tax=tax,
        reason=ELSEWHERE,
        provider_id=report.provider_id,
        requested_at=work.now,
    )
    return open_refund(work, ids, order, refund)


def _make_room(work: Work, ids: Ids, report: RefundReport, order: Order) -> None:
    """Give up those of our own refunds that no longer fit, the youngest first. The payment service
    gives no more back than was paid, so it has refused them, or is going to; if not, because what
    it reports late has failed meanwhile, its word on them counts.

    Raises `OutOfTurn` when that is not enough: then another one has failed of which we do not know.
    """
    for refund in reversed(work.refunds.of(order.id)):
        if not left_of(order, work.refunds.of(order.id)) < report.amount:
            return
        if refund.state is RefundState.PENDING and refund.provider_id is None:
            settle(work, ids, order, refund, RefundState.FAILED, report.at)
    if left_of(order, work.refunds.of(order.id)) < report.amount:
        raise OutOfTurn


def _news(order: Order, dispute: Dispute, *, left: str) -> DisputeMoved:
    return DisputeMoved(
        order_id=order.id,
        dispute_id=dispute.id,
        amount=str(dispute.amount),
        reason=dispute.reason.replace("_", " "),
        state=dispute.state.value,
        due_by=(
            f"{dispute.due_by:%Y-%m-%d %H:%M} UTC"
            if dispute.due_by and dispute.state is DisputeState.NEEDS_RESPONSE
            else ""
        ),
        refundable=dispute.refundable,
        left=left,
    )
