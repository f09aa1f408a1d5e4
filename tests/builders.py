"""Things for tests, with defaults that are right: a test says only what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from eterno.application.inventory import stock
from eterno.application.ports.store import Store, Work
from eterno.domain.admins import Admin
from eterno.domain.audit import Actor
from eterno.domain.basket import Basket
from eterno.domain.catalog import Category, Product, Variant
from eterno.domain.inventory import Movement, Reason, Shelf
from eterno.domain.money import Currency, Money
from eterno.domain.orders import Buyer, Order, OrderLine
from eterno.domain.parcels import Parcel
from eterno.domain.payments import Amounts, Payment
from tests.support.clock import NOON

USD = Currency("USD")
EUR = Currency("EUR")
WINDOW = timedelta(minutes=31)
ADA = Buyer(email="ada@example.org", name="Ada Lovelace")


def usd(amount: str) -> Money:
    """`usd("8.99")`, also amounts that no price may have."""
    return Money(int(Decimal(amount) * 100), USD)


def eur(amount: str) -> Money:
    return Money(int(Decimal(amount) * 100), EUR)


def a_line(variant_id: int = 1, quantity: int = 1, price: str = "8.99") -> OrderLine:
    return OrderLine(
        variant_id=variant_id,
        quantity=quantity,
        unit_price=usd(price),
        product_name="Oat & Honey",
        variant_label="100 g",
        sku=f"S0001-{variant_id:04d}",
    )


def an_order(*lines: OrderLine, at: datetime = NOON, **changes: Any) -> Order:
    """An order that was just placed, over one soap unless told otherwise."""
    order = Order.place(
        id=uuid4(),
        token=uuid4().hex,
        lines=lines or (a_line(),),
        client="203.0.113.7",
        basket="fingerprint",
        key=None,
        at=at,
        pay_by=at + WINDOW,
    )
    return replace(order, **changes)


def amounts_for(order: Order, *, shipping: str = "0", tax: str = "0", off: str = "0") -> Amounts:
    """What paying for this order comes to."""
    return Amounts(
        subtotal=order.subtotal,
        discount=usd(off),
        shipping=usd(shipping),
        tax=usd(tax),
        total=order.subtotal - usd(off) + usd(shipping) + usd(tax),
    )


def a_payment(
    order: Order,
    *,
    amounts: Amounts | None = None,
    session_id: str = "cs_1",
    intent_id: str | None = "pi_1",
    at: datetime = NOON,
) -> Payment:
    """A payment that fits the order, unless given other amounts."""
    return Payment(
        session_id=session_id,
        intent_id=intent_id,
        amounts=amounts or amounts_for(order),
        at=at,
    )


def a_parcel(
    contents: Mapping[int, int], *, tracking: str | None = "9400 1", at: datetime = NOON
) -> Parcel:
    """With USPS, and a link to follow it."""
    return Parcel.packed(
        id=uuid4(),
        carrier="USPS",
        tracking=tracking,
        link="https://tools.usps.com/go?t=94001",
        contents=contents,
        at=at,
    )


def a_basket(*wanted: tuple[int, int, str]) -> Basket:
    """`a_basket((1, 2, "8.99"))`: two of variant 1, shown at 8.99 each."""
    return Basket.of(
        ((variant_id, quantity, Decimal(price)) for variant_id, quantity, price in wanted), USD
    )


def a_basket_of(*wanted: tuple[Variant, int]) -> Basket:
    """At the prices of the variants themselves."""
    return a_basket(
        *((variant.id, quantity, str(variant.price.amount)) for variant, quantity in wanted)
    )


def add_admin(store: Store, username: str = "rosa") -> Actor:
    """An admin, in the middle of a request."""
    with store.begin() as work:
        admin = Admin(id=work.admins.next_id(), username=username, password_hash="plain$0$x")
        work.admins.add(admin)
    return Actor(admin_id=admin.id, username=username, request_id="request-1")


def add_category(store: Store, name: str = "Gifts") -> Category:
    with store.begin() as work:
        category = Category.named(id=work.categories.next_id(), name=name, description="")
        work.categories.add(category)
    return category


def add_product(
    store: Store,
    name: str = "Oat & Honey",
    *,
    categories: tuple[Category, ...] = (),
    archived: bool = False,
    img_key: str | None = None,
) -> Product:
    with store.begin() as work:
        product = Product.described(
            id=work.products.next_id(),
            name=name,
            description="Gentle",
            ingredients=("oats", "honey"),
            img_key=img_key,
        )
        product = replace(product, archived=archived)
        work.products.add(product, [category.id for category in categories])
    return product


def put_on_sale(
    store: Store,
    product: Product | None = None,
    *,
    size: str = "100 g",
    price: str = "8.99",
    pieces: int = 10,
    sku: str | None = None,
    archived: bool = False,
    img_key: str | None = None,
) -> Variant:
    """A variant on its shelf, with the delivery that brought its pieces; of a new product unless
    one is given."""
    product = product or add_product(store)
    with store.begin() as work:
        variant = Variant.offered(
            id=work.variants.next_id(),
            product_id=product.id,
            size=size,
            price=usd(price),
            sku=sku,
            img_key=img_key,
        )
        variant = replace(variant, archived=archived)
        work.variants.add(variant)
        work.shelves.add(Shelf(variant_id=variant.id, on_hand=pieces))
        if pieces:
            work.shelves.record([delivery(variant.id, pieces, at=work.now)])
    return variant


def delivery(variant_id: int, pieces: int, *, at: datetime) -> Movement:
    return Movement(variant_id=variant_id, change=pieces, reason=Reason.DELIVERY, at=at)


def sale(variant_id: int, pieces: int, *, order_id: UUID, at: datetime) -> Movement:
    return Movement(
        variant_id=variant_id, change=-pieces, reason=Reason.SALE, order_id=order_id, at=at
    )


def order_of(*wanted: tuple[Variant, int], at: datetime, **changes: Any) -> Order:
    """An order over these variants as they are offered."""
    lines = (
        replace(
            a_line(variant.id, quantity),
            unit_price=variant.price,
            variant_label=variant.label,
            sku=variant.sku,
        )
        for variant, quantity in wanted
    )
    return an_order(*lines, at=at, **changes)


def place(work: Work, *wanted: tuple[Variant, int], **changes: Any) -> Order:
    """An order in the store, with its pieces held."""
    order = order_of(*wanted, at=work.now, **changes)
    work.orders.add(order)
    stock.reserve(work, order)
    return order
