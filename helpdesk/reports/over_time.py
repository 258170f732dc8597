"""The backlog over time, from the snapshots alone: what was written down at that hour stays as it was, whatever became of the cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from helpdesk.models import Snapshot, SnapshotHour
from helpdesk.policies.backlog import AGES
from helpdesk.reports import amounts, trends
from helpdesk.reports.reading import Reading, is_of
from helpdesk.reports.report import Amount, Cell, Line, Listing, Period, Point

KEY = "backlog-over-time"
MOST = 12  # rows of the list: all months of a year
Ages = Counter[str]


def line(reading: Reading) -> list[Line]:
    """How many cases were open at the end of each period, beside as many periods before; no line where no snapshot can tell it."""
    steps = trends.steps(reading)
    if reading.is_filtered or not _told(reading):
        return []
    points = [
        Point(now, _number(reading, now), _number(reading, before))
        for now, before in zip(steps.points, steps.before, strict=True)
    ]
    return [Line(KEY, steps.step, points, since=_begin(reading))]


def listing(reading: Reading) -> list[Listing]:
    """The same by age, the newest last."""
    told, points = {} if reading.is_filtered else _told(reading), trends.steps(reading).points
    rows = [(period.last, told[period]) for period in points[-MOST:] if period in told]
    cells: list[list[Cell]] = [[day, *(ages[name] for name in AGES), sum(ages.values())] for day, ages in rows]
    return [Listing("backlog-over-time-by-age", ("end-of", *AGES, "backlog"), cells)] if cells else []


def _number(reading: Reading, period: Period) -> Amount:
    ages = _told(reading).get(period)
    return amounts.count(sum(ages.values())) if ages is not None else Amount("count", None)


def _begin(reading: Reading) -> datetime | None:
    """The first snapshot, where that is later than the first point."""
    first = reading.session.scalar(select(SnapshotHour.at).order_by(SnapshotHour.at).limit(1))
    oldest = trends.steps(reading).before[0]
    return first if first is not None and first > oldest.ends_at else None


def _told(reading: Reading) -> dict[Period, Ages]:
    """What was written down at the end of each period of the line; a period that runs ends with the newest snapshot."""

    def read() -> dict[Period, Ages]:
        steps = trends.steps(reading)
        hours = {period: _last_hour(reading, period) for period in (*steps.before, *steps.points)}
        written = _read(reading, [hour for hour in hours.values() if hour is not None])
        return {period: written[hour] for period, hour in hours.items() if hour in written}

    return reading.once(KEY, read)


def _last_hour(reading: Reading, period: Period) -> datetime | None:
    """The last full hour of a period."""
    if period.ends_at <= reading.scope.now:
        return period.ends_at.replace(minute=0, second=0, microsecond=0)
    newest = select(SnapshotHour.at).where(SnapshotHour.at > period.begins_at, SnapshotHour.at <= reading.scope.now)
    return reading.session.scalar(newest.order_by(SnapshotHour.at.desc()).limit(1))


def _read(reading: Reading, hours: Sequence[datetime]) -> dict[datetime, Ages]:
    """The ages at each of these hours that was written down, of the teams that are asked for."""
    found: dict[datetime, Ages] = {}
    for hour in reading.session.scalars(select(SnapshotHour.at).where(SnapshotHour.at.in_(hours))):
        found[hour] = Counter()
    query = select(Snapshot.at, Snapshot.age, func.sum(Snapshot.number)).where(
        Snapshot.at.in_(found), is_of(Snapshot.team_id, reading.teams)
    )
    for at, age, number in reading.session.execute(query.group_by(Snapshot.at, Snapshot.age)):
        found[at][AGES[age]] += int(number)
    return found
