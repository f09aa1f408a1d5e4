"""The catalogue: products and what is said of them."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath

from eterno.application.catalog.add_product import AddProduct
from eterno.application.catalog.drafts import ProductDraft
from eterno.application.catalog.edit_product import EditProduct
from eterno.application.catalog.remove_product import RemoveProduct
from eterno.application.catalog.sort_product import SortProduct
from eterno.application.media.bring_picture import BringPicture
from eterno.application.ports.media import MediaStore
from eterno.application.ports.views import ShopWindow
from eterno.domain.audit import Actor
from eterno.domain.errors import NotFound, Refusal, Unauthenticated
from eterno.entrypoints.backoffice.forms import MOST_WITH_PICTURE, Form
from eterno.entrypoints.backoffice.pictures import key_of
from eterno.entrypoints.backoffice.screens import HOME, Page, Screen, complaint, status_for
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.paths import number

NOUN = "Product"
CATALOGUE_PAGE = f"{HOME}/catalogue"

Window = Given[ShopWindow]
Media = Given[MediaStore]


@get("/catalogue", sync_to_thread=True)
def list_products(screen: Given[Screen], shop_window: Window, media: Media) -> Page:
    """Every product that visitors see."""
    return screen.page(
        "catalogue.html", {"products": shop_window.products(), "picture_url": media.url}
    )


@get("/catalogue/new", sync_to_thread=False)
def new_product(screen: Given[Screen], media: Media) -> Page:
    """An empty form."""
    return _new(screen, media)


@post("/catalogue/new", sync_to_thread=True, request_max_body_size=MOST_WITH_PICTURE)
def add(
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    media: Media,
    add_product: Given[AddProduct],
    bring_picture: Given[BringPicture],
) -> Page:
    """Into the shop. It can be bought once it has a variant."""
    try:
        product = add_product(actor, _draft(form, key_of(form, actor, bring_picture)))
    except (NotFound, Unauthenticated):
        raise
    except Refusal as refusal:
        return _new(screen, media, refusal, form)
    return screen.to(f"{CATALOGUE_PAGE}/{product.id}", said="product")


@get("/catalogue/{product:str}", sync_to_thread=True)
def show_product(
    product: FromPath[str], screen: Given[Screen], shop_window: Window, media: Media
) -> Page:
    """A product, its variants and its categories."""
    return _page(screen, shop_window, media, number(product, NOUN))


@post("/catalogue/{product:str}", sync_to_thread=True, request_max_body_size=MOST_WITH_PICTURE)
def edit(
    product: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    shop_window: Window,
    media: Media,
    edit_product: Given[EditProduct],
    bring_picture: Given[BringPicture],
) -> Page:
    """Write it anew."""
    id = number(product, NOUN)
    try:
        edit_product(actor, id, _draft(form, key_of(form, actor, bring_picture)))
    except (NotFound, Unauthenticated):
        raise
    except Refusal as refusal:
        return _page(screen, shop_window, media, id, refusal, form)
    return screen.to(f"{CATALOGUE_PAGE}/{id}", said="product")


@post("/catalogue/{product:str}/categories", sync_to_thread=True)
def sort(
    product: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    shop_window: Window,
    sort_product: Given[SortProduct],
) -> Page:
    """Exactly those that are ticked."""
    id = number(product, NOUN)
    ticked = {number(text, "Category") for text in form.texts("category")}
    now = {category.id for category in shop_window.product(id).categories}
    sort_product(actor, id, into=ticked - now, out_of=now - ticked)
    return screen.to(f"{CATALOGUE_PAGE}/{id}", said="sorted")


@post("/catalogue/{product:str}/archive", sync_to_thread=True)
def archive(
    product: FromPath[str],
    screen: Given[Screen],
    actor: Given[Actor],
    remove_product: Given[RemoveProduct],
) -> Page:
    """Gone from the shop, kept in the orders."""
    remove_product(actor, number(product, NOUN))
    return screen.to(CATALOGUE_PAGE, said="archived")


def _draft(form: Form, img_key: str | None) -> ProductDraft:
    return ProductDraft(
        name=form.text("name"),
        description=form.text("description"),
        long_description=form.text("long_description") or None,
        ingredients=tuple(
            line.strip() for line in form.text("ingredients").splitlines() if line.strip()
        ),
        img_key=img_key,
    )


def _new(
    screen: Screen, media: MediaStore, refusal: Refusal | None = None, typed: Form | None = None
) -> Page:
    facts = {"shown": None, "picture_url": media.url, **complaint(refusal, typed)}
    return screen.page("product.html", facts, status=status_for(refusal))


def _page(
    screen: Screen,
    window: ShopWindow,
    media: MediaStore,
    id: int,
    refusal: Refusal | None = None,
    typed: Form | None = None,
) -> Page:
    facts = {
        "shown": window.product(id),
        "categories": window.categories(),
        "picture_url": media.url,
        **complaint(refusal, typed),
    }
    return screen.page("product.html", facts, status=status_for(refusal))


CATALOGUE = (list_products, new_product, add, show_product, edit, sort, archive)
