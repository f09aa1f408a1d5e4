from collections.abc import Iterator

import pytest

from tests.support.shops import ShopOverHttp, admin_headers, shop_over_http


@pytest.fixture
def here() -> Iterator[ShopOverHttp]:
    """An empty shop over HTTP."""
    with shop_over_http() as shop:
        yield shop


@pytest.fixture
def admin(here: ShopOverHttp) -> dict[str, str]:
    """What rosa, who looks after the shop, sends along."""
    return admin_headers(here.shop)
