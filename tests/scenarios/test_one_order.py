"""One order from basket to dispute, over HTTP: after each step all who tell of it agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from eterno.domain.catalog import Variant
from tests.scenarios.world import ROSA, World

OWNER = "owner@example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the owner, the buyer and the books must say after a step."""

    state: str
    on_sale: int
    to_make: int = 0
    """Pieces of it on the make-list."""
    parcels: int = 0
    captured: float = 0.0
    refunded: float = 0.0
    history: tuple[str, ...] = ()
    audit: tuple[str, ...] = ()
    """What an admin did to it, in order."""
    buyers_letters: tuple[str, ...] = ()
    owners_letters: tuple[str, ...] = ()
    sold: float = 0.0
    """Gross sales of the shop, of which this is the only order."""
    given_back: float = 0.0
    """Of the goods' price."""
    disputes: int = 0


def agree(world: World, soap: Variant, standing: Standing) -> None:
    """Everybody who can be asked about the only order says the same."""
    for _ in range(2):
        world.work()
        world.post()
    world.work()
    world.check()
    ask = _asking(world)
    order = world.order()
    details = world.details(order)
    sums = details["order"]["sums"]
    assert details["order"]["state"] == standing.state
    assert (sums["captured"], sums["refunded"]) == (standing.captured, standing.refunded)
    assert len(details["order"]["parcels"]) == standing.parcels
    assert tuple(event["kind"] for event in details["timeline"]) == standing.history
    assert world.on_sale(soap) == standing.on_sale
    [stock] = ask("/inventory")
    assert stock["available"] == standing.on_sale
    assert sum(line["pieces"] for line in ask("/make-list")["lines"]) == standing.to_make
    subject = f"order {order.number or order.id}"
    done = [entry["action"] for entry in ask("/audit", subject=subject)]
    assert tuple(reversed(done)) == standing.audit
    letters = world.letters()
    mine = tuple(what for to, what in letters if to == ROSA.email)
    assert mine == standing.buyers_letters
    assert tuple(what for to, what in letters if to == OWNER) == standing.owners_letters
    seen = world.client.get(f"/orders/{order.token}").json()
    assert (seen["state"], len(seen["parcels"])) == (standing.state, standing.parcels)
    _figures_agree(ask, standing)


def _figures_agree(ask: Any, standing: Standing) -> None:
    sales = ask("/analytics/sales")["total"]
    assert sales["orders"] == (1 if standing.sold else 0)
    assert sales["gross_sales"] == standing.sold
    assert sales["refunds_goods"] == standing.given_back
    assert sales["net_sales"] == round(standing.sold - standing.given_back, 2)
    goods = [one for one in ask("/analytics/goods")["goods"] if one["gross_sales"]]
    assert sum(one["net_sales"] for one in goods) == sales["net_sales"]
    assert ask("/analytics/service")["total"]["disputes"] == standing.disputes


def _asking(world: World) -> Any:
    def ask(path: str, **terms: str) -> Any:
        answer = world.client.get(path, params=terms, headers=world.signed_in)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


def test_an_order_is_the_same_to_everybody_at_every_step(world: World) -> None:
    soap = world.soap(pieces=10)
    page = world.page(soap, 3)
    now = Standing(state="awaiting", on_sale=7, history=("placed",))
    agree(world, soap, now)

    world.pay(page)
    world.post()
    number = world.order().number
    path, total = f"/orders/{number}", 26.97
    now = replace(
        now,
        state="paid",
        to_make=3,
        captured=total,
        sold=total,
        history=(*now.history, "paid"),
        buyers_letters=(f"Thank you! Your order {number} from Eterno Soap",),
        owners_letters=(f"New order {number}: ${total}",),
    )
    agree(world, soap, now)

    world.wait(timedelta(minutes=20))
    world.tell(f"{path}/production")
    now = replace(
        now,
        state="in_production",
        history=(*now.history, "in_production"),
        audit=("start production",),
    )
    agree(world, soap, now)

    on_its_way = f"Your order {number} from Eterno Soap is on its way"
    two = [{"variant_id": soap.id, "quantity": 2}]
    world.tell(f"{path}/ship", {"carrier": "USPS", "tracking": "9400 1", "lines": two})
    now = replace(
        now,
        to_make=1,
        parcels=1,
        history=(*now.history, "parcel"),
        audit=(*now.audit, "ship order"),
        buyers_letters=(*now.buyers_letters, on_its_way),
    )
    agree(world, soap, now)

    world.tell(f"{path}/ship", {"carrier": "USPS", "tracking": "9400 2"})
    now = replace(
        now,
        state="shipped",
        to_make=0,
        parcels=2,
        history=(*now.history, "parcel", "shipped"),
        audit=(*now.audit, "ship order"),
        buyers_letters=(*now.buyers_letters, on_its_way),
    )
    agree(world, soap, now)

    one = [{"variant_id": soap.id, "quantity": 1}]
    world.tell(f"{path}/refunds", {"lines": one, "restock": True, "reason": "cracked"})
    now = replace(
        now,
        on_sale=8,
        refunded=8.99,
        given_back=8.99,
        history=(*now.history, "refund_requested", "refund_succeeded"),
        audit=(*now.audit, "refund order"),
        buyers_letters=(
            *now.buyers_letters,
            "8.99 USD from Eterno Soap is on its way back to you",
        ),
    )
    agree(world, soap, now)

    world.dispute(world.order())
    world.post()
    now = replace(
        now,
        disputes=1,
        history=(*now.history, "dispute"),
        owners_letters=(
            *now.owners_letters,
            next(s for to, s in _letters(world) if to == OWNER and "dispute" in s),
        ),
    )
    agree(world, soap, now)

    world.tell(f"{path}/deliver")
    now = replace(
        now,
        state="delivered",
        history=(*now.history, "delivered"),
        audit=(*now.audit, "deliver order"),
    )
    agree(world, soap, now)


def _letters(world: World) -> list[tuple[str, str]]:
    world.work()
    return world.letters()
