"""G6, G7 and G9: sales, against pgbench sending the same statements."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from uuid import uuid4

from bench import client, pgbench
from bench.report import Measured, Row, against_floor, at_most
from bench.rig import Process, Rig
from bench.stand_in import SECRET
from bench.terms import Terms
from eterno.adapters.stripe import wire

BUYERS = 32
PLENTY = 1_000_000
HOUSEHOLDS = 350_000
CHECKOUT = "/api/checkout"
TOLD_TWICE = 640
"""Payments, each told twice at the same moment."""
TRIES = 10
_EFFECTS = """
    SELECT count(*) FILTER (WHERE (paid, charged, moved, confirmed) = (1, 1, 2, 1)) AS once,
        count(*) FILTER (WHERE paid > 1 OR charged > 1 OR moved > 2 OR confirmed > 1) AS oftener
    FROM orders CROSS JOIN LATERAL (SELECT
        (SELECT count(*) FROM order_events WHERE order_id = orders.id AND kind = 'paid') AS paid,
        (SELECT count(*) FROM money_ledger WHERE order_id = orders.id) AS charged,
        (SELECT count(*) FROM stock_movements WHERE order_id = orders.id) AS moved,
        (SELECT count(*) FROM outbox WHERE reaction = 'confirm_order'
            AND facts ->> 'order_id' = orders.id::text) AS confirmed) AS effects
    WHERE basket = %s
"""


def spread(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G6: two soaps in every basket, any two."""
    all_offers = offers(rig)
    yield from _sales(
        "G6", "checkout, spread", rig, terms, "checkout_spread", lambda: _two(all_offers)
    )


def hot(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G7: everybody wants the same soap; and of the last hundred, a hundred are sold."""
    all_offers = offers(rig)
    one = all_offers[:1]
    yield from _sales("G7", "checkout, one hot soap", rig, terms, "checkout_hot", lambda: one)
    yield flash_sale("G7", rig, rig.shop(), "flash sale, 100 pieces")


def payments(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G9: from the payment service's notice to its committed effect."""
    shop = rig.shop()
    count = round(6_000 * terms.seconds)
    floors, ours = [], []
    for _ in range(terms.rounds):
        run = _orders_to_pay(rig, count)
        floor = pgbench.rate(rig, "notice", terms, run=run, n=0, half=_half(rig))
        floors.append(Measured(rate=floor))
        notices = client.each(_notices_about(rig, _orders_to_pay(rig, count)))
        ours.append(measured_sales(shop, notices, terms))
    yield against_floor("G9", "payment notice", floors, ours, least=0.4)


def _sales(
    goal: str,
    what: str,
    rig: Rig,
    terms: Terms,
    script: str,
    basket: Callable[[], Sequence[tuple[int, float]]],
) -> Iterator[Row]:
    shop = rig.shop()
    half = _half(rig)
    baskets = client.cycle([checkout_of(basket()) for _ in range(1_000)])
    client.run(shop.port, baskets, connections=BUYERS, seconds=1)
    floors, ours = [], []
    for _ in range(terms.rounds):
        floor = pgbench.rate(rig, script, terms, half=half, last=2 * half)
        floors.append(Measured(rate=floor))
        ours.append(measured_sales(shop, baskets, terms))
    yield against_floor(goal, what, floors, ours, least=0.5)
    cpu = [each.cpu or 0 for each in ours]
    yield at_most(goal, f"{what}: app CPU", cpu, 600, "µs")


def spread_baskets(rig: Rig) -> Callable[[], client.Request]:
    """Checkouts of two soaps, any two."""
    all_offers = offers(rig)
    return client.cycle([checkout_of(_two(all_offers)) for _ in range(1_000)])


def baskets_from_everywhere(rig: Rig) -> Callable[[], client.Request]:
    """The same, each from another household, many of which have bought before (see
    `sample_orders`); the shop must believe what we say about that."""
    all_offers = offers(rig)
    bodies = [_checkout(_two(all_offers)) for _ in range(1_000)]

    def following() -> client.Request:
        buyer = random.randrange(HOUSEHOLDS)
        address = f"10.{buyer // 65536}.{buyer // 256 % 256}.{buyer % 256}"
        return client.post(CHECKOUT, random.choice(bodies), {"X-Forwarded-For": address})

    return following


def flash_sale(goal: str, rig: Rig, shop: Process, what: str) -> Row:
    """300 buyers, 100 pieces."""
    one = offers(rig)[:1]
    (variant, _), *_ = one
    rig.ask("UPDATE shelves SET on_hand = reserved + 100 WHERE variant_id = %s", [variant])
    load = client.run(shop.port, client.each([checkout_of(one)] * 300), connections=64)
    [(left,)] = rig.ask("SELECT on_hand - reserved FROM shelves WHERE variant_id = %s", [variant])
    sold = load.statuses[200]
    offers(rig)
    return Row(
        goal=goal,
        what=what,
        ours=f"{sold} sold, {left} left, {load.statuses[409]} told so, {load.statuses[503]} busy",
        target="≤ 100 sold, 0 left",  # who is told that the shop is busy may hold some of them
        met=sold <= 100 and left == 0,
        numbers={"sold": [sold], "left": [left]},
    )


def told_twice(goal: str, rig: Rig, shop: Process, what: str) -> Row:
    """Each notice twice, on two connections at the same moment; what came of it is counted."""
    run = _orders_to_pay(rig, TOLD_TWICE)
    [(before,)] = rig.ask("SELECT sum(on_hand) FROM shelves")
    notices = [notice for notice in _notices_about(rig, run) for _ in range(2)]
    refused = 0
    for _ in range(TRIES):  # as the payment service does: until it is thanked
        load = client.run(shop.port, client.each(notices), connections=BUYERS)
        if load.statuses[200] == len(notices):
            break
        refused += load.answers - load.statuses[200]
    [(after,)] = rig.ask("SELECT sum(on_hand) FROM shelves")
    [(once, oftener)] = rig.ask(_EFFECTS, [f"run {run}"])
    taken = int(before - after)
    return Row(
        goal=goal,
        what=what,
        ours=f"{once} took effect once, {oftener} oftener, {taken} pieces; {refused} busy",
        target=f"{TOLD_TWICE} once, {2 * TOLD_TWICE} pieces",
        met=(once, oftener, taken) == (TOLD_TWICE, 0, 2 * TOLD_TWICE),
        numbers={
            "once": [once],
            "oftener": [oftener],
            "pieces": [taken],
            "busy": [refused],
        },
    )


def offers(rig: Rig) -> list[tuple[int, float]]:
    """(variant, price) of everything on sale, with plenty of each; whatever a floor does to
    `shelves` is not in the books, and need not be."""
    rig.ask("UPDATE shelves SET on_hand = reserved + %s", [PLENTY])
    found = rig.ask("SELECT id, price FROM variants WHERE NOT archived ORDER BY id")
    return [(id, price / 100) for id, price in found]


def _two(of: Sequence[tuple[int, float]]) -> Sequence[tuple[int, float]]:
    return random.sample(of, 2)


def checkout_of(basket: Sequence[tuple[int, float]]) -> client.Request:
    return client.post(CHECKOUT, _checkout(basket))


def _checkout(basket: Sequence[tuple[int, float]]) -> bytes:
    items = [{"id": id, "quantity": 1, "price": price} for id, price in basket]
    return json.dumps({"items": items}).encode()


def _half(rig: Rig) -> int:
    """The number of the soap in the middle: baskets take one from each side."""
    return len(offers(rig)) // 2


def _orders_to_pay(rig: Rig, count: int) -> int:
    """Orders that await payment, about `count`; the number that their names are made of."""
    run = random.randrange(1 << 30)
    script = (pgbench.SCRIPTS / "notice_orders.sql").read_text()
    rig.ask(script, {"run": str(run), "each": count // BUYERS, "half": _half(rig)})
    return run


def _notices_about(rig: Rig, run: int) -> list[client.Request]:
    """A genuine notice for each of these orders."""
    waiting = rig.ask(
        "SELECT token, session_id, total FROM orders WHERE basket = %s", [f"run {run}"]
    )
    return [_notice(*order) for order in waiting]


def _notice(token: str, session_id: str, total: int) -> client.Request:
    now = int(time.time())
    session = {
        "id": session_id,
        "object": "checkout.session",
        "client_reference_id": token,
        "status": "complete",
        "payment_status": "paid",
        "amount_subtotal": total,
        "amount_total": total,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "currency": "usd",
        "payment_intent": f"pi_{uuid4().hex}",
        "customer_details": {"email": "ada@example.org", "name": "Ada Lovelace"},
    }
    event = {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "type": "checkout.session.completed",
        "created": now,
        "livemode": False,
        "data": {"object": session},
    }
    body = json.dumps(event).encode()
    return client.post("/webhooks/stripe", body, {"Stripe-Signature": wire.sign(body, SECRET, now)})


def measured_sales(
    shop: Process, requests: Callable[[], client.Request | None], terms: Terms
) -> Measured:
    """What is refused is no sale, and would be quick; a busy shop may refuse a few."""
    used = shop.cpu
    load = client.run(shop.port, requests, connections=BUYERS, seconds=terms.seconds)
    done = load.statuses[200]
    if done < 0.99 * load.answers:
        raise RuntimeError(f"too many were refused: {dict(load.statuses)}")
    return Measured(rate=done / load.seconds, cpu=1e6 * (shop.cpu - used) / done)
