"""Deeds on a case as a whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk.actions import agents, cases, people
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Event
from helpdesk.queries import addresses as find
from helpdesk.queries import cases as find_cases


def last_event(session, case) -> Event:
    return session.scalars(select(Event).where(Event.case_number == case.number).order_by(Event.id.desc())).first()


def test_the_first_case_is_1001_and_numbers_only_grow(session, desk, anna, case, monday) -> None:
    assert case.number == 1001
    assert cases.open_case(session, desk, anna, "Another", now=monday).number == 1002


def test_a_number_is_never_given_twice(session, database, desk, anna, monday) -> None:
    first = cases.open_case(session, desk, anna, "Opened by mistake", now=monday)
    number = first.number
    for row in (*find.of_case(session, number), *first.participants, *session.scalars(select(Event))):
        session.delete(row)
    session.flush()
    session.delete(first)
    session.flush()
    assert cases.open_case(session, desk, anna, "The next", now=monday).number == number + 1
    session.info["to measure"].discard(number)  # nothing of the product deletes a case


def test_a_case_without_a_subject_has_a_dash(session, desk, anna, monday) -> None:
    assert cases.open_case(session, desk, anna, "  ", now=monday).subject == "–"


def test_a_case_speaks_the_requester_s_language_then_the_mail_s_then_the_desk_s(session, desk, anna, monday) -> None:
    assert cases.open_case(session, desk, anna, "x", now=monday).language == desk.language
    assert cases.open_case(session, desk, anna, "x", now=monday, language="de").language == "de"
    anna.language = "de"
    assert cases.open_case(session, desk, anna, "x", now=monday, language="en").language == "de"


def test_what_the_customer_opened_and_what_we_opened_are_told_apart(session, desk, anna, bob, case, monday) -> None:
    theirs = session.scalars(select(Event).where(Event.case_number == case.number, Event.deed == "opened")).one()
    assert (theirs.person, theirs.agent) == (anna, None)
    ours = cases.open_case(session, desk, anna, "We call back", now=monday, agent=bob)
    opened = session.scalars(select(Event).where(Event.case_number == ours.number, Event.deed == "opened")).one()
    assert (opened.person, opened.agent) == (None, bob)


@pytest.mark.parametrize("address", ["help@example.org", "help+tag@example.org", "anything@reply.example.org"])
def test_an_address_of_ours_never_takes_part(session, case, monday, address) -> None:
    person = people.known(session, address, now=monday)
    with pytest.raises(NotPermitted, match="cannot take part"):
        cases.add_participant(session, case, person, now=monday)


def test_whoever_takes_part_already_is_not_added_twice(session, case, anna, monday) -> None:
    assert cases.add_participant(session, case, anna, now=monday) is case.participants[0]
    assert len(find.of_case(session, case.number)) == 1


def test_whoever_joins_a_resolved_case_has_an_address_that_ends_too(session, case, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    carl = people.known(session, "carl@customer.example", now=monday)
    cases.add_participant(session, case, carl, now=monday, agent=bob)
    assert find.of_case(session, case.number)[1].expires_at == monday + timedelta(days=28)


def test_resolving_says_who_and_when(session, case, bob, monday) -> None:
    case.waiting_since = monday
    cases.resolve(session, case, agent=bob, now=monday)
    assert (case.state, case.resolved_at, case.waiting_since) == ("resolved", monday, None)
    event = last_event(session, case)
    assert (event.deed, event.agent, event.after) == ("resolved", bob, {"state": "resolved"})
    assert event.before["state"] == "new"


def test_a_resolved_case_is_not_resolved_again(session, case, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    with pytest.raises(NotPermitted, match="resolved"):
        cases.resolve(session, case, agent=bob, now=monday)


def test_only_a_resolved_case_is_reopened(session, case, bob, monday) -> None:
    with pytest.raises(NotPermitted):
        cases.reopen(session, case, agent=bob, now=monday)
    cases.resolve(session, case, agent=bob, now=monday)
    cases.reopen(session, case, agent=bob, now=monday, reason="she called")
    assert (case.state, case.resolved_at) == ("open", None)
    assert last_event(session, case).after == {"state": "open", "reason": "she called"}


def test_a_case_is_given_to_somebody_and_to_nobody(session, case, bob, monday) -> None:
    cases.assign(session, case, bob, agent=bob, now=monday)
    assert case.assignee is bob
    cases.assign(session, case, None, agent=bob, now=monday)
    event = last_event(session, case)
    assert (event.before, event.after) == ({"assignee": "Bob Builder", "assignee_id": bob.id}, {"assignee": None})


def test_giving_a_case_to_its_holder_is_no_deed(session, case, bob, monday) -> None:
    cases.assign(session, case, bob, agent=bob, now=monday)
    before = last_event(session, case).id
    cases.assign(session, case, bob, agent=bob, now=monday)
    assert last_event(session, case).id == before


def test_whoever_was_switched_off_gets_no_case(session, case, bob, monday) -> None:
    carol = agents.create(session, "carol@example.org", "Carol", role="admin", now=monday)
    agents.change(session, bob, {"active": False}, by=carol, now=monday)
    with pytest.raises(NotPermitted, match="does not work here"):
        cases.assign(session, case, bob, agent=carol, now=monday)


def test_a_link_is_told_on_both_timelines(session, desk, anna, bob, case, monday) -> None:
    later = cases.open_case(session, desk, anna, "Again", now=monday)
    cases.link(session, later, case, kind="follow-up", now=monday)
    assert find_cases.links(session, case.number, bob) == [("follow-up", later.number)]
    assert find_cases.links(session, later.number, bob) == [("follow-up", case.number)]
    assert last_event(session, case).after == {"kind": "follow-up", "number": later.number}
    assert find_cases.followed_by(session, case.number) == [later.number]
    assert find_cases.followed_by(session, later.number) == []


def test_a_deed_moves_the_time_of_the_last_change_and_never_back(session, case, bob, monday) -> None:
    later = monday + timedelta(hours=1)
    cases.assign(session, case, bob, agent=bob, now=later)
    cases.assign(session, case, None, agent=bob, now=monday)
    assert case.changed_at == later
