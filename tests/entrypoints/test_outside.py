"""Which adapter serves what leaves the house."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from eterno.adapters.stripe.payments import StripePayments
from eterno.entrypoints.container import live
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.outside import choices
from eterno.entrypoints.settings import read_settings
from eterno.entrypoints.worker import jobs_of
from tests.support.stripe_stand_in import SECRET, TEST_KEY

WITH_STRIPE = {"STRIPE_SECRET_KEY": TEST_KEY, "STRIPE_WEBHOOK_SECRET": SECRET}


def chosen(**environment: str) -> dict[str, tuple[str, str]]:
    return {c.port: (c.adapter, c.why) for c in choices(read_settings(environment))}


def test_without_a_key_the_sandbox_takes_payments() -> None:
    assert chosen()["payments"] == ("sandbox", "STRIPE_SECRET_KEY is not set")


def test_with_a_key_stripe_takes_payments() -> None:
    assert chosen(**WITH_STRIPE)["payments"] == ("stripe", "STRIPE_SECRET_KEY is set")


@pytest.mark.parametrize("environment", [{}, WITH_STRIPE], ids=["sandbox", "stripe"])
def test_stripes_sdk_is_imported_only_when_it_is_used(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """It costs half a second, and more memory than the rest of the shop."""
    program = """
import sys
from eterno.entrypoints.cli import main, configuration, serving
from eterno.entrypoints.container import in_memory, live
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.settings import read_settings

environment = {**dict(word.split("=") for word in sys.argv[1:]), "DATABASE_CONNECTIONS": "2"}
with live(read_settings(environment), "postgresql://nobody@127.0.0.1:1/nothing"):
    print("stripe" in sys.modules)
"""
    words = [f"{name}={value}" for name, value in environment.items()]
    words.append(f"ETERNO_DATA_DIR={tmp_path}")
    said = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == str(bool(environment))


@pytest.fixture
def client(database_uri: str, tmp_path: Path) -> Iterator[TestClient[Any]]:
    """A shop whose payments go to Stripe, and everything else to the sandbox."""
    settings = read_settings({"ETERNO_DATA_DIR": str(tmp_path), **WITH_STRIPE})
    with live(settings, database_uri) as shop:
        assert isinstance(shop.payments(), StripePayments)
        assert "sandbox post" not in [job.name for job in jobs_of(shop)]
        with TestClient(create_app(shop), raise_server_exceptions=False) as client:
            yield client


def test_where_stripe_takes_payments_the_sandbox_has_no_page_for_them(
    client: TestClient[Any],
) -> None:
    assert client.get("/sandbox/pay/cs_test_1").status_code == 404
    assert client.post("/sandbox/pay/cs_test_1").status_code == 404
    assert client.post("/sandbox/pay/cs_test_1/expire").status_code == 404
    assert client.get("/sandbox/mail").status_code == 200


def test_where_stripe_takes_payments_nobody_is_told_that_no_money_moves(
    client: TestClient[Any],
) -> None:
    for path in ("/", "/sandbox/mail", "/sandbox/thanks", "/sandbox/cancelled"):
        assert "no money moves" not in client.get(path).text


def test_a_buyer_still_has_somewhere_to_return_to(client: TestClient[Any]) -> None:
    assert "Thank you" in client.get("/sandbox/thanks?session_id=cs_test_1").text
    assert client.get("/sandbox/cancelled").status_code == 200
