"""What the payment service tells us."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Annotated

from litestar import post
from litestar.params import FromHeader, HeaderParameter, RawBody
from msgspec import Struct

from eterno.application.checkout.hear import Outcome
from eterno.application.checkout.settle_payment import SettlePayment
from eterno.application.ports.payments import ForgedNotice
from eterno.entrypoints.http.bodies import MOST_NOTICE_BYTES
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.guards import PUBLIC
from eterno.entrypoints.http.refusals import refuses
from eterno.entrypoints.metrics import Meters
from eterno.entrypoints.outside import WEBHOOK_PATH

_SENT = re.compile(r"\bt=(\d{1,12})")


class HeardOut(Struct, frozen=True):
    """What came of a notice."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class NoticeDesk:
    """What a notice needs of the house, in one piece, for the reason that `Till` has."""

    settle_payment: SettlePayment
    meters: Meters


Signature = FromHeader[
    Annotated[str, HeaderParameter(name="Stripe-Signature", description="`t=…,v1=…`")]
]


@post(
    WEBHOOK_PATH,
    status_code=200,
    summary="Payment notice",
    tags=["Payment service"],
    request_max_body_size=MOST_NOTICE_BYTES,
    sync_to_thread=True,
    opt=PUBLIC | refuses(ForgedNotice),
)
def hear_notice(
    body: RawBody, notice_desk: Given[NoticeDesk], signature: Signature = ""
) -> HeardOut:
    """Believe a notice if its signature is genuine, and let it have its effect once.

    Anything but a forged one is answered with 200, whatever came of it: Stripe repeats what is
    refused, for days.
    """
    outcome = notice_desk.settle_payment(body, signature)
    notice_desk.meters.heard(outcome, lag=time.time() - _sent_at(signature))
    return HeardOut(outcome)


def _sent_at(signature: str) -> float:
    """When the payment service signed it, which it does anew for each try."""
    found = _SENT.search(signature)
    return float(found[1]) if found else time.time()
