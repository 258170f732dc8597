"""The clocks of a case follow every deed, at one place, and ring once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk import clock, jobs
from helpdesk.actions import (
    agents,
    alarms,
    calls,
    cases,
    clocks,
    desks,
    entries,
    fields,
    handovers,
    merging,
    recall,
    sending,
    spam,
    split,
    tags,
    undo,
)
from helpdesk.db import Database
from helpdesk.models import Agent, Calendar, Case, CaseAlarm, CaseClock, DeadlinePolicy, Entry, Event, Installation, Team
from helpdesk.queries.clocks import standard
from tests.conftest import MONDAY
from tests.web.browsing import anna_writes, mail_comes

HOUR = timedelta(hours=1)


@pytest.fixture()
def desk(database: Database, monday: datetime) -> datetime:
    """A desk with Bob, and a case of Anna's from Monday at ten."""
    with database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        agents.create(session, "bob@example.org", "Bob", role="agent", now=monday)
    assert anna_writes(database) == 1001
    return monday


class Scene:
    """Deeds of Bob's, each in a transaction of its own; time is told in hours since Monday at ten."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def does(self, deed: object, hours: float = 0, number: int = 1001, **more: object) -> object:
        now = MONDAY + hours * HOUR
        with clock.freeze(now), self.database.transaction() as session:
            bob = session.scalars(select(Agent)).first()
            return deed(session, session.get_one(Case, number), agent=bob, now=now, **more)  # type: ignore[operator]

    def answers(self, hours: float, number: int = 1001, **more: object) -> None:
        self.does(lambda session, case, **by: entries.reply(session, case, "Use the stairs", **by), hours, number, **more)

    def writes(self, hours: float, number: int = 1001) -> None:
        with clock.freeze(MONDAY + hours * HOUR):
            mail_comes(self.database, number, "Still burning")

    def clocks(self, number: int = 1001) -> list[tuple[str, str | None]]:
        """(kind, how it ended), the oldest first."""
        with self.database.reading() as session:
            rows = session.scalars(select(CaseClock).where(CaseClock.case_number == number).order_by(CaseClock.id))
            return [(row.kind, row.end) for row in rows]

    def due(self, number: int = 1001) -> float | None:
        """The nearest deadline of a case, in hours since Monday at ten."""
        with self.database.reading() as session:
            at = session.get_one(Case, number).due_at
            return (at - MONDAY) / HOUR if at else None

    def rings(self, hours: float) -> list[tuple[str, str]]:
        """What rang until now: (kind, level)."""
        jobs.ring_at_your_word(self.database, now=MONDAY + hours * HOUR)
        with self.database.reading() as session:
            rows = session.scalars(select(CaseAlarm).order_by(CaseAlarm.id))
            return [(row.clock.kind, row.level) for row in rows]


@pytest.fixture()
def scene(database: Database, desk: datetime) -> Scene:
    return Scene(database)


def test_a_fresh_installation_has_a_calendar_and_a_policy(database: Database) -> None:
    with database.reading() as session:
        calendar, policy = standard(session), session.scalars(select(DeadlinePolicy)).one()
        assert (calendar.hours, calendar.zone) == ([[day, 540, 1020] for day in range(5)], "")
        assert (policy.first_response, policy.next_reply, policy.resolution) == ("8 hours", "8 hours", "40 hours")


def test_a_mail_starts_the_clocks_and_an_answer_stops_them(scene: Scene) -> None:
    assert (scene.clocks(), scene.due()) == ([("first-response", None), ("resolution", None)], 24)
    scene.answers(1)
    assert (scene.clocks(), scene.due()) == ([("first-response", "met"), ("resolution", None)], None)
    scene.writes(2)
    assert (scene.clocks()[-1], scene.due()) == (("next-reply", None), 26)


def test_a_note_or_an_acknowledgement_is_no_answer(scene: Scene) -> None:
    scene.does(lambda session, case, **by: entries.note(session, case, "Look at this", **by), 1)
    scene.does(lambda s, case, agent, now: entries.acknowledge(s, case, s.scalars(select(Entry)).first(), now=now), 1)
    assert scene.due() == 24


def test_a_call_after_which_it_is_their_turn_is_an_answer_from_when_it_was(scene: Scene) -> None:
    def call(session, case, agent, now):  # type: ignore[no-untyped-def]
        contact = calls.Contact("call", now - HOUR, "I told her", direction="out", turn="theirs")
        return calls.log(session, case, contact, agent=agent, now=now)

    scene.does(call, 25)
    assert scene.clocks()[0] == ("first-response", "met"), "the deadline was at ten, and she was called then"


def test_solving_a_case_stops_all_and_reopening_it_gives_a_fresh_next_reply(scene: Scene) -> None:
    scene.answers(1)
    scene.writes(2)
    scene.does(cases.resolve, 3)
    assert scene.clocks() == [("first-response", "met"), ("resolution", "met"), ("next-reply", "dropped")]
    assert scene.due() is None
    scene.writes(7 * 24)
    assert (scene.clocks()[-1], scene.due()) == (("next-reply", None), 8 * 24)
    assert scene.rings(7 * 24) == [], "nothing escalates at the instant of reopening"


def test_a_solution_that_is_taken_back_leaves_the_clocks_as_they_were(scene: Scene) -> None:
    event = scene.does(cases.resolve, 1)
    scene.does(lambda session, case, **by: undo.take_back(session, case, session.get_one(Event, event.id), **by), 1.001)  # type: ignore[attr-defined]
    assert (scene.clocks(), scene.due()) == ([("first-response", None), ("resolution", None)], 24)


def test_an_answer_that_is_taken_back_was_none(scene: Scene) -> None:
    entry = scene.does(lambda session, case, **by: sending.send(session, case, "Oh", undo=10 * timedelta(seconds=1), **by), 1)
    scene.does(lambda s, case, **by: recall.take_back(s, case, s.get_one(Entry, entry.id), **by), 1.001)  # type: ignore[attr-defined]
    assert (scene.clocks()[0], scene.due()) == (("first-response", None), 24)


def test_the_older_wait_of_two_merged_cases_counts_and_the_merged_one_has_none(scene: Scene, desk: datetime) -> None:
    scene.answers(1)
    assert anna_writes(scene.database, at=desk + 2 * HOUR) == 1002
    scene.writes(3)
    scene.does(lambda session, case, **by: merging.merge(session, case, session.get_one(Case, 1001), **by), 4, 1002)
    assert (scene.due(), scene.due(1002)) == (26, None)
    assert [end for _kind, end in scene.clocks(1002)] == ["dropped", "dropped"]
    scene.does(merging.unmerge, 5, 1002)
    assert (scene.due(), scene.due(1002)) == (27, 26)  # each has its own wait again
    assert [end for _kind, end in scene.clocks(1002)] == [None, None]


def test_what_was_split_off_waits_since_its_own_mail(scene: Scene) -> None:
    scene.answers(1)
    scene.writes(2)

    def divide(session, case, agent, now):  # type: ignore[no-untyped-def]
        mails = session.scalars(select(Entry).where(Entry.kind == "mail-in")).all()
        return split.split(session, case, mails[-1:], case.requester, "Another thing", agent=agent, now=now)

    scene.does(divide, 3)
    assert (scene.clocks(1002)[0], scene.due(1002)) == (("first-response", None), 26)


def test_spam_has_no_deadline_until_it_was_none(scene: Scene) -> None:
    scene.does(spam.mark, 1)
    assert scene.due() is None
    scene.does(spam.unmark, 2)
    assert scene.due() == 24
    scene.does(spam.mark, 3)
    scene.does(spam.unmark, 100)
    assert scene.due() == 172, "a deadline that passed meanwhile is given anew, from Friday at two"


def test_each_case_is_promised_what_the_first_fitting_policy_says(scene: Scene) -> None:
    with scene.database.transaction() as session:
        tag = tags._make(session, "press")
        for place, more in enumerate(({"priority": "urgent", "first_response": "2 hours"}, {"tag_id": tag.id, "first_response": "1 hours"},
                                      {"customers": ["@customer.example"], "first_response": "4 hours"})):  # fmt: skip
            session.add(DeadlinePolicy(name=str(place), place=place - 5, active=True, **more))
    scene.does(lambda session, case, **by: fields.prioritise(session, case, "urgent", **by), 1)
    assert scene.due() == 2
    scene.does(lambda session, case, **by: fields.prioritise(session, case, "normal", **by), 1)
    assert scene.due() == 4
    scene.does(lambda session, case, **by: tags.add(session, case, "press", **by), 1)
    assert scene.due() == 1


def test_another_team_counts_on_by_its_own_calendar(scene: Scene) -> None:
    with scene.database.transaction() as session:
        always = Calendar(name="Always", hours=[[day, 0, 1440] for day in range(7)])
        session.add(always)
        session.flush()
        session.add(Team(name="Night", calendar_id=always.id))

    def give(session, case, agent, now):  # type: ignore[no-untyped-def]
        handovers.give_to_team(session, case, session.scalars(select(Team)).one(), agent=agent, now=now)

    scene.does(give, 12)  # in the evening: seven of eight hours are gone
    assert scene.due() == 13


def test_a_clock_warns_once_then_rings_once(scene: Scene) -> None:
    assert scene.rings(4.99) == []
    assert scene.rings(6) == [("first-response", "warning")]
    assert scene.rings(23.99) == [("first-response", "warning")]
    assert scene.rings(24) == [("first-response", "warning"), ("first-response", "breach")]
    assert scene.rings(25) == [("first-response", "warning"), ("first-response", "breach")]
    scene.answers(26)
    assert scene.clocks()[0] == ("first-response", "missed")
    with scene.database.reading() as session:
        alarm = session.scalars(select(CaseAlarm).order_by(CaseAlarm.id.desc())).first()
        assert alarm is not None
        assert (alarm.case_number, alarm.due_at, alarm.told_at) == (1001, alarm.clock.breached_at, None)


def test_a_case_that_was_solved_in_between_rings_for_nothing(scene: Scene) -> None:
    scene.does(cases.resolve, 5)
    assert scene.rings(100) == []


def test_two_who_look_at_once_ring_once(each_database: Database, monday: datetime) -> None:
    with each_database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
    anna_writes(each_database)
    late = monday + 24 * HOUR
    with each_database.reading() as session:
        seen = session.scalars(select(CaseClock).where(CaseClock.kind == "first-response")).one()
        session.expunge_all()
    assert jobs.ring_at_your_word(each_database, now=late) == 1
    with each_database.transaction() as session:
        assert not alarms._ring(session, seen, late), "somebody else was quicker"
    with each_database.reading() as session:
        assert [alarm.level for alarm in session.scalars(select(CaseAlarm))] == ["breach"]


def test_a_clock_that_jumps_rings_nothing_until_the_time_goes_on(scene: Scene, desk: datetime) -> None:
    def look(hours: float) -> int:
        return jobs.ring_clocks(scene.database, now=desk + hours * HOUR)

    assert look(0) == look(0.01) == 0
    assert look(48) == 0, "two days at once: perhaps the clock is wrong"
    assert look(0.02) == 0, "so it was"
    assert look(0.03) == 0
    assert look(24) == 0
    assert look(24.01) == 1, "it goes on from there, so it is true"
    assert look(24 * 30) == look(24 * 30 + 0.01) == 0, "a month at once is for a person to say"
    jobs.ring_at_your_word(scene.database, now=desk + 24 * 30 * HOUR, is_present=True)
    assert look(24 * 30 + 0.02) == 0
    with scene.database.reading() as session:
        assert len(session.scalars(select(CaseAlarm)).all()) == 2


def test_after_new_rules_all_clocks_follow_and_nothing_rings_for_what_is_late_by_them(scene: Scene, desk: datetime) -> None:
    with scene.database.transaction() as session:
        session.scalars(select(DeadlinePolicy)).one().first_response = "1 hours"
        clocks.set_all_anew(session)
    now = desk + 3 * HOUR
    assert jobs.set_clocks(scene.database, now=now) == 1
    assert scene.due() == 3, "what was not late by the old rules is due now"
    assert jobs.set_clocks(scene.database, now=now) == 0
    assert scene.rings(5) == []
    with scene.database.reading() as session:
        assert session.get(Installation, clocks.TO_SET) is None
