from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from eterno.domain.disputes import Dispute, DisputeState
from tests.builders import usd
from tests.support.clock import NOON

ASKED = Dispute(
    id="du_1",
    state=DisputeState.NEEDS_RESPONSE,
    amount=usd("8.99"),
    reason="product_not_received",
    due_by=NOON,
)
ANSWERED = replace(ASKED, state=DisputeState.UNDER_REVIEW)
LOST = replace(ASKED, state=DisputeState.LOST)
OTHER = replace(ASKED, id="du_2")


def test_the_first_dispute_is_news() -> None:
    assert all(dispute.follows(None) for dispute in (ASKED, LOST))


def test_hearing_the_same_again_is_no_news() -> None:
    assert not ASKED.follows(ASKED)


@pytest.mark.parametrize("heard", list(permutations([ASKED, ANSWERED, LOST])))
def test_what_is_closed_stays_closed_in_whatever_order_it_is_heard(
    heard: tuple[Dispute, ...],
) -> None:
    known: Dispute | None = None
    for dispute in heard:
        if dispute.follows(known):
            known = dispute

    assert known == LOST


def test_an_open_dispute_is_not_forgotten_for_a_closed_one() -> None:
    assert OTHER.follows(LOST)
    assert OTHER.follows(ASKED)
    assert not replace(OTHER, state=DisputeState.WON).follows(ASKED)
    assert replace(OTHER, state=DisputeState.WON).follows(LOST)


def test_while_the_bank_has_or_may_get_the_money_it_is_claimed() -> None:
    claimed = {state for state in DisputeState if replace(ASKED, state=state).claims_money}

    assert claimed == {
        DisputeState.NEEDS_RESPONSE,
        DisputeState.UNDER_REVIEW,
        DisputeState.LOST,
    }
