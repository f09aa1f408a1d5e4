"""Which letter each reaction of the outbox sends, and to whom."""

from __future__ import annotations

from collections.abc import Mapping

from eterno.application.letters.order_letters import Addressee, OrderLetter, ShopFacts
from eterno.application.outbox.deliver import Reaction
from eterno.application.ports.mail import Mailer, Stationery
from eterno.application.ports.store import Store

LETTERS: Mapping[str, tuple[str, Addressee]] = {
    "confirm_order": ("order_confirmation", Addressee.BUYER),
    "report_sale": ("new_order", Addressee.OWNER),
    "regret_failure": ("payment_failed", Addressee.BUYER),
    "explain_review": ("order_in_review", Addressee.BUYER),
    "ask_owner": ("needs_attention", Addressee.OWNER),
    "report_stray_payment": ("stray_payment", Addressee.OWNER),
    "pass_alert_on": ("payment_alert", Addressee.OWNER),
}
"""Reaction: (the letter's name in the stationery, who gets it)."""


def letter_reactions(
    store: Store, stationery: Stationery, mailer: Mailer, shop: ShopFacts
) -> Mapping[str, Reaction]:
    return {
        reaction: OrderLetter(
            name, to, store=store, stationery=stationery, mailer=mailer, shop=shop
        )
        for reaction, (name, to) in LETTERS.items()
    }
