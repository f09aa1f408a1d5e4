"""What becomes of an order after it was paid, over HTTP, on both stores."""

from datetime import timedelta
from typing import Any

from eterno.domain.orders import OrderState
from tests.scenarios.world import World

OWNER = "owner@example.com"
BUYER = "rosa@example.org"


def subjects(world: World, to: str) -> list[str]:
    world.work()
    world.post()
    world.work()
    return [subject for who, subject in world.letters() if who == to]


def kinds(details: Any) -> list[str]:
    return [event["kind"] for event in details["timeline"]]


def test_sold_made_sent_in_two_parcels_partly_refunded_and_disputed(world: World) -> None:
    soap = world.soap(pieces=10)
    world.pay(world.page(soap, 3))
    world.post()
    order = world.order()
    path, number = f"/orders/{order.number}", order.number
    letters = [f"Thank you! Your order {number} from Eterno Soap"]
    assert subjects(world, BUYER) == letters

    world.wait(timedelta(days=2))
    assert world.tell(f"{path}/production")["order"]["state"] == "in_production"
    assert subjects(world, BUYER) == letters

    two = [{"variant_id": soap.id, "quantity": 2}]
    first = {"carrier": "USPS", "tracking": "9400 1", "lines": two}
    assert world.tell(f"{path}/ship", first)["order"]["state"] == "in_production"
    shipped = world.tell(f"{path}/ship", {"carrier": "USPS", "tracking": "9400 2"})
    assert shipped["order"]["state"] == "shipped"
    letters += [f"Your order {number} from Eterno Soap is on its way"] * 2
    assert subjects(world, BUYER) == letters
    seen = world.client.get(f"/orders/{order.token}").json()
    assert [parcel["tracking"] for parcel in seen["parcels"]] == ["9400 1", "9400 2"]
    assert world.on_sale(soap) == 7

    one = [{"variant_id": soap.id, "quantity": 1}]
    world.tell(f"{path}/refunds", {"lines": one, "restock": True, "reason": "cracked"})
    assert world.on_sale(soap) == 7
    letters += ["8.99 USD from Eterno Soap is on its way back to you"]
    assert subjects(world, BUYER) == letters
    assert world.on_sale(soap) == 8
    assert world.order().refunded.minor == 899

    world.dispute(order)
    world.post()
    assert "Please answer: a dispute" in subjects(world, OWNER)[-1]
    refused = world.client.post(f"{path}/refunds", json={"full": True}, headers=world.signed_in)
    assert (refused.status_code, refused.json()["code"]) == (409, "disputed")

    world.tell(f"{path}/deliver")
    assert world.order().state is OrderState.DELIVERED
    details = world.details(order)
    assert kinds(details) == [
        "placed",
        "paid",
        "in_production",
        "parcel",
        "parcel",
        "shipped",
        "refund_requested",
        "refund_succeeded",
        "dispute",
        "delivered",
    ]
    assert details["order"]["dispute"]["state"] == "needs_response"
    assert subjects(world, BUYER) == letters


def test_cancelled_while_she_pays(world: World) -> None:
    """The owner calls the order off; the buyer was a moment quicker."""
    soap = world.soap(pieces=2)
    page = world.page(soap, 2)
    world.pay(page)

    cancelled = world.tell(f"/orders/{world.order().token}/cancel", {"reason": "sorry"})

    assert cancelled["order"]["state"] == "cancelled"
    assert world.on_sale(soap) == 2
    assert subjects(world, BUYER)[-1] == "17.98 USD from Eterno Soap is on its way back to you"
    assert world.order().refunded == world.order().captured


def test_called_off_before_anybody_paid(world: World) -> None:
    soap = world.soap(pieces=2)
    world.page(soap, 2)

    world.tell(f"/orders/{world.order().token}/cancel", {})
    world.post()

    assert world.order().state is OrderState.CANCELLED
    assert world.on_sale(soap) == 2
    assert world.letters() == []


def test_a_sale_at_the_stall(world: World) -> None:
    soap = world.soap(pieces=3)

    sale = {"items": [{"id": soap.id, "quantity": 2}], "email": BUYER}
    taken = world.tell("/orders", sale)["order"]

    assert (taken["state"], world.on_sale(soap)) == ("delivered", 1)
    assert subjects(world, BUYER) == [f"Thank you! Your order {taken['number']} from Eterno Soap"]
    world.tell(f"/orders/{taken['number']}/refunds", {"full": True, "restock": True})
    assert world.on_sale(soap) == 3
    assert world.order().refunded == world.order().captured


def test_no_admin_route_breaks_on_what_no_database_can_keep(world: World) -> None:
    world.soap(pieces=1)
    ask = world.client.get
    for path in ("/orders/%00/details", "/orders/%ED%A0%80/details", f"/orders/{10**30}/details"):
        assert ask(path, headers=world.signed_in).status_code == 404
    for path in ("/orders/%00", f"/orders/{10**30}", "/checkout/sessions/%00"):
        assert ask(path).status_code == 404
    assert ask("/orders?text=%00&state=paid", headers=world.signed_in).json()["orders"] == []
    sale = {"items": [{"id": 10**30, "quantity": 1}]}
    assert world.client.post("/orders", json=sale, headers=world.signed_in).status_code == 404
