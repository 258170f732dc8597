"""Two things at the same moment, on both databases: undo and the sender, two agents in one case, two windows of one agent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from helpdesk.actions import (
    agents,
    calendars,
    cases,
    deadlines,
    deliveries,
    desks,
    drafts,
    entries,
    people,
    presence,
    recall,
    sending,
    sight,
)
from helpdesk.actions.entries import Incoming
from helpdesk.db import Database
from helpdesk.models import Agent, Calendar, Case, CaseClock, DeadlinePolicy, Draft, Entry, OutboxMail, Presence, TakenBack
from helpdesk.policies.sla import Clock
from helpdesk.queries import addresses as find_address
from helpdesk.queries import cases as find_case
from helpdesk.queries import drafts as find
from helpdesk.queries.clocks import as_clock

SOON = timedelta(seconds=10)
BOB, DANA = 1, 2


@pytest.fixture()
def number(each_database: Database, monday: datetime) -> int:
    """Anna's case, at a desk with Bob and Dana."""
    with each_database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        for name in ("Bob", "Dana"):
            agents.create(session, f"{name.lower()}@example.org", name, role="agent", now=monday)
        desk, anna = (
            find_address.desk_at(session, "help@example.org"),
            people.known(session, "anna@customer.example", "Anna", now=monday),
        )
        assert desk is not None
        case = cases.open_case(session, desk, anna, "Fire", now=monday)
        entries.receive(session, case, Incoming("Anna", "Fire", "Fire"), person=anna, counts=True, now=monday)
        return case.number


def the_case(session: Session, number: int, agent: Agent) -> Case:
    """The case as a page takes it up that may change it."""
    case = find_case.by_number(session, number, agent, for_change=True)
    assert case is not None
    return case


def answer(database: Database, number: int, now: datetime) -> int:
    with database.transaction() as session:
        bob = session.get_one(Agent, BOB)
        return sending.send(session, the_case(session, number, bob), "Use the stairs", agent=bob, now=now, undo=SOON).id


def take_back(session: Session, number: int, entry_id: int, now: datetime) -> Draft:
    bob = session.get_one(Agent, BOB)
    return recall.take_back(session, the_case(session, number, bob), session.get_one(Entry, entry_id), agent=bob, now=now)


def claim(session: Session, now: datetime) -> int:
    return len(deliveries.claim_due(session, now=now, real_now=now, worker="w", lease=timedelta(minutes=1), limit=9))


def meanwhile(deed: Callable[[], object]) -> threading.Thread:
    """Begin something beside this, which may have to wait."""
    thread = threading.Thread(target=deed, daemon=True)
    thread.start()
    return thread


def test_undo_is_told_at_once_that_the_sender_was_faster(each_database: Database, number: int, monday: datetime) -> None:
    entry_id = answer(each_database, number, monday)
    with each_database.transaction() as sender:
        assert claim(sender, monday + SOON) == 1
        if each_database.engine.dialect.name == "postgresql":  # the other database has one writer at a time
            with each_database.transaction() as session, pytest.raises(recall.TooLate):
                take_back(session, number, entry_id, monday + SOON)
    with each_database.transaction() as session, pytest.raises(recall.TooLate):
        take_back(session, number, entry_id, monday + SOON)
    with each_database.reading() as session:
        assert (session.get_one(Entry, entry_id).text, session.get_one(Case, number).state) == ("Use the stairs", "waiting")
        assert session.scalars(select(TakenBack)).all() == []


def test_the_sender_passes_over_what_is_being_taken_back(each_database: Database, number: int, monday: datetime) -> None:
    entry_id = answer(each_database, number, monday)
    with each_database.transaction() as session:
        take_back(session, number, entry_id, monday + SOON)
        if each_database.engine.dialect.name == "postgresql":
            with each_database.transaction() as sender:
                assert claim(sender, monday + SOON) == 0
    with each_database.transaction() as sender:
        assert claim(sender, monday + SOON) == 0
    with each_database.reading() as session:
        assert session.scalars(select(OutboxMail)).all() == []


def test_an_answer_is_taken_back_once_by_two_clicks(each_database: Database, number: int, monday: datetime) -> None:
    entry_id, late = answer(each_database, number, monday), list[bool]()

    def second_click() -> None:
        try:
            with each_database.transaction() as session:
                take_back(session, number, entry_id, monday)
        except recall.TooLate:
            late.append(True)

    with each_database.transaction() as session:
        take_back(session, number, entry_id, monday)
        other = meanwhile(second_click)  # waits for the case
    other.join(20)
    assert late == [True]
    with each_database.reading() as session:
        assert session.scalars(select(Draft.text)).all() == ["Use the stairs"]


def test_of_two_who_answer_at_once_the_second_hears_of_the_first(each_database: Database, number: int, monday: datetime) -> None:
    heard = list[str]()

    def dana_answers() -> None:
        with each_database.transaction() as session:
            dana = session.get_one(Agent, DANA)
            case = the_case(session, number, dana)
            heard.extend(event.deed for event in find.news(session, case, dana, since=seen))

    with each_database.reading() as session:
        seen = find.last_event(session, session.get_one(Case, number))
    with each_database.transaction() as session:
        bob = session.get_one(Agent, BOB)
        case = the_case(session, number, bob)
        other = meanwhile(dana_answers)  # waits until Bob's answer is there
        sending.send(session, case, "Use the stairs", agent=bob, now=monday, undo=SOON)
    other.join(20)
    assert heard == ["replied", "assigned"]


def test_two_windows_of_one_agent_keep_one_draft_and_one_presence(each_database: Database, number: int, monday: datetime) -> None:
    refused = list[bool]()

    def second_window() -> None:
        try:
            with each_database.transaction() as session:
                bob = session.get_one(Agent, BOB)
                case = the_case(session, number, bob)
                presence.note(session, case, bob, writes=True, now=monday)
                drafts.keep(session, case, bob, "answer", "Other words", key="k2", now=monday)
        except drafts.Outdated:
            refused.append(True)

    with each_database.transaction() as session:
        bob = session.get_one(Agent, BOB)
        case = the_case(session, number, bob)
        presence.note(session, case, bob, writes=False, now=monday)
        drafts.keep(session, case, bob, "answer", "Some words", key="k1", now=monday)
        other = meanwhile(second_window)
    other.join(20)
    assert refused == [True]
    with each_database.transaction() as session:
        presence.note(session, session.get_one(Case, number), session.get_one(Agent, BOB), writes=True, now=monday)
    with each_database.reading() as session:
        assert session.scalars(select(Draft.text)).all() == ["Some words"]
        assert session.scalars(select(Presence.agent_id)).all() == [BOB]


@pytest.mark.parametrize("then_resolve", [False, True])
def test_the_clocks_of_a_case_have_run_on_when_an_answer_was_taken_back(
    each_database: Database, number: int, monday: datetime, then_resolve: bool
) -> None:
    def look() -> tuple[datetime | None, list[Clock]]:
        with each_database.reading() as session:
            rows = session.scalars(select(CaseClock).order_by(CaseClock.id))
            return session.get_one(Case, number).due_at, [as_clock(row) for row in rows]

    before = look()
    with each_database.transaction() as session:
        bob = session.get_one(Agent, BOB)
        case = the_case(session, number, bob)
        entry_id = sending.send(
            session, case, "Use the stairs", agent=bob, now=monday + SOON, undo=SOON, then_resolve=then_resolve
        ).id
    assert look() != before
    with each_database.transaction() as session:
        take_back(session, number, entry_id, monday + 2 * SOON)
    assert look() == before


def test_deadlines_and_calendars_that_a_case_is_given_just_now_are_not_deleted(
    each_database: Database, number: int, monday: datetime
) -> None:
    kept = list[str]()
    with each_database.transaction() as session:
        carol = agents.create(session, "carol@example.org", "Carol", role="admin", now=monday)
        calendar = calendars.add(session, calendars.Wanted("Night", ("18-24",) * 7), agent=carol, now=monday)
        policy = deadlines.add(session, deadlines.Wanted("Urgent", first_response="2 hours"), agent=carol, now=monday)
        ids = [(calendars, Calendar, calendar.id), (deadlines, DeadlinePolicy, policy.id)]

    def delete_both() -> None:
        for actions, kind, one in ids:
            try:
                with each_database.transaction() as session:
                    actions.delete(session, session.get_one(kind, one), agent=session.get_one(Agent, BOB), now=monday)  # type: ignore[attr-defined]
            except desks.NotUsable as why:
                kept.append(str(why))

    with each_database.transaction() as session:
        row = session.scalars(select(CaseClock).where(CaseClock.case_number == number)).first()
        assert row is not None
        row.policy_id, row.calendar_id = ids[1][2], ids[0][2]
        session.flush()
        other = meanwhile(delete_both)
        other.join(1)  # it waits until this is known
    other.join(20)
    assert len(kept) == 2


def test_who_may_not_know_of_a_case_does_not_wait_for_it(postgresql_database: Database, monday: datetime) -> None:
    with postgresql_database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        bob, dana = (agents.create(session, f"{name}@example.org", name, role="agent", now=monday) for name in ("bob", "dana"))
        desk = find_address.desk_at(session, "help@example.org")
        assert desk is not None
        anna = people.known(session, "anna@customer.example", "Anna", now=monday)
        case = cases.open_case(session, desk, anna, "Fire", now=monday)
        sight.conceal(session, case, agent=bob, now=monday)
        number, dana_id = case.number, dana.id
    with postgresql_database.transaction() as at_work:
        the_case(at_work, number, at_work.get_one(Agent, BOB))
        with postgresql_database.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '500ms'"))
            assert find_case.by_number(session, number, session.get_one(Agent, dana_id), for_change=True) is None
