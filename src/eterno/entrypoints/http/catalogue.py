"""Products and categories: what admins change about them."""

from __future__ import annotations

from typing import Annotated

from litestar import delete, post, put
from litestar.params import JSONBody
from msgspec import Meta, Struct

from eterno.application.catalog.add_categories import AddCategories
from eterno.application.catalog.add_product import AddProduct
from eterno.application.catalog.drafts import CategoryDraft, ProductDraft
from eterno.application.catalog.edit_category import EditCategory
from eterno.application.catalog.edit_product import EditProduct
from eterno.application.catalog.remove_category import RemoveCategory
from eterno.application.catalog.remove_product import RemoveProduct
from eterno.application.catalog.sort_product import SortProduct
from eterno.application.ports.media import MediaStore
from eterno.application.ports.views import ShopWindow, ShownProduct
from eterno.domain.audit import Actor
from eterno.domain.basket import MOST_ID
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.paths import PathId, number
from eterno.entrypoints.http.wire import CategoryOut, ProductOut, category_out, product_out

MOST_IDS = 100


class ProductIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A product, as the owner writes it."""

    name: Annotated[str, Meta(description="1 to 120 characters.", examples=["Oat & Honey"])]
    description: Annotated[str, Meta(description="Up to 4,000 characters.")]
    ingredients: Annotated[
        list[str], Meta(description="Up to 60, of 80 characters each.", examples=[["oats"]])
    ]
    img_key: Annotated[
        str | None, Meta(description="A stored picture: products/… Empty is none.")
    ] = None
    long_description: Annotated[str | None, Meta(description="Up to 4,000 characters.")] = None

    def draft(self) -> ProductDraft:
        return ProductDraft(
            name=self.name,
            description=self.description,
            ingredients=tuple(self.ingredients),
            long_description=self.long_description,
            img_key=self.img_key,
        )


class CategoryIn(Struct, forbid_unknown_fields=True):
    """A category, as the owner writes it."""

    name: Annotated[str, Meta(description="1 to 120 characters.", examples=["Gifts"])]
    description: Annotated[str, Meta(description="Up to 4,000 characters.")]

    def draft(self) -> CategoryDraft:
        return CategoryDraft(name=self.name, description=self.description)


class CategoryIdsIn(Struct, forbid_unknown_fields=True):
    """Categories by id, up to 100."""

    category_ids: Annotated[list[Annotated[int, Meta(ge=1, le=MOST_ID)]], Meta(max_length=MOST_IDS)]


class SortedOut(Struct, frozen=True):
    """The names of the categories that a product was put into, by id."""

    product_id: int
    added_categories: list[str]


@post("/products", summary="Add a product", tags=["Catalogue"], sync_to_thread=True)
def add_product(
    data: JSONBody[ProductIn],
    actor: Given[Actor],
    add_product: Given[AddProduct],
    media: Given[MediaStore],
) -> ProductOut:
    """Put a product into the shop. It can be bought once it has a variant."""
    product = add_product(actor, data.draft())
    return product_out(ShownProduct(product=product, variants=(), categories=()), media.url)


@put(
    "/products/{product_id:str}", summary="Edit a product", tags=["Catalogue"], sync_to_thread=True
)
def edit_product(
    product_id: PathId,
    data: JSONBody[ProductIn],
    actor: Given[Actor],
    edit_product: Given[EditProduct],
    shop_window: Given[ShopWindow],
    media: Given[MediaStore],
) -> ProductOut:
    """Write a product anew: what is left out is empty. Its variants, categories and slug stay."""
    product = edit_product(actor, number(product_id, "Product"), data.draft())
    return product_out(shop_window.product(product.id), media.url)


@delete(
    "/products/{product_id:str}",
    summary="Remove a product",
    tags=["Catalogue"],
    sync_to_thread=True,
)
def remove_product(
    product_id: PathId, actor: Given[Actor], remove_product: Given[RemoveProduct]
) -> None:
    """Take a product and its variants off the shop. What was ever in stock or ordered is archived:
    orders and the stock ledger still know it."""
    remove_product(actor, number(product_id, "Product"))


@post(
    "/products/{product_id:str}/categories",
    status_code=200,
    summary="Put a product into categories",
    tags=["Catalogue"],
    sync_to_thread=True,
)
def assign_categories(
    product_id: PathId,
    data: JSONBody[CategoryIdsIn],
    actor: Given[Actor],
    sort_product: Given[SortProduct],
) -> SortedOut:
    """Being in one already is fine."""
    id = number(product_id, "Product")
    categories = sort_product(actor, id, into=data.category_ids)
    return SortedOut(id, [category.name for category in categories])


@delete(
    "/products/{product_id:str}/categories/{category_id:str}",
    status_code=200,
    summary="Take a product out of a category",
    tags=["Catalogue"],
    sync_to_thread=True,
)
def unassign_category(
    product_id: PathId,
    category_id: PathId,
    actor: Given[Actor],
    sort_product: Given[SortProduct],
    shop_window: Given[ShopWindow],
    media: Given[MediaStore],
) -> ProductOut:
    """Not being in it is fine. Answers the product as it is then."""
    id = number(product_id, "Product")
    sort_product(actor, id, out_of=[number(category_id, "Category")])
    return product_out(shop_window.product(id), media.url)


@post("/categories", summary="Add categories", tags=["Catalogue"], sync_to_thread=True)
def add_categories(
    data: JSONBody[list[CategoryIn]],
    actor: Given[Actor],
    add_categories: Given[AddCategories],
) -> list[CategoryOut]:
    """Up to 100 at once: all of them, or none when one cannot be."""
    made = add_categories(actor, [category.draft() for category in data])
    return [category_out(category) for category in made]


@put(
    "/categories/{category_id:str}",
    summary="Edit a category",
    tags=["Catalogue"],
    sync_to_thread=True,
)
def edit_category(
    category_id: PathId,
    data: JSONBody[CategoryIn],
    actor: Given[Actor],
    edit_category: Given[EditCategory],
) -> CategoryOut:
    """Name or describe a category anew. What is in it stays."""
    return category_out(edit_category(actor, number(category_id, "Category"), data.draft()))


@delete(
    "/categories/{category_id:str}",
    summary="Remove a category",
    tags=["Catalogue"],
    sync_to_thread=True,
)
def remove_category(
    category_id: PathId, actor: Given[Actor], remove_category: Given[RemoveCategory]
) -> None:
    """The products that were in it stay."""
    remove_category(actor, number(category_id, "Category"))


CATALOGUE = [
    add_product,
    edit_product,
    remove_product,
    assign_categories,
    unassign_category,
    add_categories,
    edit_category,
    remove_category,
]
