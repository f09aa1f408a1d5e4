"""The wire contract, proved from outside: see tests/support/outside.py for which shop is asked.

Every test makes what it needs, and takes it away again.
"""

from collections.abc import Iterator

import httpx
import pytest

from tests.blackbox.goods import Goods
from tests.support.outside import Outside, named_shop, own_shop


@pytest.fixture(scope="session")
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Outside]:
    if named := named_shop():
        yield named
        return
    databases = request.getfixturevalue("database_server")
    template = request.getfixturevalue("migrated_template")
    with own_shop(databases, template, tmp_path_factory.mktemp("blackbox")) as own:
        yield own


@pytest.fixture
def visitor(shop: Outside) -> Iterator[httpx.Client]:
    """Anybody."""
    with shop.visitor() as client:
        yield client


@pytest.fixture(scope="session")
def admin(shop: Outside) -> Iterator[httpx.Client]:
    """Signed in once: how often one may try is limited."""
    with shop.signed_in() as client:
        yield client


@pytest.fixture
def goods(admin: httpx.Client) -> Iterator[Goods]:
    """Makes products, variants, categories and pictures; they are gone afterwards."""
    goods = Goods(admin)
    yield goods
    goods.clear()
