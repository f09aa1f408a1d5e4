"""The listing as it is usually written with FastAPI, SQLAlchemy's ORM and Pydantic."""

from __future__ import annotations

import os

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ARRAY, Column, ForeignKey, Table, Text, create_engine, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    selectinload,
)


class Base(DeclarativeBase):
    pass


product_categories = Table(
    "product_categories",
    Base.metadata,
    Column("product_id", ForeignKey("products.id"), primary_key=True),
    Column("category_id", ForeignKey("categories.id"), primary_key=True),
)


class Category(Base):
    __tablename__ = "categories"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]


class Shelf(Base):
    __tablename__ = "shelves"
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    on_hand: Mapped[int]
    reserved: Mapped[int]


class Variant(Base):
    __tablename__ = "variants"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    size: Mapped[str]
    shape: Mapped[str | None]
    img_key: Mapped[str | None]
    price: Mapped[int]
    shelf: Mapped[Shelf] = relationship()

    @property
    def stock_quantity(self) -> int:
        return self.shelf.on_hand - self.shelf.reserved


class Product(Base):
    __tablename__ = "products"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]
    long_description: Mapped[str | None]
    ingredients: Mapped[list[str]] = mapped_column(ARRAY(Text))
    img_key: Mapped[str | None]
    variants: Mapped[list[Variant]] = relationship(order_by=Variant.id)
    categories: Mapped[list[Category]] = relationship(
        secondary=product_categories, order_by=Category.id
    )


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class CategoryOut(Out):
    id: int
    name: str
    description: str


class VariantOut(Out):
    id: int
    product_id: int
    size: str
    shape: str | None
    img_key: str | None
    price: int
    stock_quantity: int


class ProductOut(Out):
    id: int
    name: str
    description: str
    long_description: str | None
    ingredients: list[str]
    img_key: str | None
    variants: list[VariantOut]
    categories: list[CategoryOut]


app = FastAPI()
engine = create_engine(os.environ["SHOP_DATABASE"], pool_size=12)
LISTING = (
    select(Product)
    .order_by(Product.id)
    .options(
        selectinload(Product.variants).joinedload(Variant.shelf), selectinload(Product.categories)
    )
)


@app.get("/products", response_model=list[ProductOut])
def products() -> list[Product]:
    with Session(engine) as session:
        return list(session.scalars(LISTING))
