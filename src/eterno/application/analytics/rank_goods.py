"""What sells: products or variants, the best first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eterno.application.analytics.question import Question, ask, known_at
from eterno.application.ports.figures import Figures
from eterno.domain.calendar import FIRST_DAY, Window
from eterno.domain.figures import GoodsSold, Measure

MEASURES = frozenset(
    {
        Measure.LINE_UNITS,
        Measure.LINE_UNITS_BACK,
        Measure.LINE_GROSS,
        Measure.LINE_DISCOUNTS,
        Measure.LINE_REFUNDS,
        Measure.LOST_DEMAND,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedGoods:
    """A product, or a variant, in a window."""

    id: int
    product_id: int
    name: str
    sold: GoodsSold
    lost_demand: int
    """Pieces that buyers wanted and could not have."""
    on_hand: int
    """At the end of the window."""

    @property
    def sell_through(self) -> float | None:
        return self.sold.sell_through(self.on_hand)


class RankGoods:
    """By pieces that were sold and stayed so, then by gross sales, then by id. Called as they are
    called now. Goods of which nothing was sold, wanted or given back are not told of."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def __call__(
        self, question: Question, *, variants: bool = False, most: int | None = None
    ) -> list[RankedGoods]:
        """Products, or `variants` one by one. Raises `Invalid`."""
        as_of = known_at(self._figures, question.as_of)
        whole = Question(window=question.window, as_of=as_of)
        answer = ask(self._figures, MEASURES, whole)
        before = Question(window=Window(FIRST_DAY, whole.window.end), as_of=as_of)
        on_hand = ask(self._figures, {Measure.ON_HAND}, before).spread(
            before.window, Measure.ON_HAND
        )
        goods = self._figures.goods(as_of=as_of)
        spreads = {measure: answer.spread(whole.window, measure) for measure in MEASURES}
        touched = {subject for spread in spreads.values() for subject in spread}
        ranked = [
            RankedGoods(
                id=good.variant_id,
                product_id=good.product_id,
                name=f"{good.product_name}, {good.label}",
                sold=GoodsSold.of(
                    {measure: spread.get(good.variant_id, 0) for measure, spread in spreads.items()}
                ),
                lost_demand=spreads[Measure.LOST_DEMAND].get(good.variant_id, 0),
                on_hand=on_hand.get(good.variant_id, 0),
            )
            for good in goods
        ]
        told = [one for one in ranked if one.id in touched]
        if not variants:
            names = {good.product_id: good.product_name for good in goods}
            told = [_product(id, names[id], ranked) for id in {one.product_id for one in told}]
        told.sort(key=lambda one: (-one.sold.units_net, -one.sold.gross_sales, one.id))
        return told[:most]


def _product(id: int, name: str, variants: Iterable[RankedGoods]) -> RankedGoods:
    """Its variants together."""
    mine = [goods for goods in variants if goods.product_id == id]
    return RankedGoods(
        id=id,
        product_id=id,
        name=name,
        sold=sum((goods.sold for goods in mine), GoodsSold()),
        lost_demand=sum(goods.lost_demand for goods in mine),
        on_hand=sum(goods.on_hand for goods in mine),
    )
