"""A desk that is lived through, day after day, with the product's timetable at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from helpdesk import clock, jobs
from helpdesk.db import Database
from helpdesk.models import Case
from tests.figures.diary import Diary
from tests.figures.hands import Hands
from tests.figures.house import furnish
from tests.figures.life import DAY, Life, Pace


class Seen(NamedTuple):
    """An unsolved case as the product has it: its state, the oldest message that waits, and its nearest deadline."""

    state: str
    waiting_since: datetime | None
    due_at: datetime | None


@dataclass(frozen=True)
class Lived:
    """A desk after its days: what the product keeps, what was done, the ids of teams and agents, and the instant it is now."""

    database: Database
    diary: Diary
    ids: dict[str, int]
    now: datetime
    looks: dict[datetime, dict[int, Seen]]  # what the product said at some instants between


def live(database: Database, pace: Pace) -> Lived:
    """Live through the days of a desk, with the product's timetable at work once a day."""
    with clock.freeze(pace.begin), database.transaction() as session:
        ids = furnish(session, pace.begin)
    diary = Diary()
    hands = Hands(database, ids, diary)
    life = Life(hands, pace)
    now, looks = pace.begin, {}
    for day in range(1, pace.days + 1):
        now = pace.begin + day * DAY
        life.until(now)
        with clock.freeze(now):
            jobs.sweep_at_your_word(database, now=now, is_present=True)
            jobs.ring_at_your_word(database, now=now, is_present=True)
        if day % 6 == 0:
            looks[now] = look(database)
    with clock.freeze(now):
        jobs.measure(database, now=now)
    return Lived(database, diary, ids, now, looks)


def look(database: Database) -> dict[int, Seen]:
    """Case number → how the case stands now, of all that somebody still has to do something about."""
    query = select(Case).where(Case.state != "resolved", Case.spam_at.is_(None), Case.merged_into.is_(None))
    with database.reading() as session:
        return {case.number: Seen(case.state, case.waiting_since, case.due_at) for case in session.scalars(query)}
