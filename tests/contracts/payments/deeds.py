"""Reading what the payment service has told."""

from __future__ import annotations

from eterno.application.ports.payments import SessionReport
from tests.contracts.tills import Till


def the_report(till: Till) -> SessionReport:
    """That of the only notice in the post."""
    (report,) = reports(till)
    return report


def reports(till: Till) -> list[SessionReport]:
    read = [till.payments.read_notice(*sealed).report for sealed in till.post()]
    return [report for report in read if report is not None]
