"""What is counted, and where it can be read."""

from __future__ import annotations

import logging
import re

import httpx
import pytest

from eterno.entrypoints.management import metrics_at
from eterno.entrypoints.metrics import Meters
from tests.builders import put_on_sale
from tests.support.shops import FRONTEND, ShopOverHttp

SAMPLE = re.compile(r'^[a-z_]+(\{([a-z]+="[^"]*",?)+\})? [0-9.]+$')


def told(here: ShopOverHttp) -> dict[str, float]:
    """Every sample that a scraper finds."""
    with metrics_at("127.0.0.1", 0, here.meters, here.shop.shop_pulse()) as server:
        answer = httpx.get(f"http://127.0.0.1:{server.server_address[1]}/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(SAMPLE.fullmatch(line) for line in samples)
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in samples)}


def test_every_request_is_counted_by_method_and_status(here: ShopOverHttp) -> None:
    for path in ("/products", "/products", "/products/999"):
        here.client.get(path)
    here.client.request("BREW", "/products")

    samples = told(here)

    assert samples['eterno_request_seconds_count{method="GET",status="200"}'] == 2
    assert samples['eterno_request_seconds_count{method="GET",status="404"}'] == 1
    assert samples['eterno_request_seconds_count{method="OTHER",status="405"}'] == 1
    assert samples['eterno_request_seconds_bucket{method="GET",status="200",le="+Inf"}'] == 2


def test_a_browser_that_asks_beforehand_is_counted_and_logged(
    here: ShopOverHttp, caplog: pytest.LogCaptureFixture
) -> None:
    asked = {"Origin": FRONTEND, "Access-Control-Request-Method": "POST"}
    with caplog.at_level(logging.INFO, "eterno.access"):
        here.client.options("/orders/ada@example.org", headers=asked)

    [record] = [record for record in caplog.records if record.name == "eterno.access"]
    facts = record.__dict__["facts"]
    assert (facts["method"], facts["path"], facts["status"]) == ("OPTIONS", "-", 204)
    assert told(here)['eterno_request_seconds_count{method="OPTIONS",status="204"}'] == 1


def test_sales_are_counted_held_refused_and_paid(here: ShopOverHttp) -> None:
    soap = put_on_sale(here.store, pieces=3)
    page = here.check_out((soap.id, 2, 8.99)).json()["url"]
    here.check_out((soap.id, 2, 8.99))
    here.notify(here.payments.pay(here.payments.session_at(page)))
    here.check_out((soap.id, 1, 8.99))

    samples = told(here)

    assert samples['eterno_checkouts_total{outcome="held"}'] == 2
    assert samples['eterno_refusals_total{code="out_of_stock"}'] == 1
    assert samples['eterno_notices_total{outcome="paid"}'] == 1
    assert samples["eterno_notice_lag_seconds_count"] == 1
    assert samples["eterno_held_units"] == 1
    assert samples["eterno_orders_awaiting_payment"] == 1
    assert samples["eterno_outbox_due"] == 2


def test_a_silent_database_is_told_and_not_covered_up(here: ShopOverHttp) -> None:
    here.store.silent = True

    samples = told(here)

    assert samples["eterno_database_answers"] == 0
    assert "eterno_outbox_due" not in samples


def test_visitors_find_no_metrics(here: ShopOverHttp) -> None:
    assert here.client.get("/metrics").status_code == 404


def test_the_side_door_shows_nothing_else(here: ShopOverHttp) -> None:
    with metrics_at("127.0.0.1", 0, Meters(), here.shop.shop_pulse()) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}/products"
        assert httpx.get(url).status_code == 404


def test_the_trace_that_a_request_belongs_to_is_in_the_log(
    here: ShopOverHttp, caplog: pytest.LogCaptureFixture
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    with caplog.at_level("INFO", "eterno.access"):
        here.client.get("/products", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        here.client.get("/products", headers={"traceparent": "00-nonsense"})

    first, second = (
        record.__dict__["facts"] for record in caplog.records if record.name == "eterno.access"
    )
    assert first["trace"] == trace
    assert "trace" not in second
