"""What Stripe is asked for."""

from __future__ import annotations

from dataclasses import replace

from eterno.adapters.stripe.parameters import Delivery, session_parameters
from tests.adapters.stripe.conftest import VENUE
from tests.builders import a_line, an_order, usd
from tests.support.clock import NOON

ORDER = an_order(a_line(7, 2, "8.99"))


def test_a_page_is_asked_for_with_everything_that_the_shop_needs_and_nothing_else() -> None:
    token = ORDER.token

    assert session_parameters(ORDER, VENUE) == {
        "mode": "payment",
        "client_reference_id": token,
        "metadata": {"order": token},
        "payment_intent_data": {"metadata": {"order": token}},
        "line_items": [
            {
                "quantity": 2,
                "price_data": {
                    "currency": "usd",
                    "unit_amount": 899,
                    "product_data": {
                        "name": "Oat & Honey",
                        "description": "100 g",
                        "metadata": {"variant_id": "7"},
                    },
                },
            }
        ],
        "expires_at": int(NOON.timestamp()) + 31 * 60,
        "success_url": "https://shop.example/success?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/cancel",
        "shipping_address_collection": {"allowed_countries": ["US", "CA"]},
        "phone_number_collection": {"enabled": True},
        "allow_promotion_codes": False,
        "automatic_tax": {"enabled": False},
        "shipping_options": [
            {
                "shipping_rate_data": {
                    "type": "fixed_amount",
                    "display_name": "Standard",
                    "fixed_amount": {"amount": 500, "currency": "usd"},
                    "delivery_estimate": {
                        "minimum": {"unit": "business_day", "value": 3},
                        "maximum": {"unit": "business_day", "value": 5},
                    },
                }
            },
            {
                "shipping_rate_data": {
                    "type": "fixed_amount",
                    "display_name": "Pick up",
                    "fixed_amount": {"amount": 0, "currency": "usd"},
                    "delivery_estimate": {"maximum": {"unit": "business_day", "value": 1}},
                }
            },
        ],
    }


def test_tax_comes_on_top_of_our_prices() -> None:
    """Were it thought to be in them, what Stripe calls the subtotal would not be ours."""
    taxed = session_parameters(ORDER, replace(VENUE, automatic_tax=True))

    assert taxed["automatic_tax"] == {"enabled": True}
    assert [line["price_data"]["tax_behavior"] for line in taxed["line_items"]] == ["exclusive"]
    assert {
        option["shipping_rate_data"]["tax_behavior"] for option in taxed["shipping_options"]
    } == {"exclusive"}


def test_promotion_codes_are_a_switch() -> None:
    assert session_parameters(ORDER, replace(VENUE, promotion_codes=True))["allow_promotion_codes"]


def test_what_is_empty_is_left_out() -> None:
    nameless = replace(ORDER, lines=(replace(ORDER.lines[0], variant_label=""),))
    bare = replace(VENUE, deliveries=[])
    at_once = replace(VENUE, deliveries=[Delivery(name="Here", amount=usd("0"), days=(0, 0))])

    parameters = session_parameters(nameless, bare)
    [option] = session_parameters(ORDER, at_once)["shipping_options"]

    assert "description" not in parameters["line_items"][0]["price_data"]["product_data"]
    assert "shipping_options" not in parameters
    assert "delivery_estimate" not in option["shipping_rate_data"]


def test_the_same_order_is_asked_for_in_the_same_words() -> None:
    """Under one idempotency key Stripe takes nothing else."""
    moved_on = replace(ORDER, session_id="cs_1", intent_id="pi_1")

    assert session_parameters(moved_on, VENUE) == session_parameters(ORDER, VENUE)
