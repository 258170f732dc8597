"""Deeds are taken back, and the case is exactly what it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk.actions import agents, cases, entries
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.undo import take_back
from helpdesk.models import Event, Notice
from helpdesk.queries import addresses as find

SOON = timedelta(seconds=5)


def facts(session, case) -> tuple:
    doors = [(row.expires_at, row.expired_at) for row in find.of_case(session, case.number)]
    return case.state, case.waiting_since, case.resolved_at, case.assignee, doors


def test_a_solution_taken_back_leaves_a_case_that_waited_for_the_customer_waiting(session, case, bob, monday) -> None:
    entries.reply(session, case, "Which printer?", agent=bob, now=monday)
    before = facts(session, case)
    solved = cases.resolve(session, case, agent=bob, now=monday + SOON)
    assert facts(session, case) != before
    take_back(session, case, solved, agent=bob, now=monday + 2 * SOON)
    assert facts(session, case) == before
    assert case.state == "waiting"
    told = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert (told.deed, told.agent, told.before["state"], told.after["undone"]) == ("undone", bob, "resolved", "resolved")


def test_a_solution_taken_back_lets_the_customer_wait_since_when_they_did(session, case, bob, monday) -> None:
    case.state, case.waiting_since = "open", monday - timedelta(days=2)
    before = facts(session, case)
    solved = cases.resolve(session, case, agent=bob, now=monday)
    take_back(session, case, solved, agent=bob, now=monday + SOON)
    assert facts(session, case) == before


def test_a_reopening_taken_back_leaves_the_address_its_old_end(session, case, bob, monday) -> None:
    cases.resolve(session, case, agent=bob, now=monday)
    before = facts(session, case)
    later = monday + timedelta(days=3)
    reopened = cases.reopen(session, case, agent=bob, now=later)
    take_back(session, case, reopened, agent=bob, now=later + SOON)
    assert facts(session, case) == before


def test_a_handover_taken_back_goes_to_whoever_had_the_case_and_is_waiting_for_nobody(session, case, bob, monday) -> None:
    carol = agents.create(session, "carol@example.org", "Carol", role="agent", now=monday)
    cases.assign(session, case, bob, agent=bob, now=monday)
    handed = cases.assign(session, case, carol, agent=bob, now=monday + SOON)
    take_back(session, case, handed, agent=bob, now=monday + 2 * SOON)
    assert case.assignee is bob
    session.expire_all()
    assert [notice.seen_at for notice in session.scalars(select(Notice).where(Notice.agent_id == carol.id))] == [
        monday + 2 * SOON
    ]


def test_a_case_does_not_go_back_to_somebody_who_was_switched_off(session, case, bob, monday) -> None:
    carol = agents.create(session, "carol@example.org", "Carol", role="admin", now=monday)
    cases.assign(session, case, bob, agent=carol, now=monday)
    handed = cases.assign(session, case, carol, agent=carol, now=monday + SOON)
    bob.active = False
    with pytest.raises(NotPermitted, match="does not work here"):
        take_back(session, case, handed, agent=carol, now=monday + 2 * SOON)


def test_nothing_is_taken_back_twice_or_after_something_else(session, case, bob, monday) -> None:
    taken = cases.assign(session, case, bob, agent=bob, now=monday)
    take_back(session, case, taken, agent=bob, now=monday)
    with pytest.raises(NotPermitted, match="happened in the case since"):
        take_back(session, case, taken, agent=bob, now=monday)
    solved = cases.resolve(session, case, agent=bob, now=monday + SOON)
    entries.note(session, case, "She called", agent=bob, now=monday + 2 * SOON)
    with pytest.raises(NotPermitted, match="happened in the case since"):
        take_back(session, case, solved, agent=bob, now=monday + 2 * SOON)
    assert case.state == "resolved"


def test_nobody_takes_back_what_a_colleague_did_or_what_was_done_long_ago(session, case, bob, monday) -> None:
    carol = agents.create(session, "carol@example.org", "Carol", role="admin", now=monday)
    solved = cases.resolve(session, case, agent=bob, now=monday)
    with pytest.raises(NotPermitted, match="cannot be taken back"):
        take_back(session, case, solved, agent=carol, now=monday)
    with pytest.raises(NotPermitted, match="too late"):
        take_back(session, case, solved, agent=bob, now=monday + timedelta(minutes=3))
