"""Finding an order by what the owner knows of it."""

from __future__ import annotations

from eterno.domain.orders import Buyer, Order


def words_in(text: str) -> frozenset[str]:
    """The words of a text as they are compared: upper and lower case are the same."""
    return frozenset(text.lower().split())


def words_of(order: Order) -> frozenset[str]:
    """What an order can be found by: its number, and the buyer's e-mail address and names."""
    buyer = order.buyer or Buyer(email=None)
    return words_in(f"{order.number or ''} {buyer.email or ''} {buyer.name or ''}")
