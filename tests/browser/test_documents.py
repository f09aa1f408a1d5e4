"""The API's documents in a browser: complete, and talking to nobody but us."""

from tests.browser.watching import Watched
from tests.support.outside import Outside


def test_swagger_ui_shows_the_api_and_tries_a_call(shop: Outside, watched: Watched) -> None:
    page = watched.page
    page.goto(f"{shop.url}/docs")
    page.click("#operations-Health-ready .opblock-summary")
    page.click("#operations-Health-ready button.execute")
    answer = page.wait_for_selector("#operations-Health-ready .live-responses-table")
    assert answer is not None
    assert '"ready"' in answer.inner_text()
    assert watched.strangers(shop.url) == []
    assert watched.complaints == []


def test_swagger_ui_sends_the_token_that_it_is_given(shop: Outside, watched: Watched) -> None:
    page = watched.page
    page.goto(f"{shop.url}/docs")
    page.click("button.authorize")
    page.fill(".modal-ux input", "a.good.token")
    page.click(".modal-ux button.authorize")
    page.click(".modal-ux button.btn-done")
    assert page.wait_for_selector("button.authorize.locked")
    assert watched.complaints == []


def test_redoc_shows_the_api_and_finds_things_in_it(shop: Outside, watched: Watched) -> None:
    page = watched.page
    page.goto(f"{shop.url}/redoc")
    page.wait_for_selector("h2:has-text('Check out')")
    page.fill("input[aria-label=Search]", "checkout")
    page.wait_for_selector("[data-role='search:results'] li")
    assert watched.strangers(shop.url) == []
    assert watched.complaints == []


def test_the_front_door_keeps_to_its_policy(shop: Outside, watched: Watched) -> None:
    watched.page.goto(shop.url)
    watched.page.click("text=API, with a button")
    watched.page.wait_for_selector(".opblock")
    assert watched.strangers(shop.url) == []
    assert watched.complaints == []
