"""Leave to bring a picture, and which pictures there are."""

from __future__ import annotations

import re
from typing import Any

import pytest

from eterno.domain.media import LARGEST
from tests.builders import add_product, put_on_sale
from tests.support.pictures import JPEG
from tests.support.shops import FRONTEND, ShopOverHttp

UPLOAD = "/upload/presigned-url"
OAT = {"fileName": "Oat & Honey.JPG", "contentType": "image/jpeg"}


@pytest.fixture
def rosa(here: ShopOverHttp) -> dict[str, str]:
    """What her browser sends along."""
    return here.sign_in()


def ask(here: ShopOverHttp, headers: dict[str, str], **changes: Any) -> Any:
    return here.client.post(UPLOAD, json={**OAT, **changes}, headers=headers)


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_admin_gets_an_address_and_the_key_of_what_she_will_bring(
    here: ShopOverHttp, rosa: dict[str, str], slash: str
) -> None:
    answer = here.client.post(
        UPLOAD + slash, json=OAT, headers={**rosa, "Origin": FRONTEND}, follow_redirects=False
    )

    assert answer.status_code == 200
    assert set(answer.json()) == {"uploadUrl", "key"}
    assert re.fullmatch(r"products/[0-9a-f-]{36}-oat-honey\.jpg", answer.json()["key"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert here.media.receive(answer.json()["uploadUrl"], "image/jpeg", JPEG)
    assert list(here.media.pictures) == [answer.json()["key"]]


def test_a_size_may_be_announced(here: ShopOverHttp, rosa: dict[str, str]) -> None:
    url = ask(here, rosa, size=len(JPEG)).json()["uploadUrl"]

    assert not here.media.receive(url, "image/jpeg", JPEG + b"x")
    assert here.media.receive(url, "image/jpeg", JPEG)


def test_the_file_name_ends_up_in_the_key_in_safe_letters(
    here: ShopOverHttp, rosa: dict[str, str]
) -> None:
    key = ask(here, rosa, fileName='../../"><svg onload=x>\u00fc.html').json()["key"]

    assert re.fullmatch(r"products/[0-9a-f-]{36}-svg-onload-x-u\.jpg", key)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contentType": "image/svg+xml"}, "contentType"),
        ({"contentType": "text/html"}, "contentType"),
        ({"contentType": "image/jpeg\r\nX-Evil: 1"}, "contentType"),
        ({"contentType": ""}, "contentType"),
        ({"contentType": None}, "contentType"),
        ({"size": LARGEST + 1}, "size"),
        ({"size": 0}, "size"),
        ({"size": -1}, "size"),
        ({"size": 10**30}, "size"),
        ({"size": "100"}, "size"),
        ({"size": 1.5}, "size"),
        ({"fileName": ""}, "fileName"),
        ({"fileName": "a\0.jpg"}, "fileName"),
        ({"fileName": "a\r\n.jpg"}, "fileName"),
        ({"fileName": "x" * 300}, "fileName"),
        ({"fileName": 7}, "fileName"),
        ({"bucket": "mine"}, "bucket"),
    ],
)
def test_what_cannot_be_right_is_named(
    here: ShopOverHttp, rosa: dict[str, str], changes: dict[str, Any], field: str
) -> None:
    answer = ask(here, rosa, **changes)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field
    assert not here.store.tables.uploads


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}])
def test_a_stranger_gets_no_address_whatever_she_sends(
    here: ShopOverHttp, headers: dict[str, str]
) -> None:
    assert ask(here, headers).status_code == 401
    assert here.client.post(UPLOAD, content=b"{", headers=headers).status_code == 401
    assert not here.store.tables.uploads


# Which there are


@pytest.fixture
def soaps(here: ShopOverHttp) -> None:
    """Two pictures that are shown, one that was shown, and one that never was."""
    oat = add_product(here.store, img_key="products/b.jpg")
    put_on_sale(here.store, oat, img_key="products/a.jpg")
    add_product(here.store, img_key="products/old.jpg", archived=True)
    for name in ("a", "b", "old", "new"):
        here.media.put(f"products/{name}.jpg", JPEG)
    here.media.put("secrets/key.jpg", JPEG)


def keys(here: ShopOverHttp, query: str = "", headers: dict[str, str] | None = None) -> Any:
    answer = here.client.get(f"/images/keys{query}", headers=headers or {})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("authorization", [None, "Bearer stale", "Bearer", "Basic cm9zYTp4", ""])
def test_a_visitor_sees_the_keys_of_what_is_shown(
    here: ShopOverHttp, soaps: None, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}

    assert keys(here, headers=headers) == ["products/a.jpg", "products/b.jpg"]


def test_an_admin_sees_all_keys_of_pictures(
    here: ShopOverHttp, soaps: None, rosa: dict[str, str]
) -> None:
    assert keys(here, headers=rosa) == [
        "products/a.jpg",
        "products/b.jpg",
        "products/new.jpg",
        "products/old.jpg",
    ]


def test_the_list_can_be_narrowed_and_cut(
    here: ShopOverHttp, soaps: None, rosa: dict[str, str]
) -> None:
    assert keys(here, "?prefix=products/a") == ["products/a.jpg"]
    assert keys(here, "?limit=1") == ["products/a.jpg"]
    assert keys(here, "?prefix=products/n&limit=1000", rosa) == ["products/new.jpg"]
    assert keys(here, "/?prefix=products/&limit=2", rosa) == ["products/a.jpg", "products/b.jpg"]


@pytest.mark.parametrize(
    "prefix",
    ["secrets/", "secrets/key", "/", "../", "products/../secrets", "%00", "%ff", "%25", "x"],
)
def test_nothing_outside_can_be_listed(
    here: ShopOverHttp, soaps: None, rosa: dict[str, str], prefix: str
) -> None:
    assert keys(here, f"?prefix={prefix}") == []
    assert keys(here, f"?prefix={prefix}", rosa) == []


@pytest.mark.parametrize("prefix", ["", "p", "products"])
def test_a_prefix_that_is_too_short_lists_pictures_only(
    here: ShopOverHttp, soaps: None, rosa: dict[str, str], prefix: str
) -> None:
    assert len(keys(here, f"?prefix={prefix}", rosa)) == 4


@pytest.mark.parametrize(
    "limit", ["0", "-1", "1001", "9" * 30, "x", "", "1.5", "1_0", "%D9%A3", "NaN"]
)
def test_a_limit_is_1_to_1000(here: ShopOverHttp, limit: str) -> None:
    answer = here.client.get(f"/images/keys?limit={limit}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "limit"


def test_what_an_admin_sees_is_not_kept_for_others(here: ShopOverHttp) -> None:
    answer = here.client.get("/images/keys")

    assert answer.headers["Cache-Control"] == "no-store"
    assert "Authorization" in answer.headers["Vary"]


def test_a_visitor_does_not_depend_on_the_picture_store(here: ShopOverHttp, soaps: None) -> None:
    here.media.silent = True

    assert len(keys(here)) == 2


def test_for_an_admin_a_silent_picture_store_is_503(
    here: ShopOverHttp, rosa: dict[str, str]
) -> None:
    here.media.silent = True
    answer = here.client.get("/images/keys", headers=rosa)

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
