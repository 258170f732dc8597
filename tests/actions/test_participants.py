"""Who takes part: leaving, coming back, becoming the customer."""

from __future__ import annotations

import pytest

from helpdesk.actions import cases, entries, participants
from helpdesk.actions.cases import NotPermitted
from helpdesk.queries import addresses as find


@pytest.fixture()
def carl(session, case, people_of, bob, monday):
    return cases.add_participant(session, case, people_of("carl@customer.example"), now=monday, agent=bob)


def test_whoever_leaves_gets_nothing_more_and_their_address_is_closed(session, case, carl, bob, monday) -> None:
    participants.remove(session, case, carl, agent=bob, now=monday)
    sent = entries.reply(session, case, "Hello", agent=bob, now=monday)
    assert [row.recipient for row in sent.deliveries] == ["anna@customer.example"]
    assert find.standing_of(carl.addresses[0], monday) == "revoked"
    assert find.participant(session, case.number, "carl@customer.example") is None


def test_whoever_left_can_come_back_by_a_new_address(session, case, carl, bob, monday) -> None:
    participants.remove(session, case, carl, agent=bob, now=monday)
    back = cases.add_participant(session, case, carl.person, now=monday, agent=bob)
    assert back is carl
    assert carl in case.participants
    assert [find.standing_of(row, monday) for row in find.of_case(session, case.number)][-2:] == ["revoked", "active"]


def test_the_customer_does_not_leave(session, case, anna, bob, monday) -> None:
    (only,) = case.participants
    with pytest.raises(NotPermitted, match="Make somebody else the customer first"):
        participants.remove(session, case, only, agent=bob, now=monday)


def test_somebody_else_becomes_the_customer_and_both_stay(session, case, anna, carl, bob, monday) -> None:
    participants.make_requester(session, case, carl, agent=bob, now=monday)
    assert case.requester is carl.person
    assert {one.person.address: one.role for one in case.participants} == {
        "anna@customer.example": "copy",
        "carl@customer.example": "requester",
    }
    participants.remove(session, case, case.participants[0], agent=bob, now=monday)
    assert [one.person_id for one in case.participants] == [carl.person_id]
