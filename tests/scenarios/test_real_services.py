"""Stripe, SendGrid and S3 together, over the adapters that a live shop uses, each against its
stand-in: from a picture and a basket to the last letter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from eterno.adapters.s3.bucket import Bucket
from eterno.domain.orders import OrderState
from tests.builders import put_on_sale
from tests.scenarios.stripe_world import StripeWorld, stripe_world
from tests.scenarios.world import ROSA
from tests.support.ministack import KEY_ID, REGION, SECRET
from tests.support.pictures import JPEG
from tests.support.sendgrid import KEY, SendGridStub, sendgrid_stub

OAT = {"fileName": "oat.jpg", "contentType": "image/jpeg", "size": len(JPEG)}
OWNER = "owner@example.com"


@pytest.fixture
def sendgrid() -> Iterator[SendGridStub]:
    with sendgrid_stub() as stub:
        yield stub


@pytest.fixture
def world(
    database_uri: str, tmp_path: Path, bucket: Bucket, s3_endpoint: str, sendgrid: SendGridStub
) -> Iterator[StripeWorld]:
    """Its books must balance in the end."""
    with stripe_world(
        database_uri,
        tmp_path,
        SENDGRID_API_KEY=KEY,
        SENDGRID_API_URL=sendgrid.address,
        FROM_EMAIL="shop@example.com",
        TO_EMAIL=OWNER,
        AWS_ACCESS_KEY_ID=KEY_ID,
        AWS_SECRET_ACCESS_KEY=SECRET,
        AWS_REGION=REGION,
        AWS_BUCKET_NAME=bucket.name,
        S3_ENDPOINT_URL=s3_endpoint,
    ) as world:
        yield world
        world.check()


def sent(sendgrid: SendGridStub) -> list[tuple[str, str]]:
    """(to, subject) of every letter, in order."""
    return [
        (person["email"], body.get("subject") or body["personalizations"][0]["subject"])
        for body in sendgrid.bodies
        for person in body["personalizations"][0]["to"]
    ]


def test_a_soap_is_shown_sold_paid_back_and_told_of(
    world: StripeWorld, sendgrid: SendGridStub
) -> None:
    soap = put_on_sale(world.shop.store(), pieces=5)
    ticket = world.client.post("/upload/presigned-url", json=OAT, headers=world.signed_in).json()
    brought = httpx.put(ticket["uploadUrl"], content=JPEG, headers={"Content-Type": "image/jpeg"})
    assert brought.status_code == 200
    edited = world.client.put(
        f"/products/{soap.product_id}",
        json={"name": "Oat", "description": "", "ingredients": [], "img_key": ticket["key"]},
        headers=world.signed_in,
    )
    assert edited.status_code == 200, edited.text
    shown = world.client.get(f"/products/{soap.product_id}").json()
    assert httpx.get(shown["image_url"]).content == JPEG

    page = world.page(soap, 2)
    assert page.startswith(world.stripe.address)
    world.pay(page)
    world.post()
    world.work()
    order = world.order()
    assert (order.state, world.on_sale(soap)) == (OrderState.PAID, 3)
    assert sorted(sent(sendgrid)) == [
        (OWNER, f"New order {order.number}: $17.98"),
        (ROSA.email, f"Thank you! Your order {order.number} from Eterno Soap"),
    ]

    one = [{"variant_id": soap.id, "quantity": 1}]
    world.tell(f"/orders/{order.number}/refunds", {"lines": one, "restock": True})
    world.work()
    world.post()
    world.work()
    [refund] = world.stripe.refunds.values()
    assert (refund["amount"], refund["payment_intent"]) == (899, order.intent_id)
    assert (world.order().refunded.minor, world.on_sale(soap)) == (899, 4)
    assert sent(sendgrid)[2:] == [
        (ROSA.email, "8.99 USD from Eterno Soap is on its way back to you")
    ]

    world.dispute(order)
    world.post()
    world.work()
    assert sent(sendgrid)[3][0] == OWNER
    assert "Please answer: a dispute" in sent(sendgrid)[3][1]


def test_what_was_given_back_in_stripes_dashboard_is_in_our_books(world: StripeWorld) -> None:
    soap = put_on_sale(world.shop.store(), pieces=5)
    world.pay(world.page(soap, 2))
    world.post()
    order = world.order()

    world.stripe.give_back(str(order.intent_id), 500)
    world.post()

    assert world.order().refunded.minor == 500
    [refund] = world.details(order)["refunds"]
    assert (refund["state"], refund["reason"]) == ("succeeded", "made at the payment service")
    assert world.on_sale(soap) == 3
