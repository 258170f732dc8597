"""The backlog at each full hour, written down once, and never changed.

Each is worked out from the histories of the cases, as they stood at the instant itself: so an hour in which nothing ran is made good
exactly, and says that it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Measure, Snapshot, SnapshotHour
from helpdesk.policies import histories
from helpdesk.policies.backlog import age
from helpdesk.policies.measures import Facts
from helpdesk.policies.standing import missed, standing
from helpdesk.queries import histories as find

LATE = timedelta(minutes=10)  # written later than that, it was made good


@dataclass
class _Cell:
    """How many cases of one team, state and age."""

    number: int = 0
    unassigned: int = 0
    waiting_since: datetime | None = None


Cells = dict[tuple[int, str, int], _Cell]


def due(session: Session, *, now: datetime) -> list[datetime]:
    """The full hours that are to be written down."""
    last = session.scalar(select(SnapshotHour.at).order_by(SnapshotHour.at.desc()).limit(1))
    return missed(last, now)


def look(session: Session, hours: Sequence[datetime]) -> dict[datetime, Cells]:
    """How the backlog stood at each of these hours."""
    first, last = hours[0], hours[-1]
    there = Measure.kind == "unsolved", ~Measure.apart, Measure.began_at < last, or_(Measure.at.is_(None), Measure.at >= first)
    numbers = session.scalars(select(Measure.case_number).where(*there).distinct()).all()
    found: dict[datetime, Cells] = {hour: {} for hour in hours}
    for start in range(0, len(numbers), 200):
        _look(session, numbers[start : start + 200], found)
    return found


def write(session: Session, hour: datetime, cells: Cells, *, now: datetime) -> bool:
    """Write one down; False where somebody did it before."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = {"at": hour, "reconstructed": now - hour > LATE}
    mine = dialect.insert(SnapshotHour).values(**row).on_conflict_do_nothing().returning(SnapshotHour.at)
    if session.scalar(mine) is None:
        return False
    rows = [
        {
            "at": hour, "team_id": team_id, "state": state, "age": bucket, "number": cell.number, "unassigned": cell.unassigned,
            "waiting_since": cell.waiting_since,
        }
        for (team_id, state, bucket), cell in cells.items()
    ]  # fmt: skip
    if rows:
        session.execute(insert(Snapshot), rows)
    return True


def _look(session: Session, numbers: Sequence[int], found: dict[datetime, Cells]) -> None:
    hours_of, teams, lifetime = find.hours_of_team(session), find.team_ids(session), house(session).settings.grace
    for history in find.of(session, numbers).values():
        case = history.case
        deeds = histories.read(history.records)
        facts = Facts(case.channel == "ours", case.opened_at, case.team_id, lifetime)
        for at, cells in found.items():
            stood = standing(facts, deeds, teams, at, held_today=case.assignee_id is not None)
            if stood is None or stood.state == "resolved":
                continue
            hours = hours_of(stood.team_id)
            bucket = age(hours.between(case.opened_at, at), hours.usual_day())
            cell = cells.setdefault((stood.team_id or 0, stood.state, bucket), _Cell())
            cell.number += 1
            cell.unassigned += not stood.is_held
            if stood.waiting_since is not None:
                cell.waiting_since = min(cell.waiting_since or stood.waiting_since, stood.waiting_since)
