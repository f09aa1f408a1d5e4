from __future__ import annotations

import pytest

from eterno.domain.errors import (
    Conflict,
    Denied,
    Fault,
    Invalid,
    NotFound,
    Refusal,
    TooMany,
    Unauthenticated,
    Unavailable,
)


@pytest.mark.parametrize(
    ("refusal", "code", "detail"),
    [
        (Invalid.field("price", "above 0"), "invalid", "price: above 0"),
        (Unauthenticated("Not authenticated"), "unauthenticated", "Not authenticated"),
        (Denied("Not yours"), "denied", "Not yours"),
        (NotFound("Product", 999), "not_found", "Product 999 not found"),
        (NotFound("Admin"), "not_found", "Admin not found"),
        (Conflict("Not now"), "conflict", "Not now"),
        (TooMany("Slow down", retry_after=60), "too_many", "Slow down"),
        (Unavailable("Nobody there"), "unavailable", "Nobody there"),
    ],
)
def test_a_refusal_has_a_code_for_programs_and_a_sentence_for_people(
    refusal: Refusal, code: str, detail: str
) -> None:
    assert (refusal.code, refusal.detail, str(refusal)) == (code, detail, detail)


def test_most_refusals_need_no_facts() -> None:
    assert Conflict("Not now").facts == {}


def test_what_is_invalid_names_every_wrong_field() -> None:
    refusal = Invalid("Two things are wrong", Fault("name", "too long"), Fault("price", "above 0"))

    assert refusal.facts == {
        "errors": [
            {"field": "name", "message": "too long"},
            {"field": "price", "message": "above 0"},
        ]
    }


def test_who_asks_too_much_or_too_early_is_told_when_to_come_back() -> None:
    assert TooMany("Slow down", retry_after=60).retry_after == 60
    assert Unavailable("Nobody there").retry_after > 0


def test_what_is_invalid_in_a_part_is_invalid_there_in_the_whole() -> None:
    refusal = Invalid.field("name", "must not be empty").inside("[2]")

    assert refusal.detail == "[2].name: must not be empty"
    assert refusal.faults == (Fault("[2].name", "must not be empty"),)
