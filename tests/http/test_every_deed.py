"""Every change by an admin can be traced: each route that changes something, of the API and of the
office, leaves a line that says who, what and by which request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from eterno.application.ports.queues import Task
from eterno.domain.orders import Order
from eterno.entrypoints.backoffice.screens import HOME
from eterno.entrypoints.http.app import litestar_app
from tests.builders import add_category, amounts_for, put_on_sale, usd
from tests.http.test_route_table import routes_of
from tests.support.office import Office
from tests.support.office_forms import PICTURE, filled_in
from tests.support.pictures import JPEG
from tests.support.shops import ShopOverHttp
from tests.support.signing_in import GOOD, sign_in

ASKED_BY = "rosas-request-1"
ADA, GRACE = "ada@example.org", "grace@example.org"
"""A buyer, and somebody who has only written."""


@dataclass(frozen=True)
class Deed:
    """What rosa sends, and what it is called in the trail."""

    action: str
    body: Any = None
    rest: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    """What stands in the path, where it is not what usually does."""


PRODUCT = {"name": "Rose", "description": "Red", "ingredients": ["rose"]}
VARIANT = {"size": "50 g", "price": 4.5, "stock_quantity": 7}
CATEGORY = {"name": "Presents", "description": "Wrapped"}
HERSELF = {"username": "rosa"}
IN_REVIEW = {"order": "{in_review}"}
DEEDS = {
    "DELETE /admins/{username}": Deed("disable admin"),
    "DELETE /admins/{username}/tokens": Deed("sign out everywhere", places=HERSELF),
    "DELETE /categories/{category_id}": Deed("erase category"),
    "DELETE /products/{product_id}": Deed("archive product"),
    "DELETE /products/{product_id}/categories/{category_id}": Deed("sort product"),
    "DELETE /products/{product_id}/variants/{variant_id}": Deed("archive variant"),
    "PATCH /products/{product_id}/variants/{variant_id}/stock-quantity": Deed(
        "move stock", rest={"params": {"stock_quantity": "3"}}
    ),
    "POST /admins": Deed("create admin", {"username": "nina", "password": "rosemary & sage"}),
    "POST /categories": Deed("add category", [CATEGORY]),
    "POST /inventory/{variant_id}/corrections": Deed("move stock", {"change": -1, "note": "broke"}),
    "POST /inventory/{variant_id}/deliveries": Deed("move stock", {"quantity": 5}),
    "POST /orders": Deed("take order", {"items": [{"id": 1, "quantity": 1}]}),
    "POST /orders/{order}/cancel": Deed("cancel order", {}),
    "POST /orders/{order}/deliver": Deed("deliver order"),
    "POST /orders/{order}/notes": Deed("add note", {"text": "hello"}),
    "POST /orders/{order}/production": Deed("start production"),
    "POST /orders/{order}/refunds": Deed("refund order", {"amount": 1.0}),
    "POST /orders/{order}/review": Deed("accept order", {"decision": "accept"}, places=IN_REVIEW),
    "POST /orders/{order}/ship": Deed("ship order", {"carrier": "USPS"}),
    "POST /privacy/erase": Deed("erase buyer", {"email": GRACE, "confirm": GRACE}),
    "POST /privacy/export": Deed("export buyer", {"email": ADA}),
    "POST /products": Deed("add product", PRODUCT),
    "POST /products/{product_id}/categories": Deed("sort product", {"category_ids": [2]}),
    "POST /products/{product_id}/variants": Deed("add variant", VARIANT),
    "POST /upload/presigned-url": Deed(
        "announce picture", {"fileName": "oat.jpg", "contentType": "image/jpeg"}
    ),
    "PUT /admins/{username}/password": Deed(
        "change password",
        {"current_password": GOOD, "new_password": "rosemary & sage"},
        places=HERSELF,
    ),
    "PUT /analytics/costs/{variant_id}": Deed("set cost", {"unit_cost": 2.5}),
    "PUT /categories/{category_id}": Deed("edit category", CATEGORY),
    "PUT /products/{product_id}": Deed("edit product", PRODUCT),
    "PUT /products/{product_id}/variants/{variant_id}": Deed("edit variant", VARIANT),
}
OFFICE_DEEDS = {
    "/admins": Deed("create admin"),
    "/admins/{username}/remove": Deed("disable admin"),
    "/catalogue/categories": Deed("add category"),
    "/catalogue/categories/{category}": Deed("edit category"),
    "/catalogue/categories/{category}/remove": Deed("erase category"),
    "/catalogue/new": Deed("add product"),
    "/catalogue/{product}": Deed("edit product"),
    "/catalogue/{product}/archive": Deed("archive product"),
    "/catalogue/{product}/categories": Deed("sort product"),
    "/catalogue/{product}/variants/new": Deed("add variant"),
    "/catalogue/{product}/variants/{variant}": Deed("edit variant"),
    "/catalogue/{product}/variants/{variant}/archive": Deed("archive variant"),
    "/letters/{task}/retry": Deed("retry task"),
    "/orders/{order}/cancel": Deed("cancel order"),
    "/orders/{order}/deliver": Deed("deliver order"),
    "/orders/{order}/note": Deed("add note"),
    "/orders/{order}/production": Deed("start production"),
    "/orders/{order}/refund": Deed("refund order"),
    "/orders/{order}/review": Deed("accept order", places=IN_REVIEW),
    "/orders/{order}/ship": Deed("ship order"),
    "/password": Deed("change password"),
    "/pictures": Deed("announce picture", rest={PICTURE: ("oat.jpg", JPEG, "image/jpeg")}),
    "/sign-out-everywhere": Deed("sign out everywhere"),
    "/stock/{variant}/correction": Deed("move stock"),
    "/stock/{variant}/count": Deed("move stock"),
    "/stock/{variant}/delivery": Deed("move stock"),
}
CHANGES_NOTHING = {
    "/sign-out": "forgets the cookie in her browser; her token lives on, and nothing is written",
}
"""Forms behind the office's door that leave no line, and why."""


class Scene:
    """A shop with one of everything: an order is sold, one in review, and a letter dead."""

    def __init__(self, here: ShopOverHttp) -> None:
        self.here = here
        here.shop.create_admin()("rosa", GOOD)
        here.shop.create_admin()("vera", GOOD)
        self.rosa = sign_in(here.client, "rosa")
        self.soap = put_on_sale(here.store, pieces=1000)
        for name in ("Gifts", "New"):
            self.category = add_category(here.store, name)
        into = {"category_ids": [1]}
        here.tell(f"/products/{self.soap.product_id}/categories", into)
        message = {"name": "Grace", "email": GRACE, "message": "Is it vegan?"}
        assert here.client.post("/contact", json=message).is_success
        sold, in_review = self._buy(), self._buy(paid="5.00")
        with here.store.begin() as work:
            work.outbox.add([Task(id=UUID(int=7), reaction="low_stock", facts={})], work.now)
            claimed = work.outbox.claim(work.now, lease=timedelta(minutes=1), most=99, attempts=5)
            for task in claimed:
                work.outbox.bury(task, work.now, "no such mailbox")
        self.usual = {
            **dict.fromkeys(("product", "product_id"), str(self.soap.product_id)),
            **dict.fromkeys(("variant", "variant_id"), str(self.soap.id)),
            **dict.fromkeys(("category", "category_id"), "1"),
            "order": str(sold.id),
            "in_review": str(in_review.id),
            "task": str(UUID(int=7)),
            "username": "vera",
        }

    def path(self, template: str, deed: Deed) -> str:
        others = {name: place.format(**self.usual) for name, place in deed.places.items()}
        return template.format(**{**self.usual, **others})

    def trail(self) -> list[Any]:
        return list(self.here.store.tables.audit)

    def _buy(self, paid: str | None = None) -> Order:
        here = self.here
        answer = here.check_out((self.soap.id, 2, float(self.soap.price.amount)))
        session = here.payments.session_at(answer.json()["url"])
        order = here.shop.order_desk().latest(most=1)[0]
        amounts = amounts_for(order)
        if paid is not None:
            amounts = replace(amounts, subtotal=usd(paid), total=usd(paid))
        here.notify(here.payments.pay(session, amounts=amounts))
        return order


@pytest.fixture
def scene(here: ShopOverHttp) -> Scene:
    return Scene(here)


def is_traced(before: list[Any], scene: Scene, action: str, request_id: str | None) -> None:
    lines = scene.trail()[len(before) :]
    assert action in [line.action for line in lines]
    for line in lines:
        assert line.actor.username == "rosa"
        assert line.subject
        assert request_id is None or line.actor.request_id == request_id


def closed_routes(here: ShopOverHttp, *, office: bool) -> set[str]:
    """Those that may change something and are not for everybody."""
    return {
        f"{method} {path}"
        for method, path, is_open in routes_of(litestar_app(here.shop))
        if not is_open
        and method not in ("GET", "HEAD", "OPTIONS")
        and path.startswith(f"{HOME}/") is office
    }


def test_every_route_has_its_example(here: ShopOverHttp) -> None:
    """A new one fails here until it has one, and with it a line in the trail."""
    assert closed_routes(here, office=False) == DEEDS.keys()
    forms = {f"POST {HOME}{path}" for path in (*OFFICE_DEEDS, *CHANGES_NOTHING)}
    assert closed_routes(here, office=True) == forms


@pytest.mark.parametrize("route", DEEDS)
def test_every_change_by_the_api_can_be_traced(scene: Scene, route: str) -> None:
    method, template = route.split(" ")
    deed, before = DEEDS[route], scene.trail()

    answer = scene.here.client.request(
        method,
        scene.path(template, deed),
        json=deed.body,
        headers={**scene.rosa, "X-Request-Id": ASKED_BY},
        **deed.rest,
    )

    assert answer.is_success, answer.text
    is_traced(before, scene, deed.action, ASKED_BY)


@pytest.mark.parametrize("template", OFFICE_DEEDS)
def test_every_change_in_the_office_can_be_traced(scene: Scene, template: str) -> None:
    office = Office(scene.here.client)
    office.enter()
    deed, before = OFFICE_DEEDS[template], scene.trail()
    soap = scene.soap
    fields = filled_in(variant=soap.id, category=2, password=GOOD)[template]
    if template.endswith("/count"):
        fields = {**fields, "seen": str(1000 - 4)}

    scene.here.client.headers["X-Request-Id"] = ASKED_BY
    answer = office.post(HOME + scene.path(template, deed), files=deed.rest or None, **fields)

    assert answer.status_code in (201, 303), answer.text
    is_traced(before, scene, deed.action, ASKED_BY)


@pytest.mark.parametrize("template", CHANGES_NOTHING)
def test_what_leaves_no_line_has_changed_nothing(scene: Scene, template: str) -> None:
    office = Office(scene.here.client)
    office.enter()
    before = scene.trail()

    assert office.post(HOME + template).status_code == 303

    assert scene.trail() == before
