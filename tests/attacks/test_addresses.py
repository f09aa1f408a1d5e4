"""Nobody makes the shop call an address of theirs (server-side request forgery)."""

from __future__ import annotations

import socket

import pytest

from tests.attacks import test_every_form, test_every_string
from tests.attacks.conftest import Target
from tests.attacks.test_every_form import Insider
from tests.support.signing_in import GOOD


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_address_that_anybody_types_is_called(target: Target, scheme: str) -> None:
    """Typed into every text of the API and of the office, signed in."""
    admin = target.shop.create_admin()(f"ines-{scheme}", GOOD)
    insider, order = Insider(target, admin.id), target.sell(test_every_form.PIECES)
    with socket.create_server(("127.0.0.1", 0)) as theirs:
        theirs.setblocking(False)
        address = f"{scheme}://127.0.0.1:{theirs.getsockname()[1]}/soap.jpg"
        for method, path, request in test_every_string.attempts(target, address):
            headers = {**target.admin, "Content-Type": "application/json"}
            headers |= request.get("headers", {})
            target.client.request(method, path, headers=headers, content=request.get("content"))
        for attempt in test_every_form.attempts(target, address, order):
            insider.ask(attempt)
        while target.shop.deliver_outbox()():
            pass

        with pytest.raises(BlockingIOError):  # as long as nobody has called
            theirs.accept()

    parcels = target.shop.order_desk().find(order).parcels
    assert scheme == "http" or address in [parcel.link for parcel in parcels], "it was taken"
