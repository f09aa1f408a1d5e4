"""Everybody who does something about news."""

from __future__ import annotations

from collections.abc import Mapping

from eterno.application.letters.message_letter import MessageLetter
from eterno.application.letters.order_letters import ShopFacts
from eterno.application.letters.owner_letters import OwnerLetters
from eterno.application.letters.reactions import letter_reactions
from eterno.application.media.remove_pictures import RemovePicture
from eterno.application.orders.pay_back import PayBack
from eterno.application.outbox.deliver import Reaction
from eterno.application.ports.mail import Mailer, Stationery
from eterno.application.ports.media import MediaStore
from eterno.application.ports.payments import Payments
from eterno.application.ports.store import Store
from eterno.application.ports.system import Ids


def all_reactions(
    store: Store,
    payments: Payments,
    ids: Ids,
    stationery: Stationery,
    mailer: Mailer,
    media: MediaStore,
    shop: ShopFacts,
    by_the_calendar: Mapping[str, Reaction],
) -> Mapping[str, Reaction]:
    """Who does each kind of task, by the name that it has in the outbox."""
    return {
        **letter_reactions(store, stationery, mailer, shop),
        "forward_message": MessageLetter(store, OwnerLetters(stationery, mailer, shop)),
        "pay_back": PayBack(store, payments, ids),
        "remove_picture": RemovePicture(store, media),
        **by_the_calendar,
    }
