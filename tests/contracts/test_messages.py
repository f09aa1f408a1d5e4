from __future__ import annotations

from uuid import UUID

import pytest

from eterno.application.ports.store import Store
from eterno.domain.contact import Message
from tests.contracts.conftest import Bench


def write(store: Store, number: int = 1, text: str = "Is it vegan?") -> Message:
    with store.begin() as work:
        message = Message.written(
            id=UUID(int=number), name="Zoë", email="zoe@example.org", text=text, at=work.now
        )
        work.messages.add(message)
    return message


def test_a_message_is_kept_as_it_was_written(store: Store) -> None:
    message = write(store, text="'; DROP TABLE messages; --\n\t<b>\\0 %s {x} \N{SNOWMAN}")

    with store.begin() as work:
        assert work.messages.find(message.id) == message


def test_a_message_that_was_never_written_is_not_found(store: Store) -> None:
    write(store, 1)

    with store.begin() as work:
        assert work.messages.find(UUID(int=2)) is None


def test_an_id_belongs_to_one_message(bench: Bench) -> None:
    write(bench.store)

    with pytest.raises(bench.broken_rule):
        write(bench.store)


def test_the_owner_reads_the_newest_first_page_by_page(bench: Bench) -> None:
    for number in (1, 3, 2, 5):
        write(bench.store, number)

    def numbers(after: int | None = None, most: int = 50) -> list[int]:
        place = None if after is None else UUID(int=after)
        return [message.id.int for message in bench.messages.latest(after=place, most=most)]

    assert numbers() == [5, 3, 2, 1]
    assert numbers(most=2) == [5, 3]
    assert numbers(after=3, most=2) == [2, 1]
    assert numbers(after=4) == [3, 2, 1]
    assert numbers(after=1) == []


def test_an_empty_desk_is_empty(bench: Bench) -> None:
    assert list(bench.messages.latest()) == []
