"""How long pages take at a desk's size, in the server alone: through the WSGI application, with a log-in, on each database.

For each page: median and 95th percentile of a request, the time that its SQL takes when said again by itself, the number of its
statements, what a fixed piece of Python took around it (where that differs from page to page, so does the machine), and how much its
median grows from the smaller database to the larger.
"""

from __future__ import annotations

import gc
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import event, select, text

from helpdesk import clock, db
from helpdesk.models import Agent, Case
from helpdesk.settings import Settings
from tests.bench.filling import FILLING, NOW, fill
from tests.bench.machine import reference
from tests.needs import missing, program, unprivileged
from tests.servers import PostgreSQL, accepts, child, free_port, tied
from tests.web.browsing import Browser, begin_session, open_pages

HOME = Path(__file__).parents[2] / "var" / "bench"
SIZES = tuple(int(size) for size in os.environ.get("HOLDLINE_BENCH_CASES", "10000 100000").split())
ROUNDS, WARM = 30, 10  # PostgreSQL plans a question anew for the first six times on each connection, which then lives for hours
ONCE = 5  # rounds of the fixed piece before and after each page
SECRET = "only for the bench: 0123456789 abcdefghij"

# What is asked of each page: a path for the n-th request.
SEARCHES = {
    "one word": "Heizung",
    "one word, common": "bitte",
    "beginning of a word, common": "rech",
    "two words": "Rechnung Mahnung",
    "two words, common": "nicht bitte",
    "one word, rare": "Auftrag {number}/3",
    "phrase": '"bitte danke"',
    "from: and a word": "from:müller Drucker",
    "state: and a word": "state:open bitte",
    "only operators": "state:open assignee:me",
    "without a word": "Drucker -Rechnung",
    "file": "Kündigung.docx",
    "mail address": "schmidt7@mail.example",
    "nothing found": "xylophonbauerei",
    "common, nothing found": '"bitte nicht bitte danke bitte"',
}


@dataclass(frozen=True)
class Figures:
    """What one page took, in milliseconds."""

    median: float
    high: float
    sql: float
    statements: int
    machine: float


def main() -> None:
    """Print the figures of SQLite, and of PostgreSQL where it is installed."""
    _report("SQLite", _on_sqlite)
    why = missing("postgresql")
    if why:
        print(f"\nPostgreSQL: {why}")
        return
    with _cluster() as cluster:
        _report("PostgreSQL", lambda cases: _on_postgresql(cluster, cases))


def _report(name: str, opened: Callable[[int], db.Database]) -> None:
    figures: list[dict[str, Figures]] = []
    for cases in SIZES:
        database = opened(cases)
        with clock.freeze(NOW):
            figures.append(_measure(database))
        database.close()
    print(f"\n{name}: {' → '.join(f'{cases:,}' for cases in SIZES)} cases, milliseconds")
    print(f"{'':34}" + "".join(f"{'median':>8}{'p95':>8}{'SQL':>8}{'stmts':>6}{'fixed':>7}  " for _ in SIZES) + "growth")
    for page, first in figures[0].items():
        print(
            f"{page:34}{''.join(_columns(f[page]) for f in figures)}{(figures[-1][page].median / first.median - 1) * 100:5.0f} %"
        )


def _columns(one: Figures) -> str:
    return f"{one.median:8.1f}{one.high:8.1f}{one.sql:8.1f}{one.statements:6}{one.machine:7.1f}  "


def _measure(database: db.Database) -> dict[str, Figures]:
    with database.transaction() as session:
        agent = session.scalars(select(Agent).where(Agent.email == "agent3@example.org")).one()
        agent.role = "supervisor"  # who has every page
        session.flush()
        newest = session.scalars(select(Case.number).order_by(Case.number.desc()).limit(1)).one()
        session.expunge(agent)
    bob = Browser(open_pages(database))
    bob.client.set_cookie("holdline", begin_session(database, agent))
    pages: dict[str, Callable[[int], tuple[str, dict[str, str]]]] = {
        "queue: ours": lambda n: ("/cases", {"view": "ours"}),
        "queue: mine": lambda n: ("/cases", {"view": "mine"}),
        "queue: due next": lambda n: ("/cases", {"view": "due"}),
        "queue: not assigned": lambda n: ("/cases", {"view": "unassigned"}),
        "queue: all": lambda n: ("/cases", {"view": "all"}),
        "board": lambda n: ("/now", {}),
        "case": lambda n: (f"/cases/{newest - 100 - 7 * n}", {}),
        "case with 200 entries": lambda n: (f"/cases/{newest - 10}", {}),
        "case with 200 entries, whole": lambda n: (f"/cases/{newest - 10}", {"whole": "1"}),
        "people": lambda n: ("/people", {}),
        "people: a name": lambda n: ("/people", {"q": "müller"}),
        "person": lambda n: (f"/people/{5 + n}", {}),
    }
    for name, words in SEARCHES.items():
        pages[f"search: {name}"] = lambda n, words=words: ("/cases", {"q": words.format(number=newest - 50 - 11 * n)})  # type: ignore[misc]
    gc.freeze()  # as serve does
    return {name: _time(database, bob, asked) for name, asked in pages.items()}


def _time(database: db.Database, bob: Browser, asked: Callable[[int], tuple[str, dict[str, str]]]) -> Figures:
    said: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        said.append((statement, parameters))

    took, before = [], reference(ONCE)
    event.listen(database.engine, "before_cursor_execute", note)
    for n in range(WARM + ROUNDS):
        said.clear()
        path, query = asked(n)
        begun = time.perf_counter()
        answer = bob.get(path, query_string=query)
        took.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, (path, query, answer.status_code)
    event.remove(database.engine, "before_cursor_execute", note)
    took, machine = sorted(took[WARM:]), (before + reference(ONCE)) / 2
    return Figures(statistics.median(took), took[int(len(took) * 0.95)], _again(database, said), len(said), machine)


_BESIDE = ("BEGIN", "SET ", "SAVEPOINT", "RELEASE", "ROLLBACK")  # what only says how long the others may take


def _again(database: db.Database, said: list[tuple[str, Any]]) -> float:
    """What the statements of a request take by themselves, all rows fetched."""
    rounds = []
    with database.engine.connect() as connection:
        for _ in range(3):
            begun = time.perf_counter()
            cursor = connection.connection.cursor()
            for statement, parameters in (one for one in said if not one[0].startswith(_BESIDE)):
                cursor.execute(statement, parameters)
                if cursor.description is not None:
                    cursor.fetchall()
            rounds.append((time.perf_counter() - begun) * 1000)
    return statistics.median(rounds)


# ── the databases, kept from one run to the next ─────────────────────────────────────────────────────────────────────


def _on_sqlite(cases: int) -> db.Database:
    folder = HOME / f"sqlite-{cases}-{FILLING}"
    settings = Settings(_env_file=None, secret_key=SECRET, data_dir=folder, front_desks=("help@example.org",))
    if not (folder / "full").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _fill(settings, cases)
        (folder / "full").touch()
    return _opened(settings)


def _on_postgresql(cluster: PostgreSQL, cases: int) -> db.Database:
    name = f"bench_{cases}_{FILLING}"
    url = SecretStr(cluster.url(name))
    settings = Settings(_env_file=None, secret_key=SECRET, data_dir=HOME, database_url=url, front_desks=("help@example.org",))
    flag = HOME / f"postgresql-{cases}-{FILLING}.full"
    if not flag.exists():
        cluster.say(f"DROP DATABASE IF EXISTS {name}")
        cluster.say(f"CREATE DATABASE {name}")
        _fill(settings, cases)
        flag.touch()
    return _opened(settings)


def _opened(settings: Settings) -> db.Database:
    database = db.Database(settings)
    db.upgrade(database)
    return database


def _fill(settings: Settings, cases: int) -> None:
    begun = time.perf_counter()
    database = _opened(settings)
    fill(database, cases)
    with database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    database.close()
    print(f"filled {cases:,} cases into {database.engine.dialect.name} in {time.perf_counter() - begun:.0f} s")


@contextmanager
def _cluster() -> Iterator[PostgreSQL]:
    """A PostgreSQL of the bench's own, whose data stay; with its settings as they are shipped."""
    server = program("postgresql")
    assert server is not None
    user = unprivileged() if os.geteuid() == 0 else None
    home = HOME / "postgresql"
    if not (home / "data" / "PG_VERSION").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for flag in HOME.glob("postgresql-*.full"):
            flag.unlink()
        if user:
            shutil.chown(home, user)
        init = [server.parent / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(tied(*init, user=user), check=True, stdout=subprocess.DEVNULL, cwd=home)
    port = free_port()
    cluster = PostgreSQL(port)
    options = [
        "-c",
        f"port={port}",
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        f"unix_socket_directories={home}",
        "-c",
        "fsync=off",
    ]
    command = [server, "-D", home / "data", *options]
    log = home / "log"
    with child(*command, ready=lambda: accepts(cluster), log=log, user=user, ending="INT"):
        yield cluster
