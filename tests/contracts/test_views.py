from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store
from eterno.application.ports.views import OrderQuery, Pulse, Sort, Wanted
from eterno.domain.basket import MOST_ID
from eterno.domain.catalog import Variant
from eterno.domain.errors import NotFound
from eterno.domain.orders import Buyer, Order, OrderState
from eterno.domain.refunds import Refund
from tests.builders import a_payment, add_category, add_product, place, put_on_sale, usd
from tests.contracts.conftest import Bench

# The shop window


def test_an_empty_shop_shows_nothing(bench: Bench) -> None:
    assert list(bench.window.products()) == []
    assert list(bench.window.categories()) == []


def test_products_are_shown_by_id_with_their_variants_and_categories_by_id(bench: Bench) -> None:
    store = bench.store
    gifts, unscented = add_category(store, "Gifts"), add_category(store, "Unscented")
    oat = add_product(store, "Oat", categories=(unscented, gifts))
    rose = add_product(store, "Rose")
    small, other, large = (
        put_on_sale(store, product, size=size)
        for product, size in ((oat, "50 g"), (rose, "80 g"), (oat, "100 g"))
    )

    shown_oat, shown_rose = bench.window.products()

    assert shown_oat.product == oat
    assert [shown.variant for shown in shown_oat.variants] == [small, large]
    assert shown_oat.categories == (gifts, unscented)
    assert shown_rose.product == rose
    assert [shown.variant for shown in shown_rose.variants] == [other]
    assert shown_rose.categories == ()


def test_a_product_without_variants_is_shown_without(bench: Bench) -> None:
    product = add_product(bench.store)

    assert bench.window.product(product.id).variants == ()


def test_what_is_available_is_what_is_not_held(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        place(work, (soap, 3))

    (shown,) = bench.window.product(soap.product_id).variants

    assert shown.available == 7


def test_one_product_is_shown_as_among_all(bench: Bench) -> None:
    product = add_product(bench.store, categories=(add_category(bench.store),))
    put_on_sale(bench.store, product)
    put_on_sale(bench.store)

    assert bench.window.product(product.id) == bench.window.products()[0]


def test_what_is_archived_is_not_shown(bench: Bench) -> None:
    gifts = add_category(bench.store)
    gone = add_product(bench.store, "Old", categories=(gifts,), archived=True)
    product = add_product(bench.store, "New", categories=(gifts,))
    put_on_sale(bench.store, product, archived=True)

    assert [shown.product for shown in bench.window.products()] == [product]
    assert bench.window.product(product.id).variants == ()
    assert [shown.product for shown in bench.window.category(gifts.id)[1]] == [product]
    with pytest.raises(NotFound, match=f"Product {gone.id} not found"):
        bench.window.product(gone.id)


def test_categories_are_shown_by_id(bench: Bench) -> None:
    categories = [add_category(bench.store, name) for name in ("Gifts", "Unscented", "Alpine")]

    assert list(bench.window.categories()) == categories


def test_a_category_is_shown_with_its_products_by_id_as_among_all(bench: Bench) -> None:
    store = bench.store
    gifts, unscented = add_category(store, "Gifts"), add_category(store, "Unscented")
    both = add_product(store, "Oat", categories=(unscented, gifts))
    add_product(store, "Rose", categories=(unscented,))
    one = add_product(store, "Mint", categories=(gifts,))
    put_on_sale(store, both)

    category, products = bench.window.category(gifts.id)

    assert category == gifts
    assert list(products) == [bench.window.product(both.id), bench.window.product(one.id)]


def test_a_category_may_be_empty(bench: Bench) -> None:
    gifts = add_category(bench.store)

    assert bench.window.category(gifts.id) == (gifts, [])


@pytest.mark.parametrize("unknown", [0, -1, 999, 2**31, MOST_ID])
def test_what_does_not_exist_is_not_found_whatever_its_id(bench: Bench, unknown: int) -> None:
    with pytest.raises(NotFound, match=f"Product {unknown} not found"):
        bench.window.product(unknown)
    with pytest.raises(NotFound, match=f"Category {unknown} not found"):
        bench.window.category(unknown)


def test_one_variant_is_shown_as_in_its_product(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        place(work, (soap, 3))

    shown = bench.window.variant(soap.id, of=soap.product_id)

    assert (shown.variant, shown.available) == (soap, 7)
    assert (shown,) == bench.window.product(soap.product_id).variants


def test_a_variant_is_shown_only_under_its_own_product_and_not_when_archived(
    bench: Bench, soap: Variant
) -> None:
    other = put_on_sale(bench.store)
    gone = put_on_sale(bench.store, archived=True)
    of_a_gone_product = put_on_sale(bench.store, add_product(bench.store, archived=True))

    for id, of in (
        (soap.id, other.product_id),
        (soap.id, 999),
        (999, soap.product_id),
        (MOST_ID, MOST_ID),
        (gone.id, gone.product_id),
        (of_a_gone_product.id, of_a_gone_product.product_id),
    ):
        with pytest.raises(NotFound, match=f"ProductVariant {id} not found"):
            bench.window.variant(id, of=of)


# Pages of the shop window


def shelf_of(bench: Bench, *names: str) -> list[int]:
    """Products of these names, each with one soap; their ids."""
    ids = []
    for name in names:
        product = add_product(bench.store, name)
        put_on_sale(bench.store, product)
        ids.append(product.id)
    return ids


def names_of(bench: Bench, **wanted: Any) -> list[str]:
    return [shown.product.name for shown in bench.window.page(Wanted(**wanted)).products]


def test_a_page_shows_products_as_they_are_shown_among_all(bench: Bench) -> None:
    shelf_of(bench, "Oat", "Rose", "Mint")

    page = bench.window.page(Wanted())

    assert (list(page.products), page.more) == (list(bench.window.products()), False)


def test_pages_follow_each_other_to_the_end(bench: Bench) -> None:
    ids = shelf_of(bench, "Oat", "Rose", "Mint", "Oat", "Clay")
    for sort in Sort:
        seen: list[int] = []
        page = bench.window.page(Wanted(sort=sort, most=2))
        while page.more:
            seen += [shown.product.id for shown in page.products]
            page = bench.window.page(Wanted(sort=sort, most=2, after=seen[-1]))
        seen += [shown.product.id for shown in page.products]
        assert sorted(seen) == ids, sort


def test_products_come_in_the_order_that_was_asked_for(bench: Bench) -> None:
    shelf: dict[str, tuple[str, ...]] = {
        "rose": ("9.00", "2.00"),
        "Oat": ("5.00",),
        "Äther": (),
        "Mint": ("5.00",),
    }
    for name, prices in shelf.items():
        product = add_product(bench.store, name)
        for price in prices:
            put_on_sale(bench.store, product, price=price)

    assert names_of(bench) == ["rose", "Oat", "Äther", "Mint"]
    assert names_of(bench, sort=Sort.NEWEST) == ["Mint", "Äther", "Oat", "rose"]
    assert names_of(bench, sort=Sort.NAME) == ["Mint", "Oat", "rose", "Äther"]
    assert names_of(bench, sort=Sort.PRICE) == ["rose", "Oat", "Mint", "Äther"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("lemon", ["Lemon & Poppy"]),
        ("LEMON", ["Lemon & Poppy"]),
        ("poppy lemon", ["Lemon & Poppy"]),
        ("lem", ["Lemon & Poppy"]),
        ("emon", []),
        ("lemon rose", []),
        ("honey", ["Lemon & Poppy", "Crème de Rose"]),
        ("crème", ["Crème de Rose"]),
        ("&", ["Lemon & Poppy", "Crème de Rose"]),
        ("':* | !lemon \\", ["Lemon & Poppy"]),
        ("", ["Lemon & Poppy", "Crème de Rose"]),
    ],
)
def test_products_are_found_by_the_beginnings_of_words(
    bench: Bench, text: str, names: list[str]
) -> None:
    shelf_of(bench, "Lemon & Poppy", "Crème de Rose")  # both are made of oats and honey

    assert names_of(bench, text=text) == names


def test_products_are_found_by_category_and_stock(bench: Bench) -> None:
    gifts = add_category(bench.store)
    full = add_product(bench.store, "Full", categories=(gifts,))
    empty = add_product(bench.store, "Empty", categories=(gifts,))
    put_on_sale(bench.store, full)
    put_on_sale(bench.store, full, pieces=0)
    put_on_sale(bench.store, empty, pieces=0)
    put_on_sale(bench.store, empty, archived=True)
    shelf_of(bench, "Elsewhere")

    assert names_of(bench, category=gifts.id) == ["Full", "Empty"]
    assert names_of(bench, in_stock=True) == ["Full", "Elsewhere"]
    assert names_of(bench, category=gifts.id, in_stock=True) == ["Full"]
    assert names_of(bench, category=999) == []


def test_what_is_archived_is_on_no_page(bench: Bench) -> None:
    add_product(bench.store, "Gone", archived=True)

    assert names_of(bench) == names_of(bench, text="gone") == []


@pytest.mark.parametrize("sort", Sort)
def test_after_the_last_product_comes_nothing(bench: Bench, sort: Sort) -> None:
    [only] = shelf_of(bench, "Oat")

    assert names_of(bench, sort=sort, after=only) == []


def test_what_was_erased_keeps_its_place_among_ids_and_no_other(bench: Bench) -> None:
    [only] = shelf_of(bench, "Oat")

    assert names_of(bench, sort=Sort.NEWEST, after=only + 1) == ["Oat"]
    assert names_of(bench, sort=Sort.ID, after=only + 1) == []
    assert names_of(bench, sort=Sort.NAME, after=only + 1) == []
    assert names_of(bench, sort=Sort.PRICE, after=only + 1) == []


# The order desk


def orders_in_a_row(store: Store, soap: Variant, *, how_many: int) -> list[Order]:
    """The oldest first."""
    orders = []
    for number in range(1, how_many + 1):
        with store.begin() as work:
            at = work.now + timedelta(seconds=number)
            orders.append(place(work, (soap, 1), id=UUID(int=number), created_at=at))
    return orders


def paid(order: Order, number: int) -> Order:
    return order.pay(a_payment(order, session_id=f"cs_{number}", intent_id=None), number=number)


def test_the_newest_orders_come_first(bench: Bench, soap: Variant) -> None:
    orders = orders_in_a_row(bench.store, soap, how_many=3)

    assert list(bench.orders.latest()) == orders[::-1]
    assert list(bench.orders.latest(most=2)) == orders[:0:-1]


def test_orders_can_be_looked_at_by_their_state(bench: Bench, soap: Variant) -> None:
    first, second, third = orders_in_a_row(bench.store, soap, how_many=3)
    with bench.store.begin() as work:
        for order in (first, third):
            work.orders.save(work.orders.hold(order.id).expire())

    expired = bench.orders.latest(state=OrderState.EXPIRED)

    assert [order.id for order in expired] == [third.id, first.id]
    assert list(bench.orders.latest(state=OrderState.AWAITING)) == [second]
    assert list(bench.orders.latest(state=OrderState.PAID)) == []
    assert [o.id for o in bench.orders.latest(state=OrderState.EXPIRED, most=1)] == [third.id]


def test_an_order_is_found_by_number_token_and_id(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        order = paid(place(work, (soap, 1)), 1001)
        work.orders.save(order)
        place(work, (soap, 1))

    for name in ("1001", order.token, str(order.id)):
        assert bench.orders.find(name) == order


def test_an_order_without_a_number_is_found_by_its_other_names(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        order = place(work, (soap, 2))

    assert bench.orders.find(order.token) == order
    assert bench.orders.find(str(order.id)) == order


@pytest.mark.parametrize(
    "name",
    [
        "",
        "0",
        "7",
        "-1",
        "None",
        "9" * 18,
        "9" * 19,
        "9" * 40,
        "%",
        "' OR 1=1",
        "a\0b",
        "\ud800",
        "٣",
    ],
)
def test_no_order_goes_by_that_name(bench: Bench, soap: Variant, name: str) -> None:
    with bench.store.begin() as work:
        place(work, (soap, 1))

    with pytest.raises(NotFound):
        bench.orders.find(name)


def test_an_unknown_id_is_not_found(bench: Bench) -> None:
    unknown = str(uuid4())

    with pytest.raises(NotFound, match=f"Order {unknown} not found"):
        bench.orders.find(unknown)


def sold(order: Order, number: int, buyer: Buyer) -> Order:
    return paid(order.know(buyer), number)


@pytest.fixture
def four(bench: Bench, soap: Variant) -> list[Order]:
    """The oldest first: two of Rosa Klein's, one of Rosa Luz's, one that nobody paid for."""
    orders = orders_in_a_row(bench.store, soap, how_many=4)
    buyers = [
        Buyer(email="Rosa@Example.org", name="Rosa  Klein"),
        Buyer(email="luz@example.org", name="ROSA LUZ"),
        Buyer(email="rosa@example.org", name="Rosa Klein"),
    ]
    with bench.store.begin() as work:
        for number, (order, buyer) in enumerate(zip(orders, buyers, strict=False), 1001):
            work.orders.save(sold(work.orders.hold(order.id), number, buyer))
    return orders


def found(bench: Bench, **terms: Any) -> list[int]:
    """Which of the four, by their place."""
    return [order.id.int for order in bench.orders.search(OrderQuery(**terms))]


def test_without_terms_all_orders_are_found_the_newest_first(
    bench: Bench, four: list[Order]
) -> None:
    assert found(bench) == [4, 3, 2, 1]
    first = bench.orders.search(OrderQuery(most=1))[0]
    assert first == bench.orders.find(str(first.id))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("1002", [2]),
        ("rosa@example.org", [3, 1]),
        ("ROSA@example.ORG ", [3, 1]),
        ("klein", [3, 1]),
        ("rosa", [3, 2, 1]),
        ("luz  Rosa", [2]),
        ("rosa 1003", [3]),
        ("ros", []),
        ("100", []),
        ("%", []),
        ("' OR 1=1", []),
        ("a\0b", []),
        ("\ud800", []),
        (" ", [4, 3, 2, 1]),
    ],
)
def test_orders_are_found_by_number_address_and_name(
    bench: Bench, four: list[Order], text: str, places: list[int]
) -> None:
    assert found(bench, text=text) == places


def test_orders_are_found_by_their_state(bench: Bench, four: list[Order]) -> None:
    assert found(bench, state=OrderState.PAID) == [3, 2, 1]
    assert found(bench, state=OrderState.AWAITING, text="rosa") == []


def test_orders_are_found_by_when_they_were_placed(bench: Bench, four: list[Order]) -> None:
    _, second, third, _ = four

    assert found(bench, since=second.created_at, until=third.created_at) == [2]
    assert found(bench, since=third.created_at) == [4, 3]
    assert found(bench, until=second.created_at) == [1]


def test_every_page_goes_on_where_the_last_one_ended(bench: Bench, four: list[Order]) -> None:
    first = bench.orders.search(OrderQuery(most=3))

    assert found(bench, most=3, after=first[-1].id) == [1]
    assert found(bench, after=four[0].id) == []
    assert found(bench, after=uuid4()) == []
    assert found(bench, text="klein", after=four[2].id) == [1]


def test_a_buyer_finds_her_order_by_its_token_and_by_nothing_else(
    bench: Bench, four: list[Order]
) -> None:
    order = bench.orders.find("1001")

    assert bench.orders.by_token(order.token) == order
    for name in ("1001", str(order.id), order.session_id or "", "", "%", "a\0b", "\ud800"):
        with pytest.raises(NotFound):
            bench.orders.by_token(name)


def test_an_order_is_found_by_its_payment_session(bench: Bench, four: list[Order]) -> None:
    order = bench.orders.find("1001")

    assert bench.orders.by_session("cs_1001") == order
    for name in ("1001", order.token, "", "%", "a\0b", "\ud800"):
        with pytest.raises(NotFound):
            bench.orders.by_session(name)


def test_an_order_is_found_by_its_payment(bench: Bench, four: list[Order]) -> None:
    with bench.store.begin() as work:
        work.orders.save(replace(work.orders.hold(four[0].id), intent_id="pi_1001"))
    order = bench.orders.find("1001")

    assert bench.orders.by_intent("pi_1001") == order
    for name in ("1001", order.token, "", "%", "a\0b", "\ud800"):
        with pytest.raises(NotFound):
            bench.orders.by_intent(name)


def test_the_refunds_of_an_order_are_shown_as_they_were_asked_for(
    bench: Bench, four: list[Order]
) -> None:
    refunds = [
        Refund(
            id=UUID(int=n),
            order_id=four[0].id,
            amount=usd("1.00"),
            shipping=usd("0"),
            tax=usd("0"),
            requested_at=four[0].created_at + timedelta(seconds=seconds),
        )
        for n, seconds in ((9, 0), (7, 1), (8, 1))
    ]
    with bench.store.begin() as work:
        for refund in reversed(refunds):
            work.refunds.add(refund)

    assert list(bench.orders.refunds(four[0].id)) == refunds
    assert list(bench.orders.refunds(four[1].id)) == []


# The outbox desk


def test_tasks_are_shown_with_their_fate_the_newest_first(bench: Bench) -> None:
    first, second = (Task(id=UUID(int=n), reaction="wave", facts={}) for n in (1, 2))
    with bench.store.begin() as work:
        work.outbox.add([first], work.now)
    bench.advance(timedelta(seconds=1))
    with bench.store.begin() as work:
        added_at = work.now
        work.outbox.add([second], added_at)

    newest, oldest = bench.outbox.tasks()

    assert (newest.id, oldest.id) == (second.id, first.id)
    assert (newest.reaction, newest.state, newest.attempts) == ("wave", "due", 0)
    assert newest.created_at == newest.due_at == added_at
    assert newest.error is None
    assert [task.id for task in bench.outbox.tasks(most=1)] == [second.id]


def test_tasks_can_be_looked_at_by_their_state(bench: Bench) -> None:
    with bench.store.begin() as work:
        tasks = [Task(id=UUID(int=n), reaction="wave", facts={}) for n in range(1, 5)]
        work.outbox.add(tasks[:3], work.now)
    with bench.store.begin() as work:
        claimed = work.outbox.claim(work.now, lease=timedelta(hours=1), most=10, attempts=5)
        finished, buried, leased = sorted(claimed, key=lambda task: task.id)
        work.outbox.done(finished, work.now)
        work.outbox.bury(buried, work.now, "no such mailbox")
        work.outbox.add(tasks[3:], work.now)

    shown = {
        state: [task.id for task in bench.outbox.tasks(state=state)]
        for state in ("due", "leased", "done", "dead")
    }

    assert shown == {
        "due": [tasks[3].id],
        "leased": [leased.id],
        "done": [finished.id],
        "dead": [buried.id],
    }
    assert len(bench.outbox.tasks()) == 4


def test_tasks_are_read_page_by_page(bench: Bench) -> None:
    with bench.store.begin() as work:
        tasks = [Task(id=UUID(int=n), reaction="wave", facts={}) for n in range(1, 6)]
        work.outbox.add(tasks, work.now)

    def page(after: int | None = None, **terms: Any) -> list[int]:
        last = None if after is None else UUID(int=after)
        return [task.id.int for task in bench.outbox.tasks(after=last, **terms)]

    assert page(most=2) == [5, 4]
    assert page(4, most=2) == [3, 2]
    assert page(2, state="due") == [1]
    assert page(1) == page(4, state="dead") == []


def test_a_view_that_is_looked_at_twice_shows_what_has_changed(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        order = place(work, (soap, 1))
    before = bench.orders.find(order.token)
    with bench.store.begin() as work:
        work.orders.save(work.orders.hold(order.id).expire())

    assert before == order
    assert bench.orders.find(order.token) == replace(order, state=OrderState.EXPIRED)


# Pictures


def test_the_pictures_shown_are_listed_in_order_and_once(bench: Bench) -> None:
    store = bench.store
    oat = add_product(store, img_key="products/b.jpg")
    put_on_sale(store, oat, img_key="products/a.jpg")
    put_on_sale(store, oat, img_key="products/b.jpg")
    put_on_sale(store, oat, img_key="products/B.jpg")
    put_on_sale(store, oat)

    def listed(prefix: str, most: int = 10) -> list[str]:
        return list(bench.window.pictures(prefix, most=most))

    assert listed("products/") == ["products/B.jpg", "products/a.jpg", "products/b.jpg"]
    assert listed("products/", most=2) == ["products/B.jpg", "products/a.jpg"]
    assert listed("products/a") == ["products/a.jpg"]
    assert listed("products/%") == listed("products/_") == listed("\0") == []
    assert listed("") == listed("products/")


def test_pictures_of_what_is_archived_are_not_listed(bench: Bench) -> None:
    store = bench.store
    gone = add_product(store, img_key="products/a.jpg", archived=True)
    put_on_sale(store, gone, img_key="products/b.jpg")
    put_on_sale(store, img_key="products/c.jpg", archived=True)

    assert list(bench.window.pictures("products/", most=10)) == []


def test_an_archived_variant_is_only_shown_to_whoever_asks_for_it(bench: Bench) -> None:
    gone = put_on_sale(bench.store, pieces=3, archived=True)
    orphan = put_on_sale(bench.store, add_product(bench.store, archived=True))

    for variant in (gone, orphan):
        with pytest.raises(NotFound):
            bench.window.variant(variant.id, of=variant.product_id)
        shown = bench.window.variant(variant.id, of=variant.product_id, even_archived=True)
        assert shown.variant == variant
        with pytest.raises(NotFound):
            bench.window.variant(variant.id, of=variant.product_id + 9, even_archived=True)


# The pulse


def test_an_empty_shop_has_a_quiet_pulse(bench: Bench) -> None:
    assert bench.pulse.feel() == Pulse(
        held_units=0, awaiting=0, due=0, dead=0, oldest_due=timedelta(0)
    )


def test_the_pulse_tells_what_is_held_awaited_due_and_dead(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        place(work, (soap, 3))
        work.orders.save(place(work, (soap, 2)).expire())
        past = work.now - timedelta(seconds=90)
        tasks = [Task(id=UUID(int=n), reaction="wave", facts={}) for n in range(1, 5)]
        work.outbox.add(tasks, past)
        claimed = work.outbox.claim(work.now, lease=timedelta(hours=1), most=3, attempts=5)
        finished, buried, _ = sorted(claimed, key=lambda task: task.id)
        work.outbox.done(finished, work.now)
        work.outbox.bury(buried, work.now, "no such mailbox")
        work.outbox.add([Task(id=UUID(int=9), reaction="wave", facts={})], work.now + timedelta(1))

    pulse = bench.pulse.feel()

    assert (pulse.held_units, pulse.awaiting, pulse.due, pulse.dead) == (5, 1, 1, 1)
    assert timedelta(seconds=90) <= pulse.oldest_due < timedelta(seconds=120)
