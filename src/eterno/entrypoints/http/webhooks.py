"""What the payment service tells us."""

from __future__ import annotations

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
from eterno.entrypoints.outside import WEBHOOK_PATH


class HeardOut(Struct, frozen=True):
    """What came of a notice."""

    outcome: Outcome


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
    body: RawBody, settle_payment: Given[SettlePayment], signature: Signature = ""
) -> HeardOut:
    """Believe a notice if its signature is genuine, and let it have its effect once.

    Anything but a forged one is answered with 200, whatever came of it: Stripe repeats what is
    refused, for days.
    """
    return HeardOut(settle_payment(body, signature))
