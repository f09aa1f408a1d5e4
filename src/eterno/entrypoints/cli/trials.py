"""Trying the services that the settings choose, without changing anything there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eterno.application.ports.payments import PaymentsUnavailable
from eterno.entrypoints.advice import mail_advice, media_advice
from eterno.entrypoints.outside import Examined, Outside, Port
from eterno.entrypoints.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of trying a port, or what is worth saying about it."""

    port: Port
    says: str
    is_well: bool = True


def tried(outside: Outside, settings: Settings) -> Sequence[Finding]:
    """A line or more for every service that was asked. Stand-ins are not: they are always there."""
    return (
        *_stripe(outside, settings),
        *_examined("mail", outside, outside.mailer, mail_advice(settings)),
        *_examined("media", outside, outside.media, media_advice(settings)),
    )


def _examined(
    port: Port, outside: Outside, adapter: object, advice: Sequence[str]
) -> Iterator[Finding]:
    if not isinstance(adapter, Examined):
        return
    complaints = adapter.complaints()
    if not complaints:
        yield Finding(port=port, says=f"{outside.choice(port).adapter} answers")
    for complaint in complaints:
        yield Finding(port=port, says=complaint, is_well=False)
    for remark in advice:
        yield Finding(port=port, says=f"warning: {remark}")


def _stripe(outside: Outside, settings: Settings) -> Iterator[Finding]:
    if outside.stands_in_for("payments"):
        return
    live = settings.stripe_is_live
    try:
        refused = outside.stripe.refusals()
    except PaymentsUnavailable:
        problem = "Stripe does not answer, or does not take the key; its log or ours says more"
        yield Finding(port="payments", says=problem, is_well=False)
    else:
        mode = "live" if live else "test"
        yield Finding(port="payments", says=f"Stripe answers, in {mode} mode")
        for what in refused:
            yield Finding(
                port="payments",
                says=f"the key may not {what}, which the shop needs",
                is_well=False,
            )
    if live and not settings.is_production:
        yield Finding(port="payments", says="warning: a live key outside production")
