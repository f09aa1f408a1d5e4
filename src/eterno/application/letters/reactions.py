"""Which letter each reaction of the outbox sends, and to whom."""

from __future__ import annotations

from collections.abc import Mapping

from eterno.application.letters.order_letters import Addressee, OrderLetter, ShopFacts
from eterno.application.outbox.deliver import Reaction
from eterno.application.ports.mail import Mailer, Stationery
from eterno.application.ports.store import Store
from eterno.domain.orders import OrderState

LETTERS: Mapping[str, tuple[str, Addressee]] = {
    "confirm_order": ("order_confirmation", Addressee.BUYER),
    "report_sale": ("new_order", Addressee.OWNER),
    "confirm_promise": ("payment_pending", Addressee.BUYER),
    "regret_failure": ("payment_failed", Addressee.BUYER),
    "explain_review": ("order_in_review", Addressee.BUYER),
    "ask_owner": ("needs_attention", Addressee.OWNER),
    "announce_parcel": ("shipped", Addressee.BUYER),
    "explain_cancellation": ("cancelled", Addressee.BUYER),
    "confirm_refund": ("refunded", Addressee.BUYER),
    "report_failed_refund": ("refund_failed", Addressee.OWNER),
    "report_dispute": ("dispute", Addressee.OWNER),
    "report_stray_payment": ("stray_payment", Addressee.OWNER),
    "pass_alert_on": ("payment_alert", Addressee.OWNER),
}
"""Reaction: (the letter's name in the stationery, who gets it)."""

ONLY_WHILE: Mapping[str, OrderState] = {"confirm_promise": OrderState.PENDING}
"""Letters that hold true only while the order is in a state."""


def letter_reactions(
    store: Store, stationery: Stationery, mailer: Mailer, shop: ShopFacts
) -> Mapping[str, Reaction]:
    return {
        reaction: OrderLetter(
            name,
            to,
            store=store,
            stationery=stationery,
            mailer=mailer,
            shop=shop,
            only_while=ONLY_WHILE.get(reaction),
        )
        for reaction, (name, to) in LETTERS.items()
    }
