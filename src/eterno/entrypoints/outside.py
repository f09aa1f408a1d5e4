"""The world outside: which adapter serves each port that leaves the house, and why.

A port whose settings are missing is served by the sandbox. What is chosen follows from the settings
alone, so that it can be told (`eterno config check`) before anything is imported or asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol, get_args, runtime_checkable

from eterno.application.ports.mail import Mailer
from eterno.application.ports.media import MediaStore
from eterno.application.ports.payments import Payments
from eterno.application.ports.system import Clock
from eterno.entrypoints.settings import Settings
from eterno.entrypoints.smtp_url import smtp_server

if TYPE_CHECKING:
    from eterno.adapters.sandbox.courier import Courier
    from eterno.adapters.sandbox.database import SandboxDatabase
    from eterno.adapters.sandbox.mailbox import SandboxMailer
    from eterno.adapters.sandbox.media import SandboxMedia
    from eterno.adapters.sandbox.payments import SandboxPayments
    from eterno.adapters.stripe.payments import StripePayments

WEBHOOK_PATH = "/webhooks/stripe"
WEBHOOK_KEY_FILE = "sandbox-webhook-secret"
"""The file in the sandbox's folder with what its notices are signed with."""
UPLOAD_KEY_FILE = "sandbox-upload-secret"
"""The file in the sandbox's folder with what its upload addresses are signed with."""

Port = Literal["payments", "mail", "media"]
PORTS: tuple[Port, ...] = get_args(Port)


@runtime_checkable
class Examined(Protocol):
    """An adapter that can tell whether it works."""

    def complaints(self) -> Sequence[str]:
        """Ask the service something harmless: what is wrong, a sentence each; none when all is
        well. Nothing is changed, and nobody notices."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which adapter serves a port, and the setting that decided it."""

    port: Port
    adapter: str
    why: str

    @property
    def is_sandbox(self) -> bool:
        return self.adapter == "sandbox"


def choices(settings: Settings) -> tuple[Choice, ...]:
    """What the settings choose for every port that leaves the house."""
    return (
        _for_payments(settings),
        _for_mail(settings),
        _for_media(settings),
    )


def _for_payments(settings: Settings) -> Choice:
    if settings.stripe_key:
        return Choice(port="payments", adapter="stripe", why="STRIPE_SECRET_KEY is set")
    return Choice(port="payments", adapter="sandbox", why="STRIPE_SECRET_KEY is not set")


def _for_mail(settings: Settings) -> Choice:
    if settings.sendgrid_key:
        return Choice(port="mail", adapter="sendgrid", why="SENDGRID_API_KEY is set")
    if settings.smtp_url:
        return Choice(port="mail", adapter="smtp", why="SMTP_URL is set")
    why = "SENDGRID_API_KEY and SMTP_URL are not set"
    return Choice(port="mail", adapter="sandbox", why=why)


def _for_media(settings: Settings) -> Choice:
    if settings.bucket:
        return Choice(port="media", adapter="s3", why="AWS_BUCKET_NAME is set")
    return Choice(port="media", adapter="sandbox", why="AWS_BUCKET_NAME is not set")


class Sandbox:
    """The stand-ins, each made when it is first asked for."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._folder = settings.data_dir / "sandbox"

    @cached_property
    def payments(self) -> SandboxPayments:
        from eterno.adapters.sandbox.objects import Venue
        from eterno.adapters.sandbox.payments import SandboxPayments
        from eterno.adapters.sandbox.shipping import ShippingOffer

        settings = self._settings
        venue = Venue(
            shop=settings.shop_name,
            base_url=settings.base_url,
            success_url=settings.success_url,
            cancel_url=settings.cancel_url,
            shipping=[
                ShippingOffer(rate.name, rate.amount, rate.days) for rate in settings.delivery_rates
            ],
            countries=settings.delivery_countries,
        )
        return SandboxPayments(
            self._database, venue=venue, webhook_secret=self._secret, clock=self._clock
        )

    @cached_property
    def courier(self) -> Courier:
        from eterno.adapters.sandbox.courier import Courier, WebhookPost

        post = WebhookPost(self._settings.internal_url + WEBHOOK_PATH)
        return Courier(self._database, post, webhook_secret=self._secret, clock=self._clock)

    @cached_property
    def mailbox(self) -> SandboxMailer:
        from eterno.adapters.sandbox.mailbox import SandboxMailer

        return SandboxMailer(self._database, sender=self._settings.from_email, clock=self._clock)

    @cached_property
    def media(self) -> SandboxMedia:
        from eterno.adapters.sandbox.media import SandboxMedia
        from eterno.adapters.sandbox.permits import Permits
        from eterno.adapters.system.secret_file import secret_in

        permits = Permits(secret_in(self._folder / UPLOAD_KEY_FILE), self._clock)
        return SandboxMedia(self._folder / "media", self._settings.base_url, permits)

    @cached_property
    def _database(self) -> SandboxDatabase:
        from eterno.adapters.sandbox.database import SandboxDatabase

        return SandboxDatabase(self._folder / "sandbox.db")

    @cached_property
    def _secret(self) -> str:
        from eterno.adapters.system.secret_file import secret_in

        return secret_in(self._folder / WEBHOOK_KEY_FILE, prefix="whsec_")


class Outside:
    """The adapters that the settings choose."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._chosen = {choice.port: choice for choice in choices(settings)}
        self._sandbox = Sandbox(settings, clock)

    def choice(self, port: Port) -> Choice:
        """Which adapter serves this port, and why."""
        return self._chosen[port]

    def stands_in_for(self, port: Port) -> bool:
        """Whether the sandbox serves this port."""
        return self._chosen[port].is_sandbox

    @property
    def stand_ins(self) -> frozenset[Port]:
        """The ports that the sandbox serves."""
        return frozenset(port for port in PORTS if self.stands_in_for(port))

    @property
    def sandbox(self) -> Sandbox:
        """For the pages that show the stand-ins; ask only for those that are in use."""
        return self._sandbox

    @cached_property
    def payments(self) -> Payments:
        return self._sandbox.payments if self.stands_in_for("payments") else self.stripe

    @cached_property
    def stripe(self) -> StripePayments:
        """Ask only where it was chosen."""
        from eterno.adapters.stripe.parameters import Delivery, Venue
        from eterno.adapters.stripe.payments import StripePayments

        settings = self._settings
        venue = Venue(
            success_url=settings.success_url,
            cancel_url=settings.cancel_url,
            deliveries=[
                Delivery(name=rate.name, amount=rate.amount, days=rate.days)
                for rate in settings.delivery_rates
            ],
            countries=settings.delivery_countries,
            promotion_codes=settings.promotion_codes == "on",
            automatic_tax=settings.automatic_tax == "on",
        )
        return StripePayments(
            settings.stripe_key or "",
            webhook_secrets=settings.stripe_webhook_secrets,
            venue=venue,
            clock=self._clock,
            base_address=settings.stripe_url,
        )

    @cached_property
    def mailer(self) -> Mailer:
        match self._chosen["mail"].adapter:
            case "sendgrid":
                return self._sendgrid()
            case "smtp":
                return self._smtp()
        return self._sandbox.mailbox

    @cached_property
    def media(self) -> MediaStore:
        return self._s3() if self._chosen["media"].adapter == "s3" else self._sandbox.media

    def _sendgrid(self) -> Mailer:
        from eterno.adapters.sendgrid.mailer import HOST, SendGridMailer

        settings = self._settings
        return SendGridMailer(
            settings.sendgrid_key or "",
            sender=settings.from_email,
            name=settings.shop_name,
            host=settings.sendgrid_url or HOST,
        )

    def _smtp(self) -> Mailer:
        from eterno.adapters.smtp.mailer import SmtpMailer

        settings = self._settings
        server = smtp_server(settings.smtp_url or "")
        return SmtpMailer(
            server.host,
            server.port,
            protection=server.protection,
            user=server.user,
            password=server.password,
            sender=settings.from_email,
            name=settings.shop_name,
            clock=self._clock,
        )

    def _s3(self) -> MediaStore:
        from eterno.adapters.s3.bucket import Bucket
        from eterno.adapters.s3.media import S3Media

        settings = self._settings
        bucket = Bucket(
            settings.bucket or "",
            region=settings.aws_region,
            key_id=settings.aws_key_id,
            secret=settings.aws_secret,
            token=settings.aws_token,
            endpoint=settings.s3_endpoint,
        )
        return S3Media(bucket, clock=self._clock, public_url=settings.media_base_url)
