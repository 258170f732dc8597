"""The backlog of each full hour: written once, and made good exactly where nothing ran."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.actions import cases, handovers, sight, snapshots
from helpdesk.db import Database
from helpdesk.models import Snapshot, SnapshotHour, Team
from helpdesk.policies.backlog import AGES, age
from helpdesk.policies.standing import missed
from tests.actions.test_reports import Life
from tests.conftest import MONDAY

HOUR = timedelta(hours=1)


@pytest.fixture()
def life(each_database: Database, monday: datetime) -> Life:
    return Life(each_database)


def _stood(life: Life, hours: float) -> list[tuple[str, str, int, int]]:
    """(state, age, how many, of them unassigned)."""
    with life.database.reading() as session:
        rows = session.scalars(
            select(Snapshot).where(Snapshot.at == MONDAY + hours * HOUR).order_by(Snapshot.state, Snapshot.age)
        )
        return [(row.state, AGES[row.age], row.number, row.unassigned) for row in rows]


def test_hours_in_which_nothing_ran_are_made_good_as_they_were(life: Life) -> None:
    one, other = life.writes(0.1), life.writes(0.2)
    life.is_measured(0.5)
    life.answers(1.5, one)
    life.writes_again(2.5, one)
    life.does(3.5, other, cases.assign, None)
    life.solves(4.5, one)
    life.writes(49.5)
    life.is_measured(50.2)
    assert _stood(life, 0) == [], "nothing was there at ten"
    assert _stood(life, 1) == [("new", "0-1", 2, 2)]
    assert _stood(life, 2) == [("new", "0-1", 1, 1), ("waiting", "0-1", 1, 0)]
    assert _stood(life, 3) == [("new", "0-1", 1, 1), ("open", "0-1", 1, 0)]
    assert _stood(life, 5) == [("new", "0-1", 1, 1)]
    assert _stood(life, 50) == [("new", "0-1", 1, 1), ("new", "1-3", 1, 1)]
    with life.database.reading() as session:
        hours = {row.at: row.reconstructed for row in session.scalars(select(SnapshotHour))}
    assert len(hours) == 51
    assert [hours[MONDAY + n * HOUR] for n in (0, 1, 49, 50)] == [True, True, True, True]


def test_an_hour_is_written_once_whoever_is_first(life: Life) -> None:
    life.writes(0.1)
    life.is_measured(1.05)
    with life.database.transaction() as session:
        assert not snapshots.write(session, MONDAY + HOUR, {}, now=MONDAY + HOUR)
        row = session.get_one(SnapshotHour, MONDAY + HOUR)
        assert not row.reconstructed, "three minutes later nothing had to be made good"
    assert jobs.take_snapshots(life.database, now=MONDAY + 1.5 * HOUR) == 0
    assert _stood(life, 1) == [("new", "0-1", 1, 1)]


def test_confidential_cases_are_in_no_snapshot(life: Life) -> None:
    number = life.writes(0.1)
    life.does(0.2, number, lambda s, case, **by: cases.assign(s, case, by["agent"], **by))
    life.does(0.3, number, sight.conceal)
    life.is_measured(1)
    assert _stood(life, 1) == []


def test_a_snapshot_names_the_team_of_that_hour(life: Life) -> None:
    number = life.writes(0.1)
    with life.database.transaction() as session:
        session.add(Team(name="Night"))
    life.is_measured(0.5)
    night = lambda s: s.scalars(select(Team)).one()  # noqa: E731
    life.does(1.5, number, lambda s, case, **by: handovers.give_to_team(s, case, night(s), **by))
    life.is_measured(2)
    with life.database.reading() as session:
        assert [row.team_id for row in session.scalars(select(Snapshot).order_by(Snapshot.at))] == [0, night(session).id]


def test_ages_begin_with_their_first_day() -> None:
    day = 8 * 3600
    assert [AGES[age(days * day, day)] for days in (0, 0.99, 1, 2.99, 3, 7, 14, 27.9, 28, 400)] == [
        "0-1", "0-1", "1-3", "1-3", "3-7", "7-14", "14-28", "14-28", ">28", ">28",
    ]  # fmt: skip
    assert age(5, 0) == 0, "where nobody ever works nothing grows older"


def test_missed_hours_are_all_those_since_the_last() -> None:
    assert missed(None, MONDAY + 1.5 * HOUR) == [MONDAY + HOUR]
    assert missed(MONDAY, MONDAY + 2.5 * HOUR) == [MONDAY + HOUR, MONDAY + 2 * HOUR]
    assert missed(MONDAY, MONDAY + 0.9 * HOUR) == []
    assert len(missed(MONDAY, MONDAY + 10_000 * HOUR)) == 31 * 24
