"""The backlog over time is what was written down hour by hour: exact whatever became of the cases later, and honest where it begins."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from helpdesk.actions import desks, handovers, sight, spam
from helpdesk.actions.cases import assign
from helpdesk.db import Database
from helpdesk.models import Snapshot, SnapshotHour, Team
from helpdesk.reports.report import Line
from helpdesk.reports.words import say
from tests.actions.test_reports import SUNDAY, WEEK, Life
from tests.conftest import MONDAY

SECOND_WEEK = (date(2026, 11, 9), date(2026, 11, 15))
LATER = SUNDAY + 5 * 24  # the Friday after


@pytest.fixture()
def life(database: Database, monday: datetime) -> Life:
    """Three cases on Monday, two of which were solved: one on Tuesday, one in the week after."""
    life = Life(database)
    life.is_measured(0)
    first, second, _third = (life.writes(hours) for hours in (0.5, 1, 2))
    life.solves(30, first)
    life.solves(SUNDAY + 40, second)
    return life


def line(life: Life, **more: Any) -> Line | None:
    report = life.report(**{"hours": LATER, "days": SECOND_WEEK, **more})
    return next((one for one in report.charts if isinstance(one, Line) and one.key == "backlog-over-time"), None)


def values(life: Life, **more: Any) -> list[float | None]:
    found = line(life, **more)
    assert found is not None
    return [point.value.value for point in found.points]


def test_a_line_of_weeks_ends_with_the_last_full_hour_and_says_since_when_it_was_written_down(life: Life) -> None:
    found = line(life)
    assert found is not None
    assert values(life) == [None] * 6 + [2, 1]
    assert {point.before.value for point in found.points if point.before} == {None}, "nothing was written down two months ago"
    assert found.since == MONDAY


def test_days_stand_beside_the_days_before_in_the_report_of_the_morning(life: Life) -> None:
    found = line(life, name="daily", days=(date(2026, 11, 12), date(2026, 11, 12)))
    assert found is not None
    assert [point.value.value for point in found.points] == [None, None, None, 3, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1]
    assert found.points[-1].before is not None


def test_the_same_is_told_by_age(life: Life) -> None:
    report = life.report(hours=LATER, days=SECOND_WEEK)
    listing = next(one for one in report.lists if one.key == "backlog-over-time-by-age")
    assert listing.columns == ("end-of", "0-1", "1-3", "3-7", "7-14", "14-28", ">28", "backlog")
    assert [list(row) for row in listing.rows] == [
        [date(2026, 11, 8), 0, 0, 2, 0, 0, 0, 2],
        [date(2026, 11, 15), 0, 0, 0, 1, 0, 0, 1],
    ]


def test_what_was_written_down_stays_whatever_becomes_of_the_cases(life: Life) -> None:
    before = values(life)
    life.does(LATER + 1, 1003, spam.mark)
    assert values(life, hours=LATER + 24) == [*before[:-1], 0]


def test_nothing_that_was_not_written_down_is_made_up(life: Life) -> None:
    life.is_measured(LATER)
    with life.database.transaction() as session:
        session.execute(delete(Snapshot).where(Snapshot.at < MONDAY + timedelta(hours=SUNDAY + 24)))
        session.execute(delete(SnapshotHour).where(SnapshotHour.at < MONDAY + timedelta(hours=SUNDAY + 24)))
    assert values(life) == [None] * 7 + [1]
    with life.database.transaction() as session:
        session.execute(delete(Snapshot))
        session.execute(delete(SnapshotHour))
    with life.database.reading() as session:
        from helpdesk.reports import over_time
        from helpdesk.reports.reading import Reading
        from tests.actions.test_reports import _agent

        reading = Reading(session, life.scope(session, LATER, SECOND_WEEK), _agent(session, "erik"))
        assert (over_time.line(reading), over_time.listing(reading)) == ([], [])


def test_of_a_tag_nothing_was_written_down(life: Life) -> None:
    assert line(life, tag="press") is None
    keys = {one.key for one in life.report(hours=LATER, days=SECOND_WEEK, tag="press").lists}
    assert "backlog-over-time-by-age" not in keys


def test_of_a_team_its_own_cases_are_told(life: Life) -> None:
    with life.database.transaction() as session:
        from tests.actions.test_reports import _agent

        team = desks.add_team(session, "Night", agent=_agent(session, "erik"), now=MONDAY)
        session.flush()
        team_id = team.id
    life.does(LATER - 60, 1003, lambda s, case, **by: handovers.give_to_team(s, case, s.get_one(Team, team_id), **by))
    assert values(life, team_id=team_id)[-2:] == [0, 1]


def test_a_confidential_case_is_told_to_nobody_in_it(life: Life) -> None:
    life.does(LATER - 60, 1003, lambda s, case, **by: assign(s, case, by["agent"], **by))
    life.does(LATER - 60, 1003, sight.conceal)
    assert values(life, reader="bob")[-1] == 0


def test_it_is_said_where_it_begins_and_what_is_not_in_it(life: Life) -> None:
    with life.database.reading() as session:
        zone = life.scope(session, LATER, WEEK).period.begins_at.tzinfo
    report = life.report(hours=LATER, days=SECOND_WEEK)
    assert zone is not None
    for language, words in (("en", "Nothing was written down before 2 November, 09:00."), ("de", "Vor dem 2. November, 09:00")):
        table = next(one for one in say(report, language, zone, house="Desk").tables if one.key == "backlog-over-time")
        assert words in table.caption
