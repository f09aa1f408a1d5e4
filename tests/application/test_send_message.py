from __future__ import annotations

from typing import Any

import pytest

from eterno.application.contact.send_message import SendMessage
from eterno.application.ports.store import StoreUnavailable
from eterno.domain.errors import Invalid, TooMany
from tests.application.shop import Shop


class Page:
    """The contact page."""

    def __init__(self, shop: Shop) -> None:
        self._send = SendMessage(shop.store, shop.ids)

    def write(self, **changes: Any) -> None:
        self._send(
            **{
                "name": "Ada",
                "email": "ada@example.org",
                "text": "Is it vegan?",
                "client": "203.0.113.7",
                **changes,
            }
        )


@pytest.fixture
def page(shop: Shop) -> Page:
    return Page(shop)


def texts(shop: Shop) -> list[str]:
    return [message.text for message in shop.store.tables.messages.values()]


def test_a_message_is_kept_together_with_the_task_for_its_letter(shop: Shop, page: Page) -> None:
    page.write()

    (message,) = shop.store.tables.messages.values()
    (filed,) = shop.store.tables.outbox.values()
    assert (message.name, message.email, message.text) == ("Ada", "ada@example.org", "Is it vegan?")
    assert filed.task.reaction == "forward_message"
    assert filed.task.facts == {"message_id": str(message.id)}


def test_the_owner_gets_a_letter_and_can_answer_it(shop: Shop, page: Page) -> None:
    page.write()
    shop.deliver()

    (letter,) = shop.mailer.sent
    assert (letter.to, letter.reply_to) == ("owner@eterno.example", "ada@example.org")
    assert letter.subject == "contact_message"
    assert "Is it vegan?" in letter.text
    assert letter.id == str(next(iter(shop.store.tables.outbox)))


def test_the_task_for_the_letter_holds_none_of_the_visitors_words(shop: Shop, page: Page) -> None:
    page.write()

    (filed,) = shop.store.tables.outbox.values()
    assert list(filed.task.facts) == ["message_id"]


def test_while_the_mail_service_is_silent_the_message_is_safe_and_its_letter_waits(
    shop: Shop, page: Page
) -> None:
    shop.mailer.silent = True
    page.write()
    shop.deliver()
    assert shop.mailer.sent == []

    shop.mailer.silent = False
    shop.wait(minutes=1)
    shop.deliver()

    assert len(shop.mailer.sent) == 1
    assert texts(shop) == ["Is it vegan?"]


def test_a_message_that_was_erased_meanwhile_is_not_sent(shop: Shop, page: Page) -> None:
    page.write()
    shop.store.tables.messages.clear()

    shop.deliver()

    assert shop.mailer.sent == []
    assert all(filed.done_at for filed in shop.store.tables.outbox.values())


def test_a_program_that_fills_the_trap_is_told_nothing_and_leaves_nothing(
    shop: Shop, page: Page
) -> None:
    page.write(trap="https://spam.example")

    assert texts(shop) == []
    assert not shop.news
    assert not shop.store.tables.attempts


def test_one_client_may_write_five_times_an_hour(shop: Shop, page: Page) -> None:
    for number in range(5):
        page.write(text=f"message {number}")
    with pytest.raises(TooMany) as refusal:
        page.write(text="one too many")
    page.write(client="203.0.113.8", text="from next door")

    assert refusal.value.retry_after == 3_600
    assert len(texts(shop)) == 6
    shop.wait(hours=1)
    page.write(text="an hour later")
    assert "an hour later" in texts(shop)


def test_all_clients_together_may_write_two_hundred_times_a_day(shop: Shop, page: Page) -> None:
    for number in range(200):
        page.write(client=f"client {number}")
    with pytest.raises(TooMany) as refusal:
        page.write(client="the last straw")

    assert refusal.value.retry_after == 24 * 3_600
    assert "contact from the last straw" not in shop.store.tables.attempts
    assert len(texts(shop)) == 200
    shop.wait(days=1)
    page.write()
    assert len(texts(shop)) == 201


@pytest.mark.parametrize("changes", [{"name": ""}, {"email": "nobody"}, {"text": "\0"}])
def test_what_cannot_be_right_is_not_kept_and_not_counted(
    shop: Shop, page: Page, changes: dict[str, str]
) -> None:
    with pytest.raises(Invalid):
        page.write(**changes)

    assert texts(shop) == []
    assert not shop.news
    assert not shop.store.tables.attempts


def test_when_another_work_is_in_the_way_it_is_done_over_and_kept_once(
    shop: Shop, page: Page
) -> None:
    shop.store.collisions = 2
    page.write()

    assert len(texts(shop)) == 1
    assert shop.news["forward_message"] == 1


def test_while_the_store_is_silent_nobody_is_told_that_it_was_received(
    shop: Shop, page: Page
) -> None:
    shop.store.silent = True

    with pytest.raises(StoreUnavailable):
        page.write()
