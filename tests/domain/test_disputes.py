from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from eterno.domain.disputes import Dispute, DisputeStage, DisputeState
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


WON = replace(ASKED, state=DisputeState.WON)
INQUIRY = replace(ASKED, stage=DisputeStage.INQUIRY, refundable=True)
REPLIED = replace(INQUIRY, state=DisputeState.UNDER_REVIEW)
DROPPED = replace(INQUIRY, state=DisputeState.CLOSED)
APPEAL = replace(ASKED, stage=DisputeStage.APPEAL)
APPEALED = replace(APPEAL, state=DisputeState.UNDER_REVIEW)


def heard(*reports: Dispute) -> Dispute:
    known: Dispute | None = None
    for report in reports:
        known = report.after(known)
    assert known is not None
    return known


def test_the_first_dispute_is_news() -> None:
    assert [dispute.after(None) for dispute in (ASKED, LOST)] == [ASKED, LOST]


def test_hearing_the_same_again_is_no_news() -> None:
    assert ASKED.after(ASKED) == ASKED


@pytest.mark.parametrize(
    "story",
    [
        [ASKED, ANSWERED, LOST],
        [INQUIRY, REPLIED, ASKED, ANSWERED],
        [INQUIRY, REPLIED, DROPPED],
        [INQUIRY, ASKED, LOST],
        [LOST, APPEAL, APPEALED, WON],
        [INQUIRY, REPLIED, ASKED, ANSWERED, WON],
    ],
)
def test_it_ends_the_same_in_whatever_order_it_is_heard(story: list[Dispute]) -> None:
    for order in permutations(story):
        known = heard(*order, *order)
        assert known.state is story[-1].state
        assert known.claims_money == story[-1].claims_money


def test_a_loss_may_be_appealed_and_lost_again() -> None:
    assert heard(ASKED, LOST, APPEAL) == APPEAL
    assert heard(LOST, APPEAL, APPEALED, LOST).state is DisputeState.LOST
    assert heard(LOST, APPEAL, LOST, APPEALED).state is DisputeState.LOST


def test_another_date_is_news() -> None:
    later = replace(ASKED, due_by=NOON + timedelta(days=1))

    assert heard(ASKED, later) == later


def test_an_open_dispute_is_not_forgotten_for_a_closed_one() -> None:
    won = replace(OTHER, state=DisputeState.WON)

    assert heard(ASKED, OTHER) == OTHER
    assert heard(ASKED, won) == ASKED
    assert heard(WON, won) == won


def test_a_loss_is_not_forgotten_for_another_dispute() -> None:
    won = replace(OTHER, state=DisputeState.WON)

    for order in ([ASKED, OTHER, LOST, won], [LOST, OTHER, won], [ASKED, LOST, won]):
        assert heard(*order).claims_money, order
    assert not heard(ASKED, OTHER, WON, won).claims_money


def test_while_the_bank_has_or_may_get_the_money_it_is_claimed() -> None:
    claimed = {state for state in DisputeState if replace(ASKED, state=state).claims_money}

    assert claimed == {
        DisputeState.NEEDS_RESPONSE,
        DisputeState.UNDER_REVIEW,
        DisputeState.LOST,
    }


def test_what_can_be_given_back_is_not_claimed() -> None:
    assert not INQUIRY.claims_money
    assert not REPLIED.claims_money
    assert replace(LOST, refundable=True).claims_money


def test_the_owner_must_hear_of_every_date_to_answer_by() -> None:
    assert ASKED.needs_telling(None)
    assert ASKED.needs_telling(REPLIED), "another stage has begun"
    assert replace(ASKED, due_by=None).needs_telling(ASKED)
    assert OTHER.needs_telling(ASKED)
    assert LOST.needs_telling(ASKED)
    assert not ANSWERED.needs_telling(ASKED)
    assert not replace(ASKED, amount=usd("1")).needs_telling(ASKED)


def test_of_no_dispute_nothing_is_known() -> None:
    assert not ASKED.is_known_by(None)
    assert not LOST.is_known_by(None)


def test_an_open_dispute_is_known_by_whoever_knows_of_an_open_one() -> None:
    for memory in (ASKED, ANSWERED, APPEALED, OTHER):
        assert ASKED.is_known_by(memory)
        assert ANSWERED.is_known_by(memory)
    for memory in (WON, LOST, DROPPED, replace(OTHER, state=DisputeState.WON)):
        assert not ASKED.is_known_by(memory)


def test_how_a_dispute_ended_is_known_by_whoever_knows_that_end() -> None:
    ends = (WON, LOST, DROPPED)
    for end in ends:
        assert [memory for memory in (ASKED, *ends) if end.is_known_by(memory)] == [end]


def test_a_loss_is_known_also_by_whoever_remembers_another_dispute() -> None:
    assert LOST.is_known_by(replace(OTHER, lost_before=True))
    assert LOST.is_known_by(replace(OTHER, state=DisputeState.LOST))
    assert not LOST.is_known_by(OTHER)


def test_what_came_to_nothing_need_not_be_remembered_beside_another_dispute() -> None:
    assert WON.is_known_by(OTHER)
    assert DROPPED.is_known_by(replace(OTHER, state=DisputeState.LOST))


@pytest.mark.parametrize(
    "stories", [[ASKED, LOST], [ASKED, OTHER, LOST], [OTHER, WON], [LOST, OTHER]]
)
def test_whoever_has_heard_everything_knows_everything(stories: list[Dispute]) -> None:
    last = {dispute.id: dispute for dispute in stories}

    for dispute in last.values():
        assert dispute.is_known_by(heard(*stories))
