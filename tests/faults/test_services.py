"""Rows of the fault table about those we ask outside, on the line itself: answers that are lost,
lines that break. (What they may answer instead is in scenarios/test_stripe.py and
scenarios/test_mail_faults.py.)"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from eterno.adapters.system.clock import SystemClock
from eterno.application.outbox.deliver import PAUSES
from eterno.domain.orders import OrderState
from tests.scenarios.stripe_world import StripeWorld, stripe_world
from tests.support.fault_proxy import FaultProxy, fault_proxy
from tests.support.sendgrid import KEY, sendgrid_stub

KEYED = {"Idempotency-Key": "the one basket"}


def port_of(address: str) -> tuple[str, int]:
    host, port = address.removeprefix("http://").split(":")
    return host, int(port)


@pytest.fixture
def line() -> Iterator[FaultProxy]:
    """To Stripe."""
    with fault_proxy() as line:
        yield line


@pytest.fixture
def world(line: FaultProxy, database_uri: str, tmp_path: Path) -> Iterator[StripeWorld]:
    environment = {"STRIPE_API_URL": f"http://127.0.0.1:{line.port}"}
    with stripe_world(database_uri, tmp_path, **environment) as world:
        line.upstream = port_of(world.stripe.address)
        yield world
        world.check()


def test_a_session_whose_answer_was_lost_is_the_one_that_the_buyer_gets(
    world: StripeWorld, line: FaultProxy
) -> None:
    """Row: Stripe times out after acting."""
    soap = world.soap(pieces=3)
    line.lose_answer_to(b"POST /v1/checkout/sessions")

    assert world.check_out(soap, 2, **KEYED).status_code in (200, 503)
    answer = world.check_out(soap, 2, **KEYED)

    assert answer.status_code == 200
    assert len(world.stripe.sessions) == 1
    world.pay(answer.json()["url"])
    world.post()
    assert world.order().state is OrderState.PAID


@pytest.mark.parametrize("rudely", [False, True], ids=["with a goodbye", "with a reset"])
def test_with_the_line_to_stripe_cut_buyers_are_told_to_come_back(
    world: StripeWorld, line: FaultProxy, rudely: bool
) -> None:
    """Row: Stripe does not answer. The shop window and notices do not need it."""
    soap = world.soap(pieces=3)
    line.cut(rudely=rudely)

    refused = world.check_out(soap, 1, **KEYED)
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert world.client.get("/products").status_code == 200

    line.heal()
    assert world.check_out(soap, 1, **KEYED).status_code == 200


def test_a_refund_whose_answer_was_lost_is_made_once(world: StripeWorld, line: FaultProxy) -> None:
    """Row: Stripe times out after acting: no double refund."""
    soap = world.soap(pieces=3)
    world.pay(world.page(soap))
    world.post()
    order = world.order()
    line.lose_answer_to(b"POST /v1/refunds")

    world.tell(f"/orders/{order.id}/refunds", {"full": True})
    for pause in PAUSES:
        world.work()
        world.wait(pause)
    world.post()

    assert len(world.stripe.refunds) == 1
    assert world.order().refunded == order.captured


def test_letters_wait_while_the_line_to_the_mail_service_is_cut(
    database_uri: str, tmp_path: Path
) -> None:
    """Row: SendGrid 429, 5xx, timeout: the request is not affected; later it is sent once."""
    with sendgrid_stub() as sendgrid, fault_proxy(port_of(sendgrid.address)) as mail:
        environment = {
            "SENDGRID_API_KEY": KEY,
            "SENDGRID_API_URL": f"http://127.0.0.1:{mail.port}",
        }
        with stripe_world(database_uri, tmp_path, **environment) as world:
            mail.cut(rudely=True)
            message = {"name": "Ada", "email": "ada@example.org", "message": "Vegan?"}
            assert world.client.post("/contact", json=message).status_code == 200
            world.work()
            [task] = world.shop.outbox_desk().tasks()
            assert (task.state, task.attempts) == ("due", 1)

            mail.heal()
            world.wait(PAUSES[0] + timedelta(seconds=1))
            world.work()
            assert len(sendgrid.bodies) == 1


def test_without_the_picture_store_the_shop_sells_and_only_new_pictures_wait(
    database_uri: str, tmp_path: Path
) -> None:
    """Row: S3 down."""
    with fault_proxy() as bucket:
        bucket.cut()
        environment = {
            "AWS_BUCKET_NAME": "soaps",
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{bucket.port}",
        }
        with stripe_world(database_uri, tmp_path, **environment) as world:
            soap = world.soap(pieces=3)
            assert world.client.get("/products").status_code == 200
            assert world.check_out(soap).status_code == 200
            saved = world.client.post(
                "/products",
                json={
                    "name": "Rose",
                    "description": "",
                    "ingredients": [],
                    "img_key": "products/rose.jpg",
                },
                headers=world.signed_in,
            )
            assert saved.status_code == 503
            assert int(saved.headers["retry-after"]) > 0


@pytest.mark.parametrize("minutes", [-10, 10])
def test_the_hosts_clock_may_be_wrong_and_no_deadline_moves(
    database_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """Row: clock skew of the app host ±10 min."""
    skew = timedelta(minutes=minutes)

    class Skewed(SystemClock):
        def __init__(self, ahead: object = None) -> None:
            super().__init__(lambda: skew + world_time())

    monkeypatch.setattr("eterno.adapters.system.clock.SystemClock", Skewed)
    passed = [timedelta(0)]

    def world_time() -> timedelta:
        return passed[0]

    with stripe_world(database_uri, tmp_path) as world:
        page = world.page(world.soap(pieces=3))
        order = world.order()
        assert order.pay_by - order.created_at == timedelta(minutes=31)

        passed[0] = timedelta(minutes=30)
        world.wait(passed[0])
        world.sweep()
        assert world.order().state is OrderState.AWAITING

        world.pay(page)
        for body, signature in world.stripe.post():
            world.bring(body, signature)
        world.shop.reconcile()(timedelta(hours=48))
        assert world.order().state is OrderState.PAID
        world.check()


def test_nothing_of_this_is_undecided_for_ever(world: StripeWorld, line: FaultProxy) -> None:
    """A refund that Stripe never hears of ends as a dead letter that the owner can see."""
    soap = world.soap(pieces=3)
    world.pay(world.page(soap))
    world.post()
    world.work()
    line.cut()
    world.tell(f"/orders/{world.order().id}/refunds", {"full": True})
    for pause in (*PAUSES, timedelta(hours=3)):
        world.work()
        world.wait(pause + timedelta(seconds=1))
    dead = [task for task in world.shop.outbox_desk().tasks() if task.state == "dead"]
    assert [task.attempts for task in dead] == [5]
    line.heal()
