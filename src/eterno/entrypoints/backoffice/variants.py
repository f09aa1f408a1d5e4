"""Variants: the sizes and shapes in which a product can be bought."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath

from eterno.application.catalog.add_variant import AddVariant
from eterno.application.catalog.drafts import VariantDraft
from eterno.application.catalog.edit_variant import EditVariant
from eterno.application.catalog.remove_variant import RemoveVariant
from eterno.application.media.bring_picture import BringPicture
from eterno.application.ports.media import MediaStore
from eterno.application.ports.views import ShopWindow, ShownVariant
from eterno.domain.audit import Actor
from eterno.domain.errors import NotFound, Refusal, Unauthenticated
from eterno.domain.inventory import MOST_ON_HAND
from eterno.domain.money import Currency
from eterno.entrypoints.backoffice.catalogue import CATALOGUE_PAGE
from eterno.entrypoints.backoffice.forms import MOST_WITH_PICTURE, Form
from eterno.entrypoints.backoffice.pictures import key_of
from eterno.entrypoints.backoffice.screens import Page, Screen, complaint, status_for
from eterno.entrypoints.http.etags import as_seen, etag_of
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.paths import number
from eterno.entrypoints.http.wire import variant_out
from eterno.entrypoints.settings import Settings

NOUN = "ProductVariant"

Window = Given[ShopWindow]
Media = Given[MediaStore]


@get("/catalogue/{product:str}/variants/new", sync_to_thread=True)
def new_variant(
    product: FromPath[str], screen: Given[Screen], shop_window: Window, media: Media
) -> Page:
    """An empty form."""
    return _page(screen, shop_window, media, _product(product), None)


@post(
    "/catalogue/{product:str}/variants/new",
    sync_to_thread=True,
    request_max_body_size=MOST_WITH_PICTURE,
)
def add(
    product: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    shop_window: Window,
    media: Media,
    settings: Given[Settings],
    add_variant: Given[AddVariant],
    bring_picture: Given[BringPicture],
) -> Page:
    """Another way to buy it."""
    id = _product(product)
    try:
        add_variant(actor, id, _draft(form, settings, key_of(form, actor, bring_picture)))
    except (NotFound, Unauthenticated):
        raise
    except Refusal as refusal:
        return _page(screen, shop_window, media, id, None, refusal, form)
    return screen.to(f"{CATALOGUE_PAGE}/{id}", said="variant")


@get("/catalogue/{product:str}/variants/{variant:str}", sync_to_thread=True)
def show_variant(
    product: FromPath[str],
    variant: FromPath[str],
    screen: Given[Screen],
    shop_window: Window,
    media: Media,
) -> Page:
    """One of them."""
    return _page(screen, shop_window, media, _product(product), number(variant, NOUN))


@post(
    "/catalogue/{product:str}/variants/{variant:str}",
    sync_to_thread=True,
    request_max_body_size=MOST_WITH_PICTURE,
)
def edit(
    product: FromPath[str],
    variant: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    shop_window: Window,
    media: Media,
    settings: Given[Settings],
    edit_variant: Given[EditVariant],
    bring_picture: Given[BringPicture],
) -> Page:
    """Offer it differently, unless it is something else by now than what she saw."""
    of, id = _product(product), number(variant, NOUN)
    try:
        draft = _draft(form, settings, key_of(form, actor, bring_picture))
        edit_variant(actor, of, id, draft, as_seen=as_seen(form.text("seen"), media.url))
    except (NotFound, Unauthenticated):
        raise
    except Refusal as refusal:
        return _page(screen, shop_window, media, of, id, refusal, form)
    return screen.to(f"{CATALOGUE_PAGE}/{of}", said="variant")


@post("/catalogue/{product:str}/variants/{variant:str}/archive", sync_to_thread=True)
def archive(
    product: FromPath[str],
    variant: FromPath[str],
    screen: Given[Screen],
    actor: Given[Actor],
    remove_variant: Given[RemoveVariant],
) -> Page:
    """It can no longer be bought."""
    of = _product(product)
    remove_variant(actor, of, number(variant, NOUN))
    return screen.to(f"{CATALOGUE_PAGE}/{of}", said="archived")


def _product(text: str) -> int:
    return number(text, "Product")


def _draft(form: Form, settings: Settings, img_key: str | None) -> VariantDraft:
    return VariantDraft(
        size=form.text("size"),
        shape=form.text("shape") or None,
        sku=form.text("sku").strip() or None,
        price=form.amount("price", Currency(settings.currency)),
        stock=form.number("stock", most=MOST_ON_HAND),
        img_key=img_key,
    )


def _page(
    screen: Screen,
    window: ShopWindow,
    media: MediaStore,
    of: int,
    id: int | None,
    refusal: Refusal | None = None,
    typed: Form | None = None,
) -> Page:
    """Raises `NotFound`."""
    product = window.product(of)
    shown = None if id is None else _one(product.variants, id)
    facts = {
        "product": product.product,
        "shown": shown,
        "seen": etag_of(variant_out(shown, media.url)) if shown else "",
        "picture_url": media.url,
        **complaint(refusal, typed),
    }
    return screen.page("variant.html", facts, status=status_for(refusal))


def _one(variants: tuple[ShownVariant, ...], id: int) -> ShownVariant:
    for shown in variants:
        if shown.variant.id == id:
            return shown
    raise NotFound(NOUN, id)


VARIANTS = (new_variant, add, show_variant, edit, archive)
