"""Notices of the payment service that say something else."""

from __future__ import annotations

from dataclasses import replace

from eterno.application.ports.payments import PaymentNotice


def altered(notice: PaymentNotice, **changes: object) -> PaymentNotice:
    """The same notice with a report that says something else."""
    assert notice.report is not None
    return replace(notice, report=replace(notice.report, **changes))  # type: ignore[arg-type]
