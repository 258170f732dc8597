"""The sums of what was measured: of each day, and of each month that is over, made anew where something in them changed.

A day that is not true any more is marked in the transaction that changed it, and read from the measures until it is made anew; so a
report is exact at every moment, and quick but for what happened lately.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from helpdesk.models import Measure, MeasureStale, MeasureSum
from helpdesk.policies.measures import KINDS
from helpdesk.policies.packing import merged, pack, unpack
from helpdesk.queries.clocks import zone_of_days

NEVER_SUMMED = frozenset(("solved-again", "reopened"))  # few, and asked for by when they began
_Heap = tuple[int, int, Sequence[int], Sequence[int]]  # how many, what they come to, the values, the working ones


def is_behind(session: Session, *, now: datetime) -> bool:
    """Whether there is a sum to be made anew."""
    return any(session.scalar(_stale(grain, over).limit(1)) is not None for grain, over in _over(session, now))


def sum_some(session: Session, *, now: datetime, limit: int) -> int:
    """Make some sums anew; how many.  Days first: months are the sums of days.  Today, which changes all the time, is left out."""
    for grain, over in _over(session, now):
        days = session.scalars(_stale(grain, over).distinct().order_by(MeasureStale.day).limit(limit)).all()
        for day in days:
            _sum(session, grain, day)
        if days:
            return len(days)
    return 0


def _over(session: Session, now: datetime) -> list[tuple[str, date]]:
    """Days and months are summed that begin before these."""
    today = now.astimezone(zone_of_days(session)).date()
    return [("day", today), ("month", today.replace(day=1))]


def _stale(grain: str, over: date) -> Select[date]:
    return select(MeasureStale.day).where(MeasureStale.grain == grain, MeasureStale.day < over)


def _sum(session: Session, grain: str, day: date) -> None:
    # Whoever else is at it has locked the marks, and makes the same sum.
    marks = select(MeasureStale.id).where(MeasureStale.grain == grain, MeasureStale.day == day).with_for_update(skip_locked=True)
    ids = session.scalars(marks).all()
    if not ids:
        return
    heaps = _of_a_day(session, day) if grain == "day" else _of_a_month(session, day)
    session.execute(delete(MeasureSum).where(MeasureSum.grain == grain, MeasureSum.day == day))
    rows = [
        {
            "grain": grain, "day": day, "kind": kind, "team_id": team_id, "number": number, "total": total,
            "packed": pack(values), "packed_working": pack(working) if working else None,
        }
        for (kind, team_id), (number, total, values, working) in heaps.items()
    ]  # fmt: skip
    if rows:
        session.execute(insert(MeasureSum), rows)
    session.execute(delete(MeasureStale).where(MeasureStale.id.in_(ids)))


def _of_a_day(session: Session, day: date) -> dict[tuple[str, int], _Heap]:
    columns = (Measure.kind, Measure.team_id, Measure.value, Measure.working)
    numbers: Counter[tuple[str, int]] = Counter()
    values: dict[tuple[str, int], list[int]] = defaultdict(list)
    worked: dict[tuple[str, int], list[int]] = defaultdict(list)
    kinds = Measure.kind.in_(kind for kind in KINDS if kind not in NEVER_SUMMED)
    # Plain tuples: of a busy day there are tens of thousands.
    for kind, team_id, value, working in session.execute(select(*columns).where(kinds, Measure.day == day, ~Measure.apart)):
        key = kind, team_id or 0
        numbers[key] += 1
        if value is not None:
            values[key].append(value)
        if working is not None:
            worked[key].append(working)
    return {key: (number, sum(values[key]), values[key], worked[key]) for key, number in numbers.items()}


def _of_a_month(session: Session, first: date) -> dict[tuple[str, int], _Heap]:
    behind = (first + timedelta(days=32)).replace(day=1)
    query = select(MeasureSum).where(MeasureSum.grain == "day", MeasureSum.day >= first, MeasureSum.day < behind)
    rows: dict[tuple[str, int], list[MeasureSum]] = {}
    for row in session.scalars(query):
        rows.setdefault((row.kind, row.team_id), []).append(row)
    return {
        key: (
            sum(row.number for row in some),
            sum(row.total for row in some),
            merged(unpack(row.packed) for row in some),
            merged(unpack(row.packed_working) for row in some if row.packed_working is not None),
        )
        for key, some in rows.items()
    }
