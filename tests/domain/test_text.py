from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eterno.domain.errors import Invalid
from eterno.domain.text import clean

anything = st.text(st.characters(), max_size=60)  # surrogates and controls too


def test_text_is_trimmed() -> None:
    assert clean("  Oat & Honey\u00a0 ", "name", most=120) == "Oat & Honey"


def test_text_is_kept_in_its_composed_form() -> None:
    assert clean("Cre\u0301me", "name", most=120) == "Cr\u00e9me"


def test_only_the_composed_form_is_measured() -> None:
    assert len(clean("e\u0301" * 120, "name", most=120)) == 120


@pytest.mark.parametrize(
    ("name", "character"),
    [
        ("NUL", "\0"),
        ("a bell", "\a"),
        ("an escape", "\x1b"),
        ("a lone carriage return", "\r"),
        ("DEL", "\x7f"),
        ("a C1 control", "\x9f"),
        ("a high surrogate", "\ud800"),
        ("a low surrogate", "\udfff"),
        ("a line separator", "\u2028"),
        ("a paragraph separator", "\u2029"),
        ("a right-to-left override", "\u202e"),
        ("a right-to-left mark", "\u200f"),
        ("an Arabic letter mark", "\u061c"),
        ("an isolate", "\u2066"),
        ("the end of an isolate", "\u2069"),
    ],
)
@pytest.mark.parametrize("lines", [False, True])
def test_no_text_contains(name: str, character: str, lines: bool) -> None:
    with pytest.raises(Invalid, match=f"U\\+{ord(character):04X}"):
        clean(f"a{character}b", "name", most=120, lines=lines)


def test_a_line_has_no_line_breaks_and_no_tabs() -> None:
    for character in "\n\t":
        with pytest.raises(Invalid, match="contains the character"):
            clean(f"a{character}b", "name", most=120)


def test_a_text_of_several_lines_has_them_and_every_system_writes_them_the_same() -> None:
    assert clean("one\r\ntwo\n\tthree", "message", most=120, lines=True) == "one\ntwo\n\tthree"


def test_text_that_must_be_there_is_not_only_blanks() -> None:
    with pytest.raises(Invalid, match="must not be empty"):
        clean("   ", "name", most=120)


def test_text_that_may_be_missing_is_empty() -> None:
    assert clean("   ", "description", most=120, least=0) == ""


def test_text_may_have_to_be_longer_than_one_character() -> None:
    with pytest.raises(Invalid, match="at least 3 characters"):
        clean("ab", "name", most=120, least=3)


def test_text_is_as_long_as_allowed_and_no_longer() -> None:
    assert clean("x" * 120, "name", most=120) == "x" * 120
    with pytest.raises(Invalid, match="at most 120 characters"):
        clean("x" * 121, "name", most=120)


def test_a_novel_is_refused_without_being_read() -> None:
    with pytest.raises(Invalid, match="at most 120 characters"):
        clean("\0" * 10_000, "name", most=120)


def test_a_refused_text_names_its_field() -> None:
    with pytest.raises(Invalid) as refusal:
        clean("", "ingredients[2]", most=80)

    assert refusal.value.facts == {
        "errors": [{"field": "ingredients[2]", "message": "must not be empty"}]
    }


@given(anything, st.booleans())
def test_any_text_is_clean_afterwards_or_refused(value: str, lines: bool) -> None:
    try:
        text = clean(value, "name", most=50, lines=lines)
    except Invalid:
        return
    assert text == text.strip()
    assert unicodedata.is_normalized("NFC", text)
    assert 1 <= len(text) <= 50
    assert text.encode()  # no surrogate
    assert "\0" not in text
    assert "\r" not in text
    assert lines or not {"\n", "\t"} & set(text)


@given(anything)
def test_cleaning_a_clean_text_changes_nothing(value: str) -> None:
    try:
        text = clean(value, "name", most=50, lines=True)
    except Invalid:
        assume(False)
    else:
        assert clean(text, "name", most=50, lines=True) == text


@pytest.mark.parametrize("value", ["\u200b", "\u200d\u2060", "\ufeff \u200b"])
def test_a_text_of_which_nothing_can_be_seen_is_refused(value: str) -> None:
    with pytest.raises(Invalid, match="nothing of it can be seen"):
        clean(value, "name", most=50)


def test_a_joined_emoji_is_a_text_like_any_other() -> None:
    family = "\U0001f469\u200d\U0001f467"
    assert clean(family, "name", most=50) == family
