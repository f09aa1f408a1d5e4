"""Nobody makes the shop call an address of theirs (server-side request forgery)."""

from __future__ import annotations

import json
import socket

import pytest

from tests.attacks import test_every_form, test_every_string
from tests.attacks.conftest import Target
from tests.attacks.test_every_form import Insider
from tests.support.signing_in import GOOD


def test_no_address_that_anybody_types_is_called(target: Target) -> None:
    """Typed into every text of the API and of the office, signed in."""
    admin = target.shop.create_admin()("ines", GOOD)
    insider, order = Insider(target, admin.id), target.sell(3)
    with socket.create_server(("127.0.0.1", 0)) as theirs:
        theirs.setblocking(False)
        address = f"http://127.0.0.1:{theirs.getsockname()[1]}/soap.jpg"
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

    shipped = target.client.get(f"/orders/{order}/details", headers=target.admin)
    assert address in json.dumps(shipped.json()), "it was taken, as where a parcel can be followed"
