"""Categories: ways of looking at the shop."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath

from eterno.application.catalog.add_categories import AddCategories
from eterno.application.catalog.drafts import CategoryDraft
from eterno.application.catalog.edit_category import EditCategory
from eterno.application.catalog.remove_category import RemoveCategory
from eterno.application.ports.views import ShopWindow
from eterno.domain.audit import Actor
from eterno.domain.errors import Fault, Invalid, NotFound, Refusal, Unauthenticated
from eterno.entrypoints.backoffice.forms import Form
from eterno.entrypoints.backoffice.screens import HOME, Page, Screen, complaint, status_for
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.paths import number

NOUN = "Category"
CATEGORIES_PAGE = f"{HOME}/catalogue/categories"

Window = Given[ShopWindow]


@get("/catalogue/categories", sync_to_thread=True)
def list_categories(screen: Given[Screen], shop_window: Window) -> Page:
    """All of them, each ready to be changed."""
    return _page(screen, shop_window)


@post("/catalogue/categories", sync_to_thread=True)
def add(
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    shop_window: Window,
    add_categories: Given[AddCategories],
) -> Page:
    """A new one."""
    try:
        add_categories(actor, [_draft(form)])
    except (NotFound, Unauthenticated):
        raise
    except Invalid as refusal:  # its place in a list of one says nothing here
        faults = [Fault(f.field.rpartition(".")[2], f.message) for f in refusal.faults]
        return _page(
            screen, shop_window, Invalid(refusal.detail.removeprefix("[0]."), *faults), form
        )
    return screen.to(CATEGORIES_PAGE, said="category")


@post("/catalogue/categories/{category:str}", sync_to_thread=True)
def edit(
    category: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    shop_window: Window,
    edit_category: Given[EditCategory],
) -> Page:
    """Named differently."""
    id = number(category, NOUN)
    try:
        edit_category(actor, id, _draft(form))
    except (NotFound, Unauthenticated):
        raise
    except Refusal as refusal:
        return _page(screen, shop_window, refusal, form, at=id)
    return screen.to(CATEGORIES_PAGE, said="category")


@post("/catalogue/categories/{category:str}/remove", sync_to_thread=True)
def remove(
    category: FromPath[str],
    screen: Given[Screen],
    actor: Given[Actor],
    remove_category: Given[RemoveCategory],
) -> Page:
    """Given up; its products stay."""
    remove_category(actor, number(category, NOUN))
    return screen.to(CATEGORIES_PAGE, said="no-category")


def _draft(form: Form) -> CategoryDraft:
    return CategoryDraft(name=form.text("name"), description=form.text("description"))


def _page(
    screen: Screen,
    window: ShopWindow,
    refusal: Refusal | None = None,
    typed: Form | None = None,
    *,
    at: int | None = None,
) -> Page:
    facts = {"categories": window.categories(), "wrong_at": at, **complaint(refusal, typed)}
    return screen.page("categories.html", facts, status=status_for(refusal))


CATEGORIES = (list_categories, add, edit, remove)
