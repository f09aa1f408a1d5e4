"""The office's door: who gets in, what her browser keeps, and which forms count."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.office import Office
from tests.support.shops import ShopOverHttp, shop_over_http
from tests.support.signing_in import GOOD


@pytest.fixture
def office(here: ShopOverHttp) -> Office:
    """At the door of a shop that Rosa looks after."""
    here.shop.create_admin()("rosa", GOOD)
    return Office(here.client)


@pytest.fixture
def https() -> Iterator[Office]:
    """The same where the shop is served by https."""
    with shop_over_http(PUBLIC_URL="https://api.shop.example") as shop:
        shop.shop.create_admin()("rosa", GOOD)
        yield Office(shop.client)


# In and out


def test_name_and_password_open_the_office(office: Office) -> None:
    assert office.get("/office").headers["location"] == "/office/sign-in?next=%2Foffice"

    answer = office.enter()

    assert (answer.status_code, answer.headers["location"]) == (303, "/office")
    page = office.get("/office")
    assert page.status_code == 200
    assert "rosa" in page.text


def test_whoever_was_on_her_way_somewhere_gets_there(office: Office) -> None:
    led = office.get("/office/orders?state=paid&text=a%26b").headers["location"]
    assert led == "/office/sign-in?next=%2Foffice%2Forders%3Fstate%3Dpaid%26text%3Da%2526b"
    assert 'value="/office/orders?state=paid&amp;text=a%26b"' in office.get(led).text

    answer = office.enter(next="/office/orders?state=paid&text=a%26b")

    assert answer.headers["location"] == "/office/orders?state=paid&text=a%26b"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example/office/",
        "/officer",
        "/products",
        "/office/\r\nSet-Cookie: a=b",
        "/office/\N{SNOWMAN}",
        "/office/" + "x" * 600,
        "javascript:alert(1)",
    ],
)
def test_nobody_is_led_out_of_the_office(office: Office, elsewhere: str) -> None:
    assert office.enter(next=elsewhere).headers["location"] == "/office"


@pytest.mark.parametrize(("name", "password"), [("rosa", "wrong"), ("nobody", GOOD), ("", "")])
def test_a_wrong_word_does_not_open_it_and_does_not_say_which(
    office: Office, name: str, password: str
) -> None:
    answer = office.enter(name, password)

    assert answer.status_code == 401
    assert "Invalid credentials" in answer.text
    assert "office=" not in answer.headers["set-cookie"]
    if password:
        assert password not in answer.text


def test_guessing_is_limited_as_everywhere_else(office: Office) -> None:
    answers = [office.enter(password=f"guess {n}") for n in range(11)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert office.enter().status_code == 429


def test_after_signing_out_the_browser_has_forgotten_her(office: Office) -> None:
    office.enter()

    answer = office.post("/office/sign-out")

    assert answer.headers["location"] == "/office/sign-in?said=left"
    assert "signed out" in office.get(answer.headers["location"]).text
    assert office.get("/office").status_code == 303


def test_a_new_password_or_a_dismissal_closes_the_office_at_once(
    here: ShopOverHttp, office: Office
) -> None:
    office.enter()
    here.shop.reset_password()("rosa", "another good one")
    assert office.get("/office").status_code == 303

    office.enter(password="another good one")
    here.shop.create_admin()("ada", GOOD)
    here.shop.disable_admin()(None, "rosa")
    assert office.get("/office").status_code == 303


# Cookies


def test_the_session_is_hers_alone(office: Office) -> None:
    cookie = office.enter().headers["set-cookie"].lower()

    assert cookie.startswith("office=")
    for part in ("httponly", "samesite=strict", "path=/", "max-age=3600"):
        assert part in cookie
    assert "domain" not in cookie


def test_where_there_is_https_cookies_go_by_no_other_way(https: Office) -> None:
    https.client.base_url = "https://api.shop.example"
    knock = https.get("/office/sign-in").headers["set-cookie"]
    cookie = https.enter().headers["set-cookie"]

    assert knock.startswith("__Host-office-door=")
    assert cookie.startswith("__Host-office=")
    assert "Secure" in knock
    assert "Secure" in cookie


def test_the_api_knows_no_cookie(here: ShopOverHttp, office: Office) -> None:
    office.enter()
    assert office.get("/office").status_code == 200

    assert here.client.get("/admins").status_code == 401
    assert here.client.delete("/admins/rosa").status_code == 401


# Forms


def test_a_form_from_elsewhere_does_not_count(here: ShopOverHttp, office: Office) -> None:
    office.enter()

    for key in ("", "0" * 64, "\N{SNOWMAN}"):
        office.form_key = key
        answer = office.post("/office/catalogue/categories", name="Gifts")
        assert answer.status_code == 403
        assert "no longer valid" in answer.text
    assert here.store.tables.categories == {}


def test_a_form_key_is_good_for_one_session_only(here: ShopOverHttp, office: Office) -> None:
    office.enter()
    of_an_older_session = office.form_key
    office.enter()
    assert office.form_key != of_an_older_session

    office.form_key = of_an_older_session

    assert office.post("/office/catalogue/categories", name="Gifts").status_code == 403


def test_nobody_can_be_signed_in_by_a_foreign_page(office: Office) -> None:
    """Else a stranger could have her work in the stranger's name."""
    office.client.cookies.clear()
    answer = office.client.post(
        "/office/sign-in",
        data={"username": "rosa", "password": GOOD, "form_key": "0" * 64},
        follow_redirects=False,
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json"),
        (b"a=b", "text/plain"),
        (b"\xff\xfe%zz&&&===", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=b" % n for n in range(1000)), "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\xfe\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n'
            b"Content-Type: text/plain; charset=nonsense\r\n\r\na\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (b"x" * 70_000, "application/x-www-form-urlencoded"),
    ],
)
def test_whatever_is_sent_is_answered_with_a_page(
    office: Office, content: bytes, kind: str
) -> None:
    office.enter()
    for path in ("/office/catalogue/new", "/office/sign-in", "/office/pictures"):
        answer = office.client.post(
            path, content=content, headers={"Content-Type": kind}, follow_redirects=False
        )
        assert 400 <= answer.status_code < 500, (path, answer.text)
        assert answer.headers["content-type"].startswith("text/html")


# What every page says to its browser


def test_every_page_has_the_strict_policy_and_is_kept_nowhere(office: Office) -> None:
    office.enter()
    for path in ("/office/sign-in", "/office", "/office/orders/999"):
        headers = office.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_whoever_follows_a_link_from_a_letter_comes_in_by_herself(office: Office) -> None:
    """Her cookie is not sent from another site, but it is from a page of ours that leads on."""
    answer = office.get("/office/orders/1001", **{"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200
    assert 'content="0; url=/office/orders/1001"' in answer.text
    strange = office.get("/office/orders/%22%0d%0a;x", **{"Sec-Fetch-Site": "cross-site"})
    assert 'content="0; url=/office/orders/%22%0D%0A%3Bx"' in strange.text


def test_a_script_of_ours_is_told_where_the_door_is(office: Office) -> None:
    answer = office.get("/office/stock", **{"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/office/sign-in?next=%2Foffice%2Fstock"


def test_files_are_kept_for_ever_under_the_name_of_their_content(office: Office) -> None:
    page = office.get("/office/sign-in").text
    for name in ("office.css", "office.js", "htmx.min.js", "icon.svg"):
        start = page.index(f"/office/static/{name}?v=")
        answer = office.client.get(page[start : page.index('"', start)])
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert office.client.get("/office/static/nothing.js").status_code == 404


def test_when_the_shop_may_be_asked_again_is_said(here: ShopOverHttp, office: Office) -> None:
    office.enter()
    here.store.silent = True
    silent = office.get("/office/catalogue")
    here.store.silent = False
    guesses = [office.enter(password=f"guess {n}") for n in range(11)]

    assert (silent.status_code, silent.headers["retry-after"]) == (503, "2")
    assert (guesses[-1].status_code, guesses[-1].headers["retry-after"]) == (429, "300")
    assert "retry-after" not in guesses[0].headers


def test_what_is_refused_is_counted_wherever_it_is_said(here: ShopOverHttp, office: Office) -> None:
    office.get("/office")
    office.enter(password="wrong")
    office.enter()
    office.get("/office/orders/999")
    office.get("/office/orders?state=nothing")
    office.post("/office/pictures", files={"picture": ("", b"")})
    office.form_key = "0" * 64
    office.post("/office/sign-out")

    told = here.meters.text(None)

    for code, times in {
        "unauthenticated": 2,
        "not_found": 1,
        "invalid": 2,
        "foreign_form": 1,
    }.items():
        assert f'eterno_refusals_total{{code="{code}"}} {times}\n' in told


def test_a_mistake_of_ours_is_said_to_be_ours(
    here: ShopOverHttp, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.enter()
    monkeypatch.setattr(type(here.shop.shop_window()), "products", lambda _: 1 / 0)

    answer = office.get("/office/catalogue", **{"X-Request-Id": "request-12345"})

    assert answer.status_code == 500
    assert "our mistake" in answer.text
    assert "request-12345" in answer.text
    assert "ZeroDivisionError" not in answer.text
