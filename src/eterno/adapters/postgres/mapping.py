"""Between rows and the domain's values. Explicit, so that neither knows of the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from eterno.adapters.postgres.documents import (
    dispute_document,
    dispute_of,
    parcel_document,
    parcel_of,
)
from eterno.domain.admins import Admin
from eterno.domain.audit import Actor, AuditEntry
from eterno.domain.catalog import Category, Product, Variant
from eterno.domain.contact import Message
from eterno.domain.inventory import Movement, Reason
from eterno.domain.media import Upload
from eterno.domain.money import Currency, Money
from eterno.domain.orders import (
    Address,
    Buyer,
    Order,
    OrderLine,
    OrderState,
    ReviewReason,
)
from eterno.domain.search import words_of


def category_of(row: Row[Any]) -> Category:
    return Category(id=row.id, name=row.name, description=row.description)


def product_of(row: Row[Any]) -> Product:
    return Product(
        id=row.id,
        slug=row.slug,
        name=row.name,
        description=row.description,
        long_description=row.long_description,
        ingredients=tuple(row.ingredients),
        img_key=row.img_key,
        archived=row.archived,
    )


def product_row(product: Product) -> dict[str, object]:
    return {**fields_of(product), "ingredients": list(product.ingredients)}


def variant_of(row: Row[Any]) -> Variant:
    return Variant(
        id=row.id,
        product_id=row.product_id,
        sku=row.sku,
        size=row.size,
        shape=row.shape,
        img_key=row.img_key,
        price=Money(row.price, Currency(row.currency)),
        archived=row.archived,
    )


def variant_row(variant: Variant) -> dict[str, object]:
    return {
        **fields_of(variant),
        "price": variant.price.minor,
        "currency": variant.price.currency.code,
    }


def movement_of(row: Row[Any]) -> Movement:
    return Movement(
        variant_id=row.variant_id,
        change=row.change,
        reason=Reason(row.reason),
        at=row.at,
        order_id=row.order_id,
        note=row.note,
        actor=row.actor,
        key=row.key,
    )


def admin_of(row: Row[Any]) -> Admin:
    return Admin(
        id=row.id,
        username=row.username,
        password_hash=row.password_hash,
        active=row.active,
        token_version=row.token_version,
    )


def upload_of(row: Row[Any]) -> Upload:
    return Upload(
        key=row.key,
        content_type=row.content_type,
        size=row.size,
        created_at=row.created_at,
        wanted_at=row.wanted_at,
        verified_at=row.verified_at,
        discarded_at=row.discarded_at,
    )


def message_of(row: Row[Any]) -> Message:
    return Message(id=row.id, name=row.name, email=row.email, text=row.text, at=row.at)


def audit_entry_of(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        at=row.at,
        actor=Actor(admin_id=row.admin_id, username=row.username, request_id=row.request_id),
        action=row.action,
        subject=row.subject,
        before=row.before,
        after=row.after,
    )


def order_of(row: Row[Any], lines: Iterable[Row[Any]]) -> Order:
    currency = Currency(row.currency)
    return Order(
        id=row.id,
        token=row.token,
        number=row.number,
        state=OrderState(row.state),
        lines=tuple(_line_of(line, currency) for line in lines),
        currency=currency,
        discount=Money(row.discount, currency),
        shipping=Money(row.shipping, currency),
        tax=Money(row.tax, currency),
        captured=Money(row.captured, currency),
        refunded=Money(row.refunded, currency),
        client=row.client,
        basket=row.basket,
        key=row.key,
        created_at=row.created_at,
        pay_by=row.pay_by,
        attempt=row.attempt,
        session_id=row.session_id,
        session_url=row.session_url,
        intent_id=row.intent_id,
        buyer=_buyer_of(row.buyer, row.email),
        paid_at=row.paid_at,
        review=ReviewReason(row.review) if row.review else None,
        promised_by=row.promised_by,
        parcels=tuple(parcel_of(parcel) for parcel in row.parcels),
        dispute=dispute_of(row.dispute),
        fraud_warning=row.fraud_warning,
    )


def order_row(order: Order) -> dict[str, object]:
    return {
        "id": order.id,
        "token": order.token,
        "client": order.client,
        "basket": order.basket,
        "key": order.key,
        "created_at": order.created_at,
        "currency": order.currency.code,
        "subtotal": order.subtotal.minor,
        **order_changes(order),
    }


def order_changes(order: Order) -> dict[str, object]:
    """The columns that may change after an order is placed."""
    return {
        "number": order.number,
        "state": order.state.value,
        "discount": order.discount.minor,
        "shipping": order.shipping.minor,
        "tax": order.tax.minor,
        "total": order.total.minor,
        "captured": order.captured.minor,
        "refunded": order.refunded.minor,
        "pay_by": order.pay_by,
        "attempt": order.attempt,
        "session_id": order.session_id,
        "session_url": order.session_url,
        "intent_id": order.intent_id,
        "email": order.buyer.email if order.buyer else None,
        "buyer": _buyer_row(order.buyer),
        "paid_at": order.paid_at,
        "review": order.review.value if order.review else None,
        "promised_by": order.promised_by,
        "parcels": [parcel_document(parcel) for parcel in order.parcels],
        "dispute": dispute_document(order.dispute),
        "fraud_warning": order.fraud_warning,
        "search_words": sorted(words_of(order)),
    }


def line_rows(order: Order) -> list[dict[str, object]]:
    return [
        {
            **fields_of(line),
            "order_id": order.id,
            "unit_price": line.unit_price.minor,
        }
        for line in order.lines
    ]


def _line_of(row: Row[Any], currency: Currency) -> OrderLine:
    return OrderLine(
        variant_id=row.variant_id,
        quantity=row.quantity,
        unit_price=Money(row.unit_price, currency),
        product_name=row.product_name,
        variant_label=row.variant_label,
        sku=row.sku,
    )


def _buyer_row(buyer: Buyer | None) -> dict[str, object] | None:
    """All of the buyer but the address by which she is found, which has a column of its own."""
    if buyer is None:
        return None
    return {key: value for key, value in asdict(buyer).items() if key != "email"}


def _buyer_of(document: Mapping[str, Any] | None, email: str | None) -> Buyer | None:
    if document is None:
        return None
    ship_to = document["ship_to"]
    return Buyer(
        email=email,
        name=document["name"],
        phone=document["phone"],
        ship_to=Address(**ship_to) if ship_to else None,
    )


def fields_of(value: Any) -> dict[str, object]:
    """A flat value's fields by name (not `asdict`, which would take the values inside apart)."""
    return {name: getattr(value, name) for name in value.__slots__}
