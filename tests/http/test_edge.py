"""What every answer carries, and who may read it from a browser."""

import logging

import pytest

from tests.support.shops import FRONTEND, ShopOverHttp, shop_over_http

ANYTHING = ["/products", "/nope", "/products/0", "/products/7"]


@pytest.mark.parametrize("path", ANYTHING)
def test_every_answer_carries_the_security_headers(here: ShopOverHttp, path: str) -> None:
    headers = here.client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
    assert "strict-transport-security" not in headers


def test_production_insists_on_https() -> None:
    with shop_over_http(ETERNO_ENV="production") as shop:
        assert "max-age" in shop.client.get("/products").headers["strict-transport-security"]


@pytest.mark.parametrize("path", ANYTHING)
def test_the_shop_front_may_read_every_answer(here: ShopOverHttp, path: str) -> None:
    headers = here.client.get(path, headers={"Origin": FRONTEND}).headers
    assert headers["access-control-allow-origin"] == FRONTEND
    assert "access-control-allow-credentials" not in headers
    assert "Origin" in headers["vary"]


def test_a_foreign_page_may_not_read_anything(here: ShopOverHttp) -> None:
    headers = here.client.get("/products", headers={"Origin": "https://evil.example"}).headers
    assert "access-control-allow-origin" not in headers
    assert "Origin" in headers["vary"]


@pytest.mark.parametrize("path", ["/products", "/products/", "/api/checkout", "/products/1"])
def test_a_preflight_is_answered_without_token_or_redirect(here: ShopOverHttp, path: str) -> None:
    answer = here.client.options(
        path,
        headers={
            "Origin": FRONTEND,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
        follow_redirects=False,
    )
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == FRONTEND
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        assert method in answer.headers["access-control-allow-methods"]
    for header in ("authorization", "content-type"):
        assert header in answer.headers["access-control-allow-headers"]


def test_a_foreign_preflight_allows_nothing(here: ShopOverHttp) -> None:
    answer = here.client.options(
        "/products",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert not [name for name in answer.headers if name.startswith("access-control-allow")]


def test_a_development_server_of_the_shop_front_may_call_but_not_in_production() -> None:
    vite = {"Origin": "http://localhost:5173"}
    with shop_over_http() as shop:
        answer = shop.client.get("/products", headers=vite)
        assert answer.headers["access-control-allow-origin"] == vite["Origin"]
    with shop_over_http(ETERNO_ENV="production") as shop:
        answer = shop.client.get("/products", headers=vite)
        assert "access-control-allow-origin" not in answer.headers


def test_every_answer_names_its_request(here: ShopOverHttp) -> None:
    first, second = (here.client.get("/products").headers["x-request-id"] for _ in range(2))
    assert first != second
    sent = here.client.get("/products", headers={"X-Request-Id": "from-the-proxy-1"})
    assert sent.headers["x-request-id"] == "from-the-proxy-1"
    odd = here.client.get("/products", headers={"X-Request-Id": "a b\\n"})
    assert odd.headers["x-request-id"] != "a b\\n"


def test_the_log_tells_method_path_status_and_time_and_no_more(
    here: ShopOverHttp, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "eterno.access"):
        here.client.get("/products?q=ada@example.org", headers={"Authorization": "Bearer secret"})
    [record] = [record for record in caplog.records if record.name == "eterno.access"]
    facts = record.__dict__["facts"]
    assert set(facts) == {"request", "method", "path", "status", "ms"}
    assert (facts["method"], facts["path"], facts["status"]) == ("GET", "/products", 200)


def test_a_bug_is_500_and_tells_nothing(
    here: ShopOverHttp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(here.shop.shop_window(), "glance", broken)
    answer = here.client.get("/", headers={"Origin": FRONTEND})
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == FRONTEND
    assert answer.headers["x-request-id"] in caplog.text


def test_a_wrong_method_says_which_are_right(here: ShopOverHttp) -> None:
    answer = here.client.delete("/products")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_address_is_a_problem_document(here: ShopOverHttp) -> None:
    answer = here.client.get("/nope")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) >= {"type", "title", "status", "detail"}


def test_the_process_says_that_it_is_alive_and_ready(here: ShopOverHttp) -> None:
    assert here.client.get("/health/live").json() == {"status": "alive"}
    assert here.client.get("/health/ready").json() == {"status": "ready"}


@pytest.mark.parametrize("path", [*ANYTHING, "/health/live", "/openapi.json"])
def test_whatever_can_be_had_can_be_asked_about(here: ShopOverHttp, path: str) -> None:
    whole, head = here.client.get(path), here.client.head(path)
    assert head.status_code == whole.status_code
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole.content))
