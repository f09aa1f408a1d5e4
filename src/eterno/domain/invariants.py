"""What must stay true of the shop's books, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

AT_EVERY_COMMIT: Mapping[str, str] = {
    "I01": "0 ≤ reserved ≤ on hand, for every variant",
    "I02": "what is on hand is the sum of the variant's stock movements",
    "I03": "what is reserved is the sum of the variant's held reservations",
    "I04": "an order's total is its lines less discount, with shipping and tax, in one currency",
    "I05": "order lines and reservations pair one to one, with the same quantity",
    "I06": "an order's reservations are held, consumed or released as its state says",
    "I07": "captured and refunded are the sums of the order's entries in the money ledger",
    "I08": "refunded ≤ captured, and sold means captured in full",
    "I09": "refunds that have not failed, those on their way too, are together ≤ captured",
    "I10": "an order is captured at most once",
    "I11": "a payment session or intent belongs to at most one order",
    "I12": "what was sold has left the shelf: one stock movement for each line, of its quantity",
    "I13": "each sale has its confirmation in the outbox, and each message its letter",
    "I14": "a task has at most 5 attempts, is done only if tried, and never both done and dead",
    "I15": "a payment notice and what came of it are written together with its effect",
    "I16": "the last event that moved an order is the state it is in",
    "I17": "no more pieces of a line are in parcels than were ordered",
    "I18": "no more pieces came back from an order than were sold to it",
    "I19": "an order that names its buyer has its customer, and a customer whom no order names any "
    "more cannot be known again",
}
"""True for any reader at any moment."""

WHEN_QUIET: Mapping[str, str] = {
    "Q16": "no order awaits payment for more than 15 minutes past its deadline",
    "Q17": "no payment notice is left unprocessed",
    "Q18": "no task waits for more than 15 minutes past its time, and no refund that was not made "
    "yet is without a task, or for more than 75 minutes with one that is dead",
    "Q19": "no picture that is shown is being removed, and none unused is kept for 25 hours",
    "Q20": "no order rests in review for more than 24 hours",
}
"""True while the worker runs and the world outside answers: what is late is late for longer than
the shop itself would ever take."""

INVARIANTS: Mapping[str, str] = {**AT_EVERY_COMMIT, **WHEN_QUIET}
