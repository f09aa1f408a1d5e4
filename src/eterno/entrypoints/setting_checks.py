"""What the type of a setting alone cannot say: which ones go together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eterno.domain.errors import Invalid
from eterno.domain.money import Currency
from eterno.entrypoints.setting_texts import BadSettings, origin_of
from eterno.entrypoints.smtp_url import smtp_server

if TYPE_CHECKING:
    from eterno.entrypoints.settings import Settings

_STRIPE_KEY = re.compile(r"[sr]k_(test|live)_[A-Za-z0-9_]{1,250}")
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


def check(settings: Settings) -> None:
    """Raises `BadSettings`."""
    if settings.public_url:
        origin_of(settings.public_url)
    if settings.order_page_url:
        origin_of(settings.order_page_url, "ORDER_PAGE_URL")
    try:
        Currency(settings.currency)
    except Invalid as refusal:
        raise BadSettings(f"CURRENCY: {refusal.detail}") from None
    if settings.stripe_key:
        _check_stripe(settings)
    _check_mail(settings)
    _check_media(settings)
    # Each of these says itself what is wrong with it.
    _ = (
        settings.token_keys,
        settings.origins,
        settings.proxies,
        settings.zone,
        settings.delivery_rates,
        settings.delivery_countries,
        settings.production_window,
    )


def _check_stripe(settings: Settings) -> None:
    """What must be there, or must not, together with a key. Raises `BadSettings`."""
    if not _STRIPE_KEY.fullmatch(settings.stripe_key or ""):
        raise BadSettings("STRIPE_SECRET_KEY: a secret or restricted key (sk_… or rk_…)")
    if not settings.stripe_webhook_secrets:
        raise BadSettings(
            "STRIPE_WEBHOOK_SECRET: needed with STRIPE_SECRET_KEY, or no payment would be heard of"
        )
    if settings.stripe_url:
        origin_of(settings.stripe_url, "STRIPE_API_URL")
        if settings.is_production or settings.stripe_is_live:
            raise BadSettings("STRIPE_API_URL: not in production, and not with a live key")


def _check_mail(settings: Settings) -> None:
    for name, address in (("FROM_EMAIL", settings.from_email), ("TO_EMAIL", settings.to_email)):
        if not _ADDRESS.fullmatch(address):
            raise BadSettings(f"{name}: one e-mail address")
    try:
        _ = settings.smtp_url and smtp_server(settings.smtp_url)
    except ValueError:
        raise BadSettings("SMTP_URL: smtp[s]://user:password@host:port") from None
    if settings.sendgrid_url:
        host = urlsplit(origin_of(settings.sendgrid_url, "SENDGRID_API_URL")).netloc
        if settings.is_production and not host.endswith(".sendgrid.com"):
            raise BadSettings("SENDGRID_API_URL: in production, only SendGrid itself")


def _check_media(settings: Settings) -> None:
    if bool(settings.aws_key_id) != bool(settings.aws_secret):
        raise BadSettings("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: both or neither")
    if settings.media_base_url:
        origin_of(settings.media_base_url, "MEDIA_PUBLIC_BASE_URL")
    if settings.s3_endpoint:
        origin_of(settings.s3_endpoint, "S3_ENDPOINT_URL")
        if settings.is_production:
            raise BadSettings("S3_ENDPOINT_URL: not in production")
