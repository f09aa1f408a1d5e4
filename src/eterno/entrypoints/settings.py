"""What can be chosen without touching the code: environment variables, and nothing else.

A field's `name` is its variable. Every value is checked when the process starts; one that cannot be
right stops it with a sentence that names the variable, never its content.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, get_args, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct, field

from eterno.domain.money import Currency
from eterno.entrypoints.setting_checks import check
from eterno.entrypoints.setting_texts import (
    BadSettings,
    DeliveryRate,
    countries_in,
    networks_in,
    origin_of,
    printable_host,
    rates_in,
    token_keys_in,
    window_in,
    zone_named,
)

VITE = ("http://localhost:5173", "http://127.0.0.1:5173")
"""Where the SPA's development server shows it."""
_QUOTED = re.compile(r" *'[^']*'")


class Settings(Struct, frozen=True, kw_only=True):
    """The shop's settings, with the values of a shop that was just cloned."""

    environment: Annotated[
        Literal["development", "production"],
        Meta(description="`production` refuses to start with anything unsafe."),
    ] = field(default="development", name="ETERNO_ENV")
    database_uri: Annotated[
        str | None,
        Meta(
            description="A PostgreSQL 14 or newer. Without it, one of our own in the data folder."
        ),
    ] = field(default=None, name="SQLALCHEMY_DATABASE_URI")
    data_dir: Annotated[
        Path, Meta(description="Where the embedded database and the sandbox keep their files.")
    ] = field(default=Path("data"), name="ETERNO_DATA_DIR")
    host: Annotated[str, Meta(description="The address to listen on.")] = field(
        default="127.0.0.1", name="HOST"
    )
    port: Annotated[int, Meta(ge=1, le=65535, description="The port to listen on.")] = field(
        default=8000, name="PORT"
    )
    public_url: Annotated[
        str | None,
        Meta(description="Where the world finds this API. Without it, the host and port."),
    ] = field(default=None, name="PUBLIC_URL")
    frontend_url: Annotated[
        str | None,
        Meta(
            description="Where the SPA lives: buyers return there from paying, and it may call us."
        ),
    ] = field(default=None, name="FRONTEND_URL")
    cors_origins: Annotated[
        str, Meta(description="Further origins that may call us from a browser, comma-separated.")
    ] = field(default="", name="CORS_ORIGINS")
    trusted_proxies: Annotated[
        str,
        Meta(description="Networks (CIDR, comma-separated) whose X-Forwarded-For is believed."),
    ] = field(default="", name="TRUSTED_PROXIES")
    currency: Annotated[str, Meta(description="ISO 4217 code of all prices.")] = field(
        default="USD", name="CURRENCY"
    )
    time_zone: Annotated[
        str, Meta(description="The zone of the shop's days, weeks and months: an IANA name.")
    ] = field(default="America/Denver", name="SHOP_TIMEZONE")
    shop_name: Annotated[str, Meta(description="How the shop signs its letters.")] = field(
        default="Eterno Soap", name="SHOP_NAME"
    )
    from_email: Annotated[str, Meta(description="Who the shop's letters come from.")] = field(
        default="shop@example.com", name="FROM_EMAIL"
    )
    to_email: Annotated[str, Meta(description="Where the owner reads her letters.")] = field(
        default="owner@example.com", name="TO_EMAIL"
    )
    shipping_countries: Annotated[
        str, Meta(description="Where parcels can go: ISO codes, comma-separated.")
    ] = field(default="US,CA", name="SHIPPING_COUNTRIES")
    shipping_rates: Annotated[
        str,
        Meta(
            description="Ways of delivery, at most 5: `name:price:days-days`, separated by commas;"
            " the price in the currency's units, the days are business days."
        ),
    ] = field(
        default="Standard:5.00:3-5,Express:12.00:1-2,Pick up in Denver:0:1-1", name="SHIPPING_RATES"
    )
    order_page_url: Annotated[
        str | None,
        Meta(
            description="Where buyers see how far their order is, with {token} in it. Without it,"
            " this API's own answer."
        ),
    ] = field(default=None, name="ORDER_PAGE_URL")
    production_days: Annotated[
        str,
        Meta(description="Days from payment to the post office: at least-at most."),
    ] = field(default="7-14", name="PRODUCTION_DAYS")
    made_to_order: Annotated[
        Literal["on", "off"], Meta(description="Whether buyers are told that it is made for them.")
    ] = field(default="on", name="MADE_TO_ORDER")
    all_sales_final: Annotated[
        Literal["on", "off"],
        Meta(description="Whether buyers are told that nothing is taken back."),
    ] = field(default="on", name="ALL_SALES_FINAL")
    late_payment: Annotated[
        Literal["backorder", "refund", "review"],
        Meta(
            description="What becomes of an order that is paid after its pieces were sold: made for"
            " the buyer, given back at once, or left to you."
        ),
    ] = field(default="backorder", name="LATE_PAYMENT")
    stripe_key: Annotated[
        str | None, Meta(description="With it, Stripe takes the money; without, the sandbox.")
    ] = field(default=None, name="STRIPE_SECRET_KEY")
    stripe_webhook_secret: Annotated[
        str | None,
        Meta(description="What Stripe signs its notices with (whsec_…). While rotating: new,old."),
    ] = field(default=None, name="STRIPE_WEBHOOK_SECRET")
    promotion_codes: Annotated[
        Literal["on", "off"], Meta(description="Whether buyers may enter Stripe promotion codes.")
    ] = field(default="off", name="STRIPE_PROMOTION_CODES")
    automatic_tax: Annotated[
        Literal["on", "off"], Meta(description="Whether Stripe Tax adds what is due.")
    ] = field(default="off", name="STRIPE_AUTOMATIC_TAX")
    stripe_url: Annotated[
        str | None,
        Meta(description="Another address that speaks Stripe's API, for tests with a test key."),
    ] = field(default=None, name="STRIPE_API_URL")
    sendgrid_key: Annotated[
        str | None, Meta(description="With it, SendGrid carries the letters.")
    ] = field(default=None, name="SENDGRID_API_KEY")
    sendgrid_url: Annotated[
        str | None,
        Meta(description="Where SendGrid is asked: a stand-in, or https://api.eu.sendgrid.com."),
    ] = field(default=None, name="SENDGRID_API_URL")
    smtp_url: Annotated[
        str | None,
        Meta(
            description="With it, a mail server carries the letters:"
            " smtp[s]://user:password@host:port (smtp: STARTTLS)."
        ),
    ] = field(default=None, name="SMTP_URL")
    aws_key_id: Annotated[
        str | None, Meta(description="Who we are at the bucket; without, the machine's own role.")
    ] = field(default=None, name="AWS_ACCESS_KEY_ID")
    aws_secret: Annotated[str | None, Meta(description="The secret of that key.")] = field(
        default=None, name="AWS_SECRET_ACCESS_KEY"
    )
    aws_token: Annotated[
        str | None, Meta(description="What belongs to a temporary key besides its secret.")
    ] = field(default=None, name="AWS_SESSION_TOKEN")
    aws_region: Annotated[str, Meta(description="Where the bucket is.")] = field(
        default="us-east-1", name="AWS_REGION"
    )
    aws_bucket: Annotated[
        str | None, Meta(description="With it, pictures are kept in this S3 bucket.")
    ] = field(default=None, name="AWS_BUCKET_NAME")
    s3_bucket: Annotated[str | None, Meta(description="Another name for AWS_BUCKET_NAME.")] = field(
        default=None, name="S3_BUCKET_NAME"
    )
    s3_endpoint: Annotated[
        str | None, Meta(description="A bucket elsewhere that speaks S3; not in production.")
    ] = field(default=None, name="S3_ENDPOINT_URL")
    media_base_url: Annotated[
        str | None,
        Meta(description="Where pictures are publicly served. Without it, signed addresses."),
    ] = field(default=None, name="MEDIA_PUBLIC_BASE_URL")
    token_secret: Annotated[
        str | None,
        Meta(
            description="Signs admins' tokens; at least 32 bytes. Without it, one made for the"
            " data folder. While rotating: new,old."
        ),
    ] = field(default=None, name="ADMIN_JWT_SECRET")
    token_minutes: Annotated[
        int, Meta(ge=1, le=24 * 60, description="How long an admin stays signed in, in minutes.")
    ] = field(default=60, name="ADMIN_ACCESS_TOKEN_EXPIRE_MINUTES")
    api_docs: Annotated[
        Literal["on", "off"], Meta(description="`off` hides the pages that describe the API.")
    ] = field(default="on", name="API_DOCS")
    checkout_limits: Annotated[
        Literal["on", "off"],
        Meta(description="`off` lets one client hold any amount unpaid: for load tests only."),
    ] = field(default="on", name="CHECKOUT_LIMITS")
    checkout_open_orders: Annotated[
        int, Meta(ge=1, description="Most unpaid checkouts of one client address.")
    ] = field(default=10, name="CHECKOUT_OPEN_ORDERS")
    checkout_held_units: Annotated[
        int, Meta(ge=1, description="Most pieces held unpaid for one client address.")
    ] = field(default=200, name="CHECKOUT_HELD_UNITS")
    low_stock_threshold: Annotated[
        int,
        Meta(ge=0, description="A variant of which so many can be sold, or fewer, is low."),
    ] = field(default=5, name="LOW_STOCK_THRESHOLD")
    digest_hour: Annotated[
        int, Meta(ge=0, le=23, description="From this hour of the day letters by the calendar go.")
    ] = field(default=7, name="DIGEST_HOUR")
    low_stock_letter: Annotated[
        Literal["on", "off"],
        Meta(description="Whether the owner is told each morning what is low."),
    ] = field(default="on", name="LOW_STOCK_LETTER")
    weekly_letter: Annotated[
        Literal["on", "off"], Meta(description="Whether she is told each Monday how the week was.")
    ] = field(default="on", name="WEEKLY_LETTER")
    retain_messages: Annotated[
        int, Meta(ge=1, le=36_500, description="Days that visitors' messages are kept.")
    ] = field(default=365, name="RETAIN_MESSAGES_DAYS")
    retain_attempts: Annotated[
        int,
        Meta(
            ge=1,
            le=36_500,
            description="Days that we know who began to buy and did not pay, and from which network"
            " address anybody bought.",
        ),
    ] = field(default=90, name="RETAIN_ATTEMPTS_DAYS")
    retain_notices: Annotated[
        int,
        Meta(ge=45, le=36_500, description="Days that we know what the payment service told us."),
    ] = field(default=180, name="RETAIN_NOTICES_DAYS")
    retain_letters: Annotated[
        int, Meta(ge=1, le=36_500, description="Days that letters stay in the sandbox's mailbox.")
    ] = field(default=90, name="RETAIN_SANDBOX_LETTERS_DAYS")
    database_connections: Annotated[
        int, Meta(ge=2, le=64, description="Database connections of one process, at most.")
    ] = field(default=12, name="DATABASE_CONNECTIONS")
    metrics_port: Annotated[
        Annotated[int, Meta(ge=1, le=65535)] | None,
        Meta(description="With it, /metrics for Prometheus on this port, for nobody else."),
    ] = field(default=None, name="METRICS_PORT")
    otel_endpoint: Annotated[
        str | None,
        Meta(description="With it, requests are reported there as spans (OTLP over HTTP)."),
    ] = field(default=None, name="OTEL_EXPORTER_OTLP_ENDPOINT")
    products_unpaged_max: Annotated[
        int,
        Meta(
            ge=1,
            le=5000,
            description="Products in one answer where nobody sets a limit, a category's too.",
        ),
    ] = field(default=500, name="PRODUCTS_UNPAGED_MAX")
    threads: Annotated[
        int,
        Meta(
            ge=4, le=512, description="Requests of one process that may wait for something at once."
        ),
    ] = field(default=80, name="THREADS")

    @property
    def base_url(self) -> str:
        """Where the world finds this API, without a slash at the end."""
        return self.public_url or f"http://{printable_host(self.host)}:{self.port}"

    @property
    def internal_url(self) -> str:
        """Where this machine finds this API."""
        return f"http://{printable_host(self.host)}:{self.port}"

    @property
    def zone(self) -> ZoneInfo:
        """Where the shop's days begin and end. Raises `BadSettings`."""
        return zone_named(self.time_zone)

    @property
    def delivery_countries(self) -> tuple[str, ...]:
        """Raises `BadSettings`."""
        return countries_in(self.shipping_countries)

    @property
    def delivery_rates(self) -> tuple[DeliveryRate, ...]:
        """Raises `BadSettings`."""
        return rates_in(self.shipping_rates, Currency(self.currency))

    @property
    def production_window(self) -> tuple[int, int]:
        """Raises `BadSettings`."""
        return window_in(self.production_days)

    @property
    def bucket(self) -> str | None:
        """The bucket that pictures are kept in."""
        return self.aws_bucket or self.s3_bucket

    @property
    def stripe_webhook_secrets(self) -> tuple[str, ...]:
        """Those that notices may be signed with."""
        parts = (part.strip() for part in (self.stripe_webhook_secret or "").split(","))
        return tuple(part for part in parts if part)

    @property
    def stripe_is_live(self) -> bool:
        """Whether the key moves real money."""
        return "_live_" in (self.stripe_key or "")

    @property
    def success_url(self) -> str:
        """Where a buyer goes who has paid; the payment service fills in the session's id."""
        site = self.frontend_url
        page = f"{site}/success" if site else f"{self.base_url}/sandbox/thanks"
        return page + "?session_id={CHECKOUT_SESSION_ID}"

    @property
    def cancel_url(self) -> str:
        """Where a buyer goes who has changed her mind."""
        site = self.frontend_url
        return f"{site}/cancel" if site else f"{self.base_url}/sandbox/cancelled"

    @property
    def token_keys(self) -> tuple[str, ...]:
        """The keys for tokens, the signing one first. Raises `BadSettings` for one too short."""
        return token_keys_in(self.token_secret or "")

    @property
    def origins(self) -> frozenset[str]:
        """The origins that may call us from a browser."""
        own = (self.frontend_url, *self.cors_origins.split(","))
        named = {origin_of(url.strip()) for url in own if url and url.strip()}
        return frozenset(named if self.is_production else named | set(VITE))

    @property
    def proxies(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Raises `BadSettings`."""
        return networks_in(self.trusted_proxies)

    @property
    def has_docs(self) -> bool:
        return self.api_docs == "on"

    @property
    def is_production(self) -> bool:
        return self.environment == "production"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`; an empty variable counts as absent.

    Raises `BadSettings`.
    """
    known = {name: environment[name] for name in variables() if environment.get(name)}
    try:
        settings = msgspec.convert(known, Settings, strict=False, dec_hook=_from_text)
    except msgspec.ValidationError as error:
        raise BadSettings(_without_values(str(error))) from None
    check(settings)
    return settings


def variables() -> Mapping[str, tuple[str, object]]:
    """Every variable, with what it is for and its default."""
    hints = get_type_hints(Settings, include_extras=True)
    return {
        item.encode_name: (_description(hints[item.name]), item.default)
        for item in msgspec.structs.fields(Settings)
    }


def _without_values(error: str) -> str:
    """What msgspec says ("Invalid enum value 'x' - at `$.NAME`"), by name and without the value."""
    what, _, place = error.partition(" - at `$.")
    return f"{place.rstrip('`')}: {_QUOTED.sub('', what)}"


def _from_text(kind: type, text: object) -> object:
    """For what msgspec does not know: `kind` is a path."""
    return kind(text)


def _description(hint: object) -> str:
    return next(extra.description or "" for extra in get_args(hint)[1:] if isinstance(extra, Meta))
