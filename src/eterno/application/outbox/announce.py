"""From news to tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from eterno.application.ports.queues import Task
from eterno.application.ports.store import Work
from eterno.application.ports.system import Ids
from eterno.domain.events import (
    DisputeMoved,
    Event,
    MessageReceived,
    OrderCancelled,
    OrderPaid,
    OrderQuestioned,
    OrderTaken,
    ParcelSent,
    PaymentAlerted,
    PaymentFailed,
    PaymentPending,
    PictureDropped,
    RefundFailed,
    RefundRequested,
    RefundSucceeded,
    StrayPayment,
)

REACTIONS: Mapping[type[Event], tuple[str, ...]] = {
    OrderPaid: ("confirm_order", "report_sale"),
    PaymentPending: ("confirm_promise",),
    PaymentFailed: ("regret_failure",),
    OrderQuestioned: ("explain_review", "ask_owner"),
    OrderTaken: ("confirm_order",),
    ParcelSent: ("announce_parcel",),
    OrderCancelled: ("explain_cancellation",),
    RefundRequested: ("pay_back",),
    RefundSucceeded: ("confirm_refund",),
    RefundFailed: ("report_failed_refund",),
    DisputeMoved: ("report_dispute",),
    StrayPayment: ("report_stray_payment",),
    MessageReceived: ("forward_message",),
    PictureDropped: ("remove_picture",),
    PaymentAlerted: ("pass_alert_on",),
}
"""What each kind of news leads to. Each reaction is a task of its own: one failing does not hold up
or repeat another. The wiring test proves that every name here has somebody who does it."""


def announce(work: Work, ids: Ids, event: Event) -> None:
    """Write the news into the outbox of the same transaction that made it true."""
    facts = {
        field.name: str(value)
        for field in fields(event)
        if (value := getattr(event, field.name)) is not None
    }
    work.outbox.add(
        (Task(id=ids.new(), reaction=reaction, facts=facts) for reaction in REACTIONS[type(event)]),
        at=work.now,
    )
