from collections.abc import Iterator

import pytest

from tests.support.shops import ShopOverHttp, shop_over_http


@pytest.fixture
def here() -> Iterator[ShopOverHttp]:
    """An empty shop over HTTP."""
    with shop_over_http() as shop:
        yield shop
