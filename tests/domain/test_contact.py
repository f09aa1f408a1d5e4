from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.domain.contact import Message, check_email
from eterno.domain.errors import Invalid
from tests.support.clock import NOON


def write(**changes: Any) -> Message:
    said = {"name": "Ada", "email": "ada@example.org", "text": "Is it vegan?", **changes}
    return Message.written(id=UUID(int=1), at=NOON, **said)


def test_a_message_is_kept_as_it_was_meant() -> None:
    message = write(
        name="  Zoe\u0308 O'Hara <3 ",
        email=" zoe@example.org ",
        text="Hello!\r\n\r\n\tIs it vegan?\n",
    )

    assert message.name == "Zo\u00eb O'Hara <3"
    assert message.email == "zoe@example.org"
    assert message.text == "Hello!\n\n\tIs it vegan?"


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org",
        "ada.lovelace+soap@mail.example.co.uk",
        "o'hara@example.org",
        "a@b.cd",
        "1_x-y@xn--bcher-kva.example",
        f"{'a' * 64}@example.org",
    ],
)
def test_an_address_is_an_address(address: str) -> None:
    assert check_email(address, "email") == address


NO_ADDRESSES = [
    "",
    "ada",
    "ada@",
    "@example.org",
    "ada@example",
    "ada@@example.org",
    "ada@exa mple.org",
    "ada lovelace@example.org",
    "ada@example.org, eve@example.org",
    "ada@example.org;eve@example.org",
    "Ada <ada@example.org>",
    "<ada@example.org>",
    '"ada"@example.org',
    "ada(comment)@example.org",
    ".ada@example.org",
    "ada.@example.org",
    "a..da@example.org",
    "ada@-example.org",
    "ada@example-.org",
    "ada@.example.org",
    "ada@example.org.",
    "ada@[127.0.0.1]",
    "ada@example.org\r\nBcc: everyone@example.org",
    "ada@example.org\n",
    "ada@example.org\r",
    "ada@example.org\0",
    "ada\u2028@example.org",
    "ada\u202e@example.org",
    "ad\u0430@example.org",
    "ada@ex\u0430mple.org",
    "ada@example.org%0d%0aBcc:eve@example.org",
    "mailto:ada@example.org",
    f"{'a' * 65}@example.org",
    f"ada@{'a' * 64}.org",
    f"ada@{'a.' * 130}org",
]


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_anything_else_is_none(address: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_email(address, "email")

    assert refusal.value.faults[0].field == "email"


@given(st.text())
def test_whatever_is_taken_for_an_address_is_one_word_with_one_at(text: str) -> None:
    try:
        address = check_email(text, "email")
    except Invalid:
        return
    assert address.isascii()
    assert address.isprintable()
    assert address.count("@") == 1
    assert not set(' ,;:<>()[]\\"') & set(address)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": ""}),
        ("name", {"name": " \u200b"}),
        ("name", {"name": "x" * 121}),
        ("name", {"name": "Ada\r\nBcc: eve@example.org"}),
        ("name", {"name": "Ada\0"}),
        ("name", {"name": "\u202eadA"}),
        ("message", {"text": ""}),
        ("message", {"text": "\n\t \n"}),
        ("message", {"text": "x" * 5_001}),
        ("message", {"text": "bell\a"}),
        ("message", {"text": "half \ud800"}),
        ("message", {"text": "old Mac\rline"}),
    ],
)
def test_what_breaks_the_limits_is_named(field: str, changes: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        write(**changes)

    assert refusal.value.faults[0].field == field


def test_the_limits_themselves_are_fine() -> None:
    message = write(name="x" * 120, text="x" * 5_000)

    assert (len(message.name), len(message.text)) == (120, 5_000)
