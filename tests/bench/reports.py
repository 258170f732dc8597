"""How long the timetable's look at the clocks takes, and what supervisors ask for, at a desk's size, on each database.

A tenth of the cases are not solved.  The sweep is timed when nothing is due, and when one clock of a hundred is.
"""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import func, insert, select, text

from helpdesk import clock, db, jobs
from helpdesk.actions import measuring
from helpdesk.models import (
    Arrival,
    Base,
    Case,
    CaseClock,
    CaseField,
    CaseTag,
    DoorMail,
    Entry,
    Escalation,
    Event,
    Friction,
    InboundMail,
    Measure,
    MeasureStale,
    OutboxMail,
    Participant,
    Promise,
    ReplyAddress,
)
from helpdesk.settings import Settings
from tests.bench import asking, besides
from tests.bench.bulk import pouring
from tests.bench.copies import Copies
from tests.bench.pages import HOME, SECRET, _cluster
from tests.figures.desk import live
from tests.figures.life import Pace
from tests.needs import missing
from tests.servers import PostgreSQL

EDITION = 4  # raise it when what is filled changes: what was filled before is not used any more
SIZES = tuple(int(size) for size in os.environ.get("HOLDLINE_BENCH_CASES", "10000 100000 1000000").split())
PATTERN = Pace(200, datetime(2024, 11, 4, 4, tzinfo=UTC), 28)
NOW = PATTERN.begin + PATTERN.days * timedelta(days=1)
OPEN = "state <> 'resolved' AND spam_at IS NULL AND merged_into IS NULL AND withdrawn_at IS NULL"
SOLVED = "state = 'resolved' AND spam_at IS NULL AND merged_into IS NULL AND withdrawn_at IS NULL"
A_YEAR = range(7, 48 * 7, 7)  # days back
TOLD: list[type[Base]] = [Entry, Event]  # copied of what is not solved alone: of the others nobody asks what was said
TABLES: list[type[Base]] = [
    Case, Participant, ReplyAddress, *TOLD, CaseClock, Promise, Escalation, Measure, CaseTag, CaseField, Friction, InboundMail, Arrival,
    DoorMail, OutboxMail,
]  # fmt: skip
HOUR = timedelta(hours=1)
ENOUGH = 5_000  # milliseconds
Figures = dict[str, float]


def main() -> None:
    """Print the figures of SQLite, and of PostgreSQL where it is installed."""
    _print("SQLite", lambda cases: _opened(_settings(HOME / f"reports-{cases}-{EDITION}"), cases))
    why = missing("postgresql")
    if why:
        print(f"\nPostgreSQL: {why}")
        return
    with _cluster() as cluster:
        _print("PostgreSQL", lambda cases: _on_postgresql(cluster, cases))


def _print(name: str, opened: Callable[[int], db.Database]) -> None:
    figures: list[Figures] = []
    for cases in SIZES:
        database = opened(cases)
        with clock.freeze(NOW):
            figures.append(_measure(database))
        database.close()
    print(f"\n{name}: {' → '.join(f'{cases:,}' for cases in SIZES)} cases, milliseconds; load {os.getloadavg()[0]:.1f}")
    for what, first in figures[0].items():
        columns = "".join(f"{one[what]:12.1f}" for one in figures)
        print(f"{what:44}{columns}   ×{figures[-1][what] / max(first, 0.01):.1f}")


# ── what is timed ────────────────────────────────────────────────────────────────────────────────────────────────────


def _measure(database: db.Database) -> Figures:
    found: Figures = {}
    _set_alarms(database)
    found["sweep, nothing due"] = _median(lambda: _ring(database, NOW, 0))
    with database.reading() as session:
        rings = CaseClock.alarm_at <= NOW + HOUR, CaseClock.paused_at.is_(None)
        due = session.scalar(select(func.count()).where(*rings)) or 0
    found["sweep, one of a hundred due"] = _median(lambda: _ring(database, NOW + HOUR, due), rounds=1)
    found["… for each of them"] = found["sweep, one of a hundred due"] / max(1, due)
    for what, ask in asking.of_the_timetable(NOW).items():
        found[what] = _median(lambda ask=ask: ask(database), rounds=1)  # type: ignore[misc]
    for what, ask in (asking.of_reports(NOW) | asking.of_lists(NOW)).items():
        found[what] = _median(lambda ask=ask: ask(database), rounds=3)  # type: ignore[misc]
    return found


def _ring(database: db.Database, now: datetime, expected: int) -> None:
    rang = jobs.ring_at_your_word(database, now=now)
    assert rang == expected, (rang, expected)


def _set_alarms(database: db.Database) -> None:
    """The clocks that run are due in the next hundred hours, as many in each, and no promise is; what an earlier run rang for is gone."""
    with database.transaction() as session:
        session.execute(text("DELETE FROM case_alarm WHERE raised_at >= :now"), {"now": _said(database, NOW)})
        session.execute(text("UPDATE promise SET look_at = NULL"))
        running = select(CaseClock.id).where(CaseClock.stopped_at.is_(None), CaseClock.paused_at.is_(None)).order_by(CaseClock.id)
        ids = session.scalars(running).all()
        sql = text("UPDATE case_clock SET warned_at = NULL, breached_at = NULL, alarm_at = :at, due_at = :at WHERE id = :id")
        rows = [
            {"id": one, "at": _said(database, NOW + (n % 100 + 1) * HOUR - timedelta(minutes=5))} for n, one in enumerate(ids)
        ]
        session.execute(sql, rows)


def _median(what: Callable[[], object], rounds: int = 5) -> float:
    """In milliseconds; what takes seconds is asked once."""
    took: list[float] = []
    while len(took) < rounds and sum(took) < ENOUGH:
        begun = time.perf_counter()
        what()
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


def _said(database: db.Database, at: datetime) -> object:
    """An instant as plain SQL has to say it."""
    return f"{at:%Y-%m-%d %H:%M:%S.%f}" if database.engine.dialect.name == "sqlite" else at


# ── the databases, kept from one run to the next ─────────────────────────────────────────────────────────────────────


def _settings(folder: object, **more: object) -> Settings:
    return Settings(_env_file=None, secret_key=SECRET, data_dir=folder, timezone="Europe/Berlin", **more)  # type: ignore[arg-type]


def _on_postgresql(cluster: PostgreSQL, cases: int) -> db.Database:
    name = f"reports_{cases}_{EDITION}"
    folder = HOME / f"reports-postgresql-{cases}-{EDITION}"
    if not (folder / "full").exists():
        cluster.say(f"DROP DATABASE IF EXISTS {name}")
        cluster.say(f"CREATE DATABASE {name}")
    return _opened(_settings(folder, database_url=SecretStr(cluster.url(name))), cases)


def _opened(settings: Settings, cases: int) -> db.Database:
    folder = settings.data_dir
    full = (folder / "full").exists()
    if not full:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    database = db.Database(settings)
    if not full or not db.is_current(database):  # it looks at each row of each table
        db.upgrade(database)
    if not full:
        begun = time.perf_counter()
        fill(database, cases)
        (folder / "full").touch()
        print(f"filled {cases:,} cases into {database.engine.dialect.name} in {time.perf_counter() - begun:.0f} s", flush=True)
    return database


def fill(database: db.Database, cases: int) -> None:
    """Live through four weeks of a small desk, then have them so often that there are so many cases, a tenth of them unsolved."""
    live(database, replace(PATTERN, odd=1.0))
    with database.transaction() as session:
        besides.add(session)
        measuring.measure_all_anew(session)
        counted = select(func.count()).select_from(Case)
        solved, unsolved = (session.scalar(counted.where(text(which))) or 1 for which in (SOLVED, OPEN))
    jobs.measure(database, now=NOW)
    with pouring(database, TABLES) as connection:
        copies = Copies(connection, TABLES)
        copies.make(cases * 9 // 10 // solved, A_YEAR, which=SOLVED, without=TOLD)
        copies.make(cases // 10 // unsolved, [0], which=OPEN)
        copies.finish()
    _sum_up(database)
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _sum_up(database: db.Database) -> None:
    """Have the sums of all days and months made as the timetable makes them."""
    with database.transaction() as session:
        days = [day for day in session.scalars(select(Measure.day).distinct()) if day is not None]
        both = {("day", day) for day in days} | {("month", day.replace(day=1)) for day in days}
        session.execute(insert(MeasureStale), [{"grain": grain, "day": day} for grain, day in sorted(both)])
    begun = time.perf_counter()
    jobs.measure(database, now=NOW)
    print(f"sums of {len(days)} days made in {time.perf_counter() - begun:.0f} s", flush=True)
