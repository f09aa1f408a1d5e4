"""The stock room: what stands there, how long it will last, and moving it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from litestar import get, post
from litestar.params import FromPath

from eterno.application.analytics.view_stock import ViewStock
from eterno.application.inventory.correct_stock import CorrectStock
from eterno.application.inventory.count_stock import CountStock
from eterno.application.inventory.receive_delivery import ReceiveDelivery
from eterno.application.ports.system import Ids
from eterno.application.ports.views import InventoryDesk, ShownVariant, StockLine
from eterno.domain.audit import Actor
from eterno.domain.errors import NotFound, Refusal, Unauthenticated
from eterno.domain.inventory import MOST_ON_HAND
from eterno.entrypoints.backoffice.forms import Form
from eterno.entrypoints.backoffice.screens import HOME, Page, Screen, complaint, status_for
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.paths import number
from eterno.entrypoints.http.queries import whole
from eterno.entrypoints.settings import Settings

NOUN = "ProductVariant"
AT_ONCE = 50
STOCK_PAGE = f"{HOME}/stock"

Desk = Given[InventoryDesk]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A variant in the stock room, and for how many days what can be sold will last; None while
    nothing sells."""

    line: StockLine
    cover: int | None
    low: bool


@get("/stock", sync_to_thread=True)
def show_stock(
    screen: Given[Screen],
    inventory_desk: Desk,
    view_stock: Given[ViewStock],
    settings: Given[Settings],
) -> Page:
    """Everything that can be sold, the scarcest in plain sight."""
    return stock_page(screen, inventory_desk, view_stock, settings)


@post("/stock/{variant:str}/count", sync_to_thread=True)
def count(
    variant: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    inventory_desk: Desk,
    view_stock: Given[ViewStock],
    settings: Given[Settings],
    count_stock: Given[CountStock],
) -> Page:
    """Somebody counted. If it is not what she saw any more, nothing is changed and she sees what it
    is now."""
    id = number(variant, NOUN)
    line = inventory_desk.line(id)
    try:
        seen = form.number("seen", most=MOST_ON_HAND)
        count_stock(
            actor,
            line.variant.product_id,
            id,
            form.number("available", most=MOST_ON_HAND),
            as_seen=_as_seen(seen),
        )
    except (NotFound, Unauthenticated):
        raise
    except Refusal as refusal:
        return stock_page(screen, inventory_desk, view_stock, settings, refusal, at=id)
    return screen.to(STOCK_PAGE, said="counted")


@get("/stock/movements", sync_to_thread=True)
def show_movements(screen: Given[Screen], asked: Given[Form], inventory_desk: Desk) -> Page:
    """The ledger of all that came and went, the newest first."""
    after = whole(asked.text("after"), "after") if asked.text("after") else None
    moved = inventory_desk.movements(after=after, most=AT_ONCE)
    facts = {
        "movements": moved,
        "names": {line.variant.id: line for line in inventory_desk.stock()},
        "more": moved[-1].id if len(moved) == AT_ONCE else None,
    }
    return screen.page("movements.html", facts)


@get("/stock/{variant:str}", sync_to_thread=True)
def show_variant(
    variant: FromPath[str], screen: Given[Screen], inventory_desk: Desk, ids: Given[Ids]
) -> Page:
    """One variant: a delivery, a correction, and what moved it."""
    return _variant_page(screen, inventory_desk, ids, number(variant, NOUN))


@post("/stock/{variant:str}/delivery", sync_to_thread=True)
def receive(
    variant: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    inventory_desk: Desk,
    ids: Given[Ids],
    receive_delivery: Given[ReceiveDelivery],
) -> Page:
    """New pieces. The form's key makes sending it twice harmless."""
    id = number(variant, NOUN)

    def deed() -> None:
        quantity = form.number("quantity", least=1, most=MOST_ON_HAND)
        receive_delivery(actor, id, quantity, note=form.text("note"), key=form.text("key") or None)

    return _moved(screen, inventory_desk, ids, id, form, deed, said="delivery")


@post("/stock/{variant:str}/correction", sync_to_thread=True)
def correct(
    variant: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    inventory_desk: Desk,
    ids: Given[Ids],
    correct_stock: Given[CorrectStock],
) -> Page:
    """Pieces that turned up, broke or got lost, and why."""
    id = number(variant, NOUN)

    def deed() -> None:
        change = form.number("change", least=1, most=MOST_ON_HAND)
        if form.choice("way", ("fewer", "more")) == "fewer":
            change = -change
        correct_stock(actor, id, change, note=form.text("why"), key=form.text("key") or None)

    return _moved(screen, inventory_desk, ids, id, form, deed, said="corrected")


def stock_page(
    screen: Screen,
    desk: InventoryDesk,
    view_stock: ViewStock,
    settings: Settings,
    refusal: Refusal | None = None,
    *,
    at: int | None = None,
) -> Page:
    """All of it; with a refusal beside the variant that it is about."""
    cover = {line.good.variant_id: line.pace.days_of_cover for line in view_stock().lines}
    low, only_low = settings.low_stock_threshold, screen.asked.ticked("low")
    rows = [
        Row(line=line, cover=_whole(cover.get(line.variant.id)), low=line.available <= low)
        for line in desk.stock(at_most=low if only_low else None)
    ]
    facts = {"rows": rows, "only_low": only_low, "wrong_at": at, **complaint(refusal)}
    return screen.page("stock.html", facts, status=status_for(refusal))


def _moved(
    screen: Screen,
    desk: InventoryDesk,
    ids: Ids,
    id: int,
    form: Form,
    deed: Callable[[], None],
    *,
    said: str,
) -> Page:
    try:
        deed()
    except (NotFound, Unauthenticated):
        raise
    except Refusal as refusal:
        return _variant_page(screen, desk, ids, id, refusal, form)
    return screen.to(f"{STOCK_PAGE}/{id}", said=said)


def _variant_page(
    screen: Screen,
    desk: InventoryDesk,
    ids: Ids,
    id: int,
    refusal: Refusal | None = None,
    typed: Form | None = None,
) -> Page:
    facts = {
        "line": desk.line(id),
        "movements": desk.movements(variant_id=id, most=AT_ONCE),
        "key": f"office-{ids.new()}",
        **complaint(refusal, typed),
    }
    return screen.page("variant_stock.html", facts, status=status_for(refusal))


def _whole(days: float | None) -> int | None:
    return None if days is None else int(days)


def _as_seen(available: int) -> Callable[[ShownVariant], bool]:
    def is_as_seen(shown: ShownVariant) -> bool:
        return shown.available == available

    return is_as_seen


STOCK = (show_stock, count, show_movements, show_variant, receive, correct)
