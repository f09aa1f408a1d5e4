"""The catalogue in memory, and its bytes: each product written once for each change of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from urllib.parse import parse_qsl

import msgspec

from eterno.application.ports.views import CatalogueNews, ShownProduct, Sort, Wanted
from eterno.domain.catalog import Category
from eterno.domain.errors import Invalid
from eterno.entrypoints.http.answers import Answer, Reply
from eterno.entrypoints.http.listing import next_page, wanted_of
from eterno.entrypoints.http.wire import PictureUrl, category_out, summary_out, variant_out

PLACES = ("/products", "/categories")
"""Where everything that a `Catalogue` answers begins."""

_WORDS = ("limit", "after", "q", "category", "in_stock", "sort")
_ID = "[1-9][0-9]{0,18}"
_PLACE = re.compile(
    rf"/(?:products(?:/(?P<product>{_ID})(?P<variants>/variants)?)?"
    rf"|(?P<categories>categories)(?:/(?P<category>{_ID}))?)/?"
)
MOST_KEPT = 64 * 1024 * 1024
"""Bytes of answers kept at once: visitors can think of more pages than there are."""
LONGEST_ADDRESS = 300
"""Characters of a path and its query beyond which nothing is kept for it: the longest that asks for
something has half as many."""
Name = tuple[str, bytes]
"""Of an answer: a path and a query as they were sent."""
_ANY = 0
"""In place of a product's id: of several products, or of categories."""
_encode = msgspec.json.Encoder().encode


def is_place(path: str) -> bool:
    """Whether a `Catalogue` might have an answer for this path."""
    return path.startswith(PLACES) and _PLACE.fullmatch(path) is not None


class Catalogue:
    """What visitors see, as it was told last. Not for several threads at once.

    A change of one product costs writing that product anew (30 µs), and joining the lists that it
    is in from bytes that are there, once each, when they are next asked for.
    """

    def __init__(self, picture: PictureUrl, *, unpaged: int) -> None:
        self._picture = picture
        self._unpaged = unpaged
        self._begin()

    def _begin(self) -> None:
        self._shown: dict[int, ShownProduct] = {}
        self._categories: dict[int, Category] = {}
        self._product_of: dict[int, int] = {}
        """By variant."""
        self._members: Mapping[int, list[int]] | None = None
        """Products by category; None when it must be counted anew."""
        self._ordered: list[int] | None = None
        """All products; None when they must be sorted anew."""
        self._summaries: dict[int, bytes] = {}
        self._answers: dict[Name, Answer] = {}
        self._kept = 0
        """Bytes, of all answers with all their codings."""
        self._made_of: dict[int, list[Name]] = defaultdict(list)
        """Which answers fall when a product changes; those of `_ANY` with each."""

    def hear(self, news: CatalogueNews) -> None:
        """Take in what has changed."""
        if news.anew:
            self._begin()
        self.hear_stock(news.stock)
        for shown in news.shown:
            self._put(shown)
        for id in news.gone:
            if self._shown.pop(id, None):
                self._forget(id)
                self._members = self._ordered = None
        if news.categories is not None:
            self._categories = {category.id: category for category in news.categories}
            self._forget(_ANY)

    def hear_stock(self, available: Mapping[int, int]) -> None:
        """Take in what is left of some variants; those that are not shown are none of ours."""
        for variant_id, pieces in available.items():
            shown = self._shown.get(self._product_of.get(variant_id, 0))
            if shown is not None:
                self._put(_with_stock(shown, variant_id, pieces))

    def write_anew(self) -> None:
        """Forget the bytes, not what they tell."""
        self._summaries.clear()
        self._forget_answers()

    def reply(
        self,
        path: str,
        query: bytes = b"",
        *,
        accepts: bytes | None = None,
        known: bytes | None = None,
    ) -> Reply | None:
        """What stands at `path`, as `Answer.reply` has it; None when there is nothing, or nothing
        that is ours to answer."""
        answer = self._answers.get((path, query))
        counted = answer.size if answer else 0
        if answer is None and (answer := self._keep(path, query)) is None:
            return None
        reply = answer.reply(accepts, known)
        if answer.size > counted:
            self._kept += answer.size - counted
            if self._kept > MOST_KEPT:
                self._forget_answers()
        return reply

    def _keep(self, path: str, query: bytes) -> Answer | None:
        """The answer, found by its address from now on."""
        found = self._found(path, query) if len(path) + len(query) <= LONGEST_ADDRESS else None
        if found is None:
            return None
        answer, of = found
        self._answers[path, query] = answer
        self._made_of[of].append((path, query))
        return answer

    def _found(self, path: str, query: bytes) -> tuple[Answer, int] | None:
        """The answer, and the product that it is made of."""
        if path.rstrip("/") == "/products":
            wanted = _wanted(query, self._unpaged)
            listed = self._listed(wanted) if wanted else None
            return None if listed is None else (listed, _ANY)
        return None if query else self._made(path)

    def _listed(self, wanted: Wanted) -> Answer | None:
        """A page in the order of ids. Words and other orders are the database's to answer."""
        if wanted.text or wanted.sort is not Sort.ID:
            return None
        shown, links = self._page(wanted)
        return Answer(_list(map(self._product, shown)), links)

    def _page(self, wanted: Wanted) -> tuple[Sequence[int], Mapping[str, str]]:
        """The products on it, and where the list goes on."""
        ids = list(islice(self._wanted_ids(wanted), wanted.most + 1))
        shown = ids[: wanted.most]
        has_more = len(ids) > len(shown)
        return shown, {"Link": next_page("/products", wanted, shown[-1])} if has_more else {}

    def _wanted_ids(self, wanted: Wanted) -> Iterator[int]:
        ids = self._members_of(wanted.category) if wanted.category else self._ids
        for id in ids[bisect_right(ids, wanted.after or 0) :]:
            if not wanted.in_stock or any(each.available for each in self._shown[id].variants):
                yield id

    def _put(self, shown: ShownProduct) -> None:
        id = shown.product.id
        before = self._shown.get(id)
        if before == shown:
            return
        if before is None or before.categories != shown.categories:
            self._members = self._ordered = None
        self._shown[id] = shown
        self._product_of.update((each.variant.id, id) for each in shown.variants)
        self._forget(id)

    def _forget(self, id: int) -> None:
        self._summaries.pop(id, None)
        for name in (*self._made_of.pop(id, ()), *self._made_of.pop(_ANY, ())):
            self._kept -= self._answers.pop(name).size

    def _forget_answers(self) -> None:
        self._answers.clear()
        self._made_of.clear()
        self._kept = 0

    def _made(self, path: str) -> tuple[Answer, int] | None:
        place = _PLACE.fullmatch(path)
        if place is None:
            return None
        if place["categories"]:
            answer = self._category(int(place["category"])) if place["category"] else self._all()
            return None if answer is None else (answer, _ANY)
        shown = self._shown.get(int(place["product"]))
        if shown is None:
            return None
        id = shown.product.id
        if place["variants"]:
            variants = [variant_out(each, self._picture) for each in shown.variants]
            return Answer(_encode(variants)), id
        return Answer(self._product(id)), id

    def _all(self) -> Answer:
        categories = [category_out(self._categories[id]) for id in sorted(self._categories)]
        return Answer(_encode(categories))

    def _category(self, id: int) -> Answer | None:
        category = self._categories.get(id)
        if category is None:
            return None
        shown, links = self._page(Wanted(category=id, most=self._unpaged))
        products = _list(map(self._summary, shown))
        return Answer(_with_field(_encode(category_out(category)), b"products", products), links)

    def _members_of(self, category: int) -> Sequence[int]:
        if self._members is None:
            self._members = _members(self._shown)
        return self._members.get(category, ())

    @property
    def _ids(self) -> Sequence[int]:
        """Of all products, in order."""
        if self._ordered is None:
            self._ordered = sorted(self._shown)
        return self._ordered

    def _product(self, id: int) -> bytes:
        categories = [category_out(category) for category in self._shown[id].categories]
        return _with_field(self._summary(id), b"categories", _encode(categories))

    def _summary(self, id: int) -> bytes:
        found = self._summaries.get(id)
        if found is None:
            found = _encode(summary_out(self._shown[id], self._picture))
            self._summaries[id] = found
        return found


def _wanted(query: bytes, unpaged: int) -> Wanted | None:
    """What the query of a listing asks for; None for one that the application must refuse."""
    if not query:
        return Wanted(most=unpaged)
    try:
        given = parse_qsl(query.decode("ascii"), keep_blank_values=True)
        words = {name: value for name, value in given if name in _WORDS}
        return wanted_of(**words, unpaged=unpaged) if len(words) == len(given) else None
    except (UnicodeDecodeError, Invalid):
        return None


def _list(parts: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(parts) + b"]"


def _with_field(written: bytes, name: bytes, value: bytes) -> bytes:
    """A written object with one more field at its end."""
    return b'%b,"%b":%b}' % (written[:-1], name, value)


def _with_stock(shown: ShownProduct, variant_id: int, available: int) -> ShownProduct:
    return replace(
        shown,
        variants=tuple(
            replace(each, available=available) if each.variant.id == variant_id else each
            for each in shown.variants
        ),
    )


def _members(products: Mapping[int, ShownProduct]) -> Mapping[int, list[int]]:
    """The ids of the products in each category, in order."""
    members: dict[int, list[int]] = defaultdict(list)
    for id in sorted(products):
        for category in products[id].categories:
            members[category.id].append(id)
    return members
