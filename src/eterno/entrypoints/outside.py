"""The world outside: which adapter serves each port that leaves the house, and why.

A port whose settings are missing is served by the sandbox. What is chosen follows from the settings
alone, so that it can be told (`eterno config check`) before anything is imported or asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from eterno.application.ports.mail import Mailer
from eterno.application.ports.media import MediaStore
from eterno.application.ports.payments import Payments
from eterno.application.ports.system import Clock
from eterno.entrypoints.settings import Settings

if TYPE_CHECKING:
    from eterno.adapters.sandbox.courier import Courier
    from eterno.adapters.sandbox.database import SandboxDatabase
    from eterno.adapters.sandbox.mailbox import SandboxMailer
    from eterno.adapters.sandbox.media import SandboxMedia
    from eterno.adapters.sandbox.payments import SandboxPayments

WEBHOOK_PATH = "/webhooks/stripe"
WEBHOOK_KEY_FILE = "sandbox-webhook-secret"
"""The file in the sandbox's folder with what its notices are signed with."""
UPLOAD_KEY_FILE = "sandbox-upload-secret"
"""The file in the sandbox's folder with what its upload addresses are signed with."""

Port = Literal["payments", "mail", "media"]


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
    _ = settings  # REPLACE: each port chooses its real adapter when its settings are there
    return (
        Choice(port="payments", adapter="sandbox", why="STRIPE_SECRET_KEY is not set"),
        Choice(port="mail", adapter="sandbox", why="SENDGRID_API_KEY and SMTP_URL are not set"),
        Choice(port="media", adapter="sandbox", why="AWS_BUCKET_NAME is not set"),
    )


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

    def stands_in_for(self, port: Port) -> bool:
        """Whether the sandbox serves this port."""
        return self._chosen[port].is_sandbox

    @property
    def sandbox(self) -> Sandbox:
        """For the pages that show the stand-ins; ask only for those that are in use."""
        return self._sandbox

    @cached_property
    def payments(self) -> Payments:
        return self._sandbox.payments

    @cached_property
    def mailer(self) -> Mailer:
        return self._sandbox.mailbox

    @cached_property
    def media(self) -> MediaStore:
        return self._sandbox.media
