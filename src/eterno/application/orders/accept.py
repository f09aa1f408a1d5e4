"""What it takes to sell an order in review that this work holds."""

from __future__ import annotations

from eterno.application.access import audit
from eterno.application.inventory import stock
from eterno.application.orders.tell import name_of, tell
from eterno.application.outbox.announce import announce
from eterno.application.ports.store import Work
from eterno.application.ports.system import Ids
from eterno.domain.audit import Actor
from eterno.domain.errors import Conflict
from eterno.domain.events import OrderPaid, OrderTaken
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.history import EventKind, facts_of_sale
from eterno.domain.orders import Order
from eterno.domain.refunds import left_of


def accept(
    work: Work,
    ids: Ids,
    order: Order,
    actor: Actor | None,
    words: str,
    policy: FulfilmentPolicy,
) -> Order:
    """It is sold for what came; pieces that are gone are made for it, and the buyer is told.

    Without an `actor` it is the shop's own policy, and the owner learns of the sale as of any
    other. Raises `Conflict` for an order whose money is not there.
    """
    if order.captured.minor and not left_of(order, work.refunds.of(order.id)).minor:
        raise Conflict("The money for this order has gone back already")
    accepted = order.accept(number=work.orders.next_number(), promised_by=policy.promise(work.now))
    work.orders.save(accepted)
    facts = {**facts_of_sale(accepted), "accepted": order.review}
    tell(work, order, EventKind.PAID, facts, actor=actor, words=words)
    if actor:
        audit.record(work, actor, "accept order", name_of(order), before=order, after=accepted)
    news = OrderTaken(order_id=order.id) if actor else OrderPaid(order_id=order.id)
    announce(work, ids, news)
    stock.make_and_sell(work, accepted, actor=actor.username if actor else None)
    return accepted
