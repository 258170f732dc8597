"""Two timetables sweep at the same moment, on both databases: each has seen what is due before the other takes it, and each is done once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from helpdesk import jobs
from helpdesk.actions import entries
from helpdesk.db import Database
from helpdesk.models import (
    Agent,
    Case,
    CaseAlarm,
    Entry,
    Escalation,
    Event,
    Measure,
    MeasureDue,
    OutboxMail,
    Promise,
    Snapshot,
    SnapshotHour,
)
from tests.conftest import MONDAY
from tests.escalations import HOUR, Burning

NEAR, TOLD, LATE = MONDAY + 6.01 * HOUR, MONDAY + 23.01 * HOUR, MONDAY + 30 * HOUR


@pytest.fixture()
def burning(each_database: Database) -> Burning:
    """Two people wait, and each was told by when somebody answers."""
    found = Burning(each_database)
    for _ in range(2):
        found.does(_acknowledge, 0, found.writes())
    jobs.measure(each_database, now=MONDAY)
    return found


def _acknowledge(session: Session, case: Case, agent: Agent, now: datetime) -> None:
    first = session.scalars(select(Entry).where(Entry.case_number == case.number)).one()
    first.level = 2
    entries.acknowledge(session, case, first, now=now)
    session.execute(update(OutboxMail).values(state="sent"))


class Meeting(Database):
    """A database in which no thread begins to write before the other one is about to."""

    def __init__(self, database: Database) -> None:
        vars(self).update(vars(database))
        self._both, self._thread = threading.Barrier(2, timeout=20), threading.local()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        if not hasattr(self._thread, "has_met"):
            self._thread.has_met = self._both.wait() >= 0
        with super().transaction() as session:
            yield session


def twice(database: Database, sweep: Callable[[Database], int]) -> list[int]:
    """Have two do it: neither writes before both have looked."""
    meeting, answers = Meeting(database), list[int]()
    threads = [threading.Thread(target=lambda: answers.append(sweep(meeting))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def count(database: Database, what: Any, *which: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(what).where(*which)) or 0


def test_whoever_holds_a_case_and_its_customer_hear_of_a_promise_once(burning: Burning) -> None:
    database = burning.database
    assert sum(twice(database, lambda meeting: jobs.watch_promises(meeting, now=NEAR))) == 2
    assert count(database, Promise, Promise.warned_at == NEAR) == 2
    assert sum(twice(database, lambda meeting: jobs.watch_promises(meeting, now=TOLD))) == 2
    assert count(database, OutboxMail, OutboxMail.kind == "later") == 2
    assert count(database, Event, Event.deed == "told-later") == 2
    assert count(database, Promise, Promise.standing == "running") == 2, "each renewed once"


def test_a_broken_promise_is_escalated_once(burning: Burning) -> None:
    database = burning.database
    burning.answers(1, promise=MONDAY + 25 * HOUR)
    assert sum(twice(database, lambda meeting: jobs.watch_promises(meeting, now=LATE))) == 2
    assert count(database, Promise, Promise.standing == "broken") == 2
    assert count(database, Escalation, Escalation.reason == "promise-broken", Escalation.case_number == 1001) == 1


def test_a_clock_rings_once(burning: Burning) -> None:
    database = burning.database
    jobs.ring_clocks(database, now=LATE - HOUR / 60)
    rung = twice(database, lambda meeting: jobs.ring_clocks(meeting, now=LATE))
    with database.reading() as session:
        rang = session.execute(select(CaseAlarm.clock_id, CaseAlarm.level)).all()
    assert len(rang) == len(set(rang)) == 2
    assert sum(rung) == 4, "two clocks, and two promises"


def test_an_hour_is_written_down_once(burning: Burning) -> None:
    database = burning.database
    assert sum(twice(database, lambda meeting: jobs.take_snapshots(meeting, now=MONDAY + 3.1 * HOUR))) == 3
    assert count(database, SnapshotHour) == 4
    with database.reading() as session:
        rows = session.execute(select(Snapshot.at, Snapshot.team_id, Snapshot.state, Snapshot.age)).all()
        assert len(rows) == len(set(rows)) == 3
        assert session.scalars(select(Snapshot.number)).all() == [2, 2, 2]


def test_a_case_is_measured_once(burning: Burning) -> None:
    database = burning.database
    burning.answers(1)
    burning.answers(2, 1002)
    twice(database, lambda meeting: jobs.measure(meeting, now=LATE))
    jobs.measure(database, now=LATE)  # one that found another at it leaves the rest to the next time
    assert count(database, MeasureDue) == 0
    with database.reading() as session:
        kinds = select(Measure.kind, Measure.case_number).where(Measure.kind == "first-response")
        assert sorted(session.execute(kinds).all()) == [("first-response", number) for number in (1001, 1002)]
