"""A real browser: the machine's Chromium, because only a browser enforces CORS and policies.

Where there is none, these tests are skipped, except under CI, where that is a failure.
"""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.front import Front
from tests.browser.watching import Watched
from tests.support.outside import Outside, own_shop

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIETLY = (
    "--no-sandbox",  # it may have to run as root, and sees only pages of ours
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for longer: while it runs, no other test of this process can have an event loop."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        why = "there is no Chromium on this machine (on Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIETLY)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def front() -> Iterator[Front]:
    """Where the shop front lives: another origin than the API."""
    with Front() as front:
        yield front


@pytest.fixture(scope="session")
def shop(
    front: Front, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Outside]:
    databases = request.getfixturevalue("database_server")
    template = request.getfixturevalue("migrated_template")
    folder = tmp_path_factory.mktemp("browser")
    with own_shop(databases, template, folder, FRONTEND_URL=front.url) as own:
        front.api = own.url
        yield own


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A page, and everything it asked for and complained about."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(15_000)
    yield Watched(page)
    page.close()
