"""The desk of the figures, lived through once for each database and asked by many tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from helpdesk import clock, jobs
from helpdesk.db import Database
from helpdesk.models import Case
from helpdesk.settings import Settings
from tests.conftest import SECRET
from tests.figures.diary import Diary
from tests.figures.hands import Hands
from tests.figures.house import furnish
from tests.figures.life import DAY, Life, Pace

LONG = bool(os.environ.get("HOLDLINE_TEST_LONG"))
# Three months, in which Berlin's and New York's clocks go back; and six weeks in which both go forward.  In the everyday run fewer
# cases have to go through as much.
AUTUMN = Pace(2000, datetime(2024, 9, 16, 4, tzinfo=UTC), 91)
SPRING = Pace(150, datetime(2025, 3, 3, 4, tzinfo=UTC), 42)
EVERYDAY = {"sqlite": Pace(60, AUTUMN.begin, AUTUMN.days, odd=3), "postgresql": Pace(30, SPRING.begin, SPRING.days, odd=3)}


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
    return Lived(database, diary, ids, now, looks)


def look(database: Database) -> dict[int, Seen]:
    """Case number → how the case stands now, of all that somebody still has to do something about."""
    query = select(Case).where(Case.state != "resolved", Case.spam_at.is_(None), Case.merged_into.is_(None))
    with database.reading() as session:
        return {case.number: Seen(case.state, case.waiting_since, case.due_at) for case in session.scalars(query)}


def lives(request: pytest.FixtureRequest, folder: Path, kind: str, pace: Pace) -> Iterator[Lived]:
    """Such days on a database of this kind."""
    settings = Settings(_env_file=None, secret_key=SECRET, data_dir=folder, timezone="Europe/Berlin")
    with ExitStack() as stack:
        if kind == "sqlite":
            shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "holdline.db")
        else:
            cluster, template = request.getfixturevalue("postgresql"), request.getfixturevalue("migrated")
            url = SecretStr(stack.enter_context(cluster.database(template=template)))
            settings = settings.model_copy(update={"database_url": url})
        database = Database(settings)
        stack.callback(database.close)
        yield live(database, pace)


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Three months of a desk with 2,000 cases, or in the everyday run a smaller desk on each database."""
    pace = AUTUMN if LONG else EVERYDAY[request.param]
    yield from lives(request, tmp_path_factory.mktemp("figures"), request.param, pace)


@pytest.fixture(scope="session")
def lived_in_spring(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Six weeks in which summer time begins."""
    yield from lives(request, tmp_path_factory.mktemp("spring"), "sqlite", SPRING)
