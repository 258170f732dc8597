"""The clock of the machine leaps, or the machine slept: the timetable goes on, and nobody hears of what did not happen (D21)."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import app
from helpdesk import alerts, clock, jobs
from helpdesk.actions import drafts, entries, escalations, hooks
from helpdesk.db import Database
from helpdesk.models import (
    Agent,
    Case,
    CaseAlarm,
    CaseClock,
    Entry,
    Escalation,
    EscalationTelling,
    OutboxMail,
    Promise,
    ReportMail,
    SnapshotHour,
    WebhookCall,
    WebSession,
)
from helpdesk.policies import timetable
from mail.parts import Parts
from tests.conftest import MONDAY
from tests.escalations import HOUR, Burning
from tests.web.browsing import begin_session

HALF_A_MINUTE, DAY = timedelta(seconds=30), 24
TOLD = (CaseAlarm, Escalation, EscalationTelling, OutboxMail, ReportMail, SnapshotHour, WebhookCall, WebSession, Entry)


class Machine:
    """A desk whose timetable runs while its clock shows what one says: hours since Monday at ten."""

    def __init__(self, database: Database) -> None:
        self.database, self.desk = database, Burning(database)
        self._timetable = app.timetable(Parts(database))

    def runs(self, hours: float, looks: int = 3) -> None:
        """The timetable goes round so often, twice a minute, from then on."""
        for look in range(looks):
            with clock.freeze(MONDAY + hours * HOUR + look * HALF_A_MINUTE):
                for _name, _every, do in self._timetable:
                    with contextlib.suppress(Exception):  # as the timetable itself does
                        do()

    def runs_for_an_hour(self, begin: float) -> None:
        """As closely as it has to be for a clock that is watched."""
        for minutes in range(0, 70, 9):
            self.runs(begin + minutes / 60, looks=1)

    def acknowledges(self, number: int) -> None:
        """Anna hears that a person answers by Tuesday at ten."""

        def deed(session: Any, case: Any, agent: Any, now: datetime) -> None:
            first = session.scalars(select(Entry).where(Entry.case_number == number)).first()
            entries.acknowledge(session, case, first, now=now)
            session.execute(update(OutboxMail).values(state="sent"))

        self.desk.does(deed, 0, number)

    def holds(self) -> dict[str, Any]:
        """All that somebody could hear of, or that is never changed again."""
        with self.database.reading() as session:
            found: dict[str, Any] = {one.__tablename__: session.scalar(select(func.count()).select_from(one)) for one in TOLD}
            found["promises"] = session.execute(select(Promise.standing, Promise.warned_at).order_by(Promise.id)).all()
            found["clocks"] = session.execute(select(CaseClock.alarm_at, CaseClock.breached_at).order_by(CaseClock.id)).all()
            found["escalations"] = session.execute(select(Escalation.level, Escalation.next_at).order_by(Escalation.id)).all()
            return found

    def hours(self) -> list[float]:
        """Of which there is a snapshot."""
        with self.database.reading() as session:
            return [(at - MONDAY) / HOUR for at in session.scalars(select(SnapshotHour.at).order_by(SnapshotHour.at))]

    def mails(self, kind: str) -> list[float]:
        """When each mail of a kind was written, in hours since Monday at ten."""
        with self.database.reading() as session:
            rows = session.scalars(select(OutboxMail.created_at).where(OutboxMail.kind == kind).order_by(OutboxMail.created_at))
            return [(at - MONDAY) / HOUR for at in rows]


@pytest.fixture()
def machine(database: Database, monday: datetime) -> Machine:
    """It runs from Monday at ten until noon: three customers wait, Bob is logged in, asks for help, and has an answer planned."""
    found = Machine(database)
    with database.transaction() as session:
        hooks.add(session, "http://127.0.0.1:1/hook", private=True, agent=found.desk.agent(session, "carol"), now=MONDAY)
        bob = found.desk.agent(session, "bob")
    for _ in range(3):
        found.acknowledges(found.desk.writes())
    found.desk.does(escalations.ask_for_help, 1, 1002, words="May I pay?")
    found.desk.does(_plan, 1, 1003)
    for hour in range(3):
        found.runs(hour, looks=2)
    with clock.freeze(MONDAY + 2 * HOUR):
        begin_session(database, bob)
    return found


def _plan(session: Session, case: Case, agent: Agent, now: datetime) -> None:
    draft = drafts.keep(session, case, agent, "answer", "How are you in a week?", key="k", now=now)
    drafts.plan(session, case, draft, MONDAY + 7 * DAY * HOUR, then_resolve=False, now=now)


@pytest.mark.parametrize(("leap", "looks"), [(365 * DAY, 3), (-365 * DAY, 3), pytest.param(2 * DAY, 1, marks=pytest.mark.long)])
def test_what_a_clock_that_leapt_and_came_back_seemed_to_show_never_was(machine: Machine, leap: int, looks: int) -> None:
    before = machine.holds()
    machine.runs(2 + leap, looks)
    assert machine.holds() == before | ({"web_session": 0} if leap == 2 * DAY else {}), "a weekend may well have passed"
    for hour in range(3, 7):
        machine.runs(hour, looks=2)
    assert machine.hours() == [0, 1, 2, 3, 4, 5, 6]
    assert [reason for reason, *_more in machine.desk.raised(1002)] == ["help", "warning"], "on Monday at four"


def test_a_machine_that_slept_over_a_weekend_tells_each_once_by_night_on_the_pages_and_apologises_for_nothing(
    machine: Machine,
) -> None:
    before = machine.holds()["escalation_telling"]
    night = 2 * DAY + 17  # Thursday at three
    machine.runs(night)
    assert machine.holds()["escalation_telling"] > before
    assert [at for at in machine.mails("escalation") if at > 2] == []
    machine.runs_for_an_hour(night + 0.1)
    assert machine.hours() == [float(hour) for hour in range(night + 2)], "those of the night are made good"
    machine.runs(2 * DAY + 22.9)
    assert [at for at in machine.mails("escalation") if at > 2] == []
    machine.runs(2 * DAY + 23.1)
    assert [at for at in machine.mails("escalation") if at > 2], "at nine, when people are at work"
    assert machine.mails("later") == [], "what is broken is broken"
    with machine.database.reading() as session:
        rang = session.execute(select(CaseAlarm.clock_id, CaseAlarm.level)).all()
        told = session.execute(select(EscalationTelling.escalation_id, EscalationTelling.agent_id, EscalationTelling.level)).all()
    assert (len(rang), len(told)) == (len(set(rang)), len(set(told)))


def test_after_four_days_of_silence_nothing_is_told_until_a_person_says_that_it_is_true(machine: Machine) -> None:
    before = machine.holds()
    late = 2 + 4 * DAY
    machine.runs_for_an_hour(late)
    assert machine.holds() == before
    now = MONDAY + (late + 1.2) * HOUR
    with clock.freeze(now):  # as `holdline tick`
        jobs.sweep_at_your_word(machine.database, now=now, is_present=True)
        jobs.ring_at_your_word(machine.database, now=now, is_present=True)
        alerts.tell_at_your_word(machine.database, now=now, is_present=True)
    assert machine.holds()["escalation_telling"] > before["escalation_telling"]
    machine.runs_for_an_hour(late + 1.3)
    assert machine.hours()[-1] == late + 2


def test_many_promises_that_are_near_at_once_wait_until_the_clock_was_watched_for_an_hour(machine: Machine) -> None:
    for _ in range(timetable.FEW):
        machine.acknowledges(machine.desk.writes())
    before = machine.holds()["promises"]
    nearly = DAY - 0.9  # Tuesday, shortly after nine: at ten people were to have an answer
    machine.runs(nearly)
    assert (machine.holds()["promises"], machine.mails("later")) == (before, [])
    machine.runs(2.2)
    assert machine.holds()["promises"] == before
    machine.runs_for_an_hour(6)
    assert all(warned for _standing, warned in machine.holds()["promises"]), "on Monday at four, as it should be"
