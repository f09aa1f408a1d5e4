"""The shop's rules, as the settings say them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from eterno.application.analytics.weekly import TellWeek
from eterno.application.checkout.hold_orders import CheckoutPolicy
from eterno.application.letters.digests import DigestPolicy
from eterno.application.letters.order_letters import ShopFacts
from eterno.application.ports.figures import Figures
from eterno.application.privacy.sweep_traces import RetentionPolicy
from eterno.domain.fulfilment import FulfilmentPolicy, LatePayment
from eterno.domain.money import Currency
from eterno.entrypoints.settings import Settings


def checkout_policy_of(settings: Settings) -> CheckoutPolicy:
    limited = settings.checkout_limits == "on"
    return CheckoutPolicy(
        open_orders=settings.checkout_open_orders if limited else None,
        held_units=settings.checkout_held_units if limited else None,
    )


def fulfilment_policy_of(settings: Settings) -> FulfilmentPolicy:
    return FulfilmentPolicy(
        production_days=settings.production_window,
        made_to_order=settings.made_to_order == "on",
        all_sales_final=settings.all_sales_final == "on",
        late_payment=LatePayment(settings.late_payment),
    )


def zone_of(settings: Settings) -> ZoneInfo:
    return settings.zone


def tell_week_of(settings: Settings, figures: Figures) -> TellWeek:
    return TellWeek(figures, settings.zone, Currency(settings.currency))


def shop_facts_of(settings: Settings) -> ShopFacts:
    return ShopFacts(
        name=settings.shop_name,
        owner_email=settings.to_email,
        site=settings.frontend_url or settings.base_url,
        policy=fulfilment_policy_of(settings),
        order_page=settings.order_page_url or f"{settings.base_url}/orders/{{token}}",
    )


def retention_policy_of(settings: Settings) -> RetentionPolicy:
    return RetentionPolicy(
        messages=timedelta(days=settings.retain_messages),
        attempts=timedelta(days=settings.retain_attempts),
        notices=timedelta(days=settings.retain_notices),
    )


def digest_policy_of(settings: Settings) -> DigestPolicy:
    return DigestPolicy(
        zone=settings.zone,
        hour=settings.digest_hour,
        low_stock=settings.low_stock_letter == "on",
        week=settings.weekly_letter == "on",
    )
