"""kill -9 in the midst of what an agent does: afterwards a case is as before the deed or as after it, never between.

    make kills STRIDE=1                     before every statement that a deed executes; 20: before every twentieth
    python -m tests.kills_of_deeds 20 [a database with today's schema and nothing else]

The pages and the database are the real ones.  Each try is a process of its own that ends itself, by the signal that cannot be
caught, at one statement of the deed; then the database is opened anew, as after a crash.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from helpdesk import clock, db
from helpdesk.actions import agents, desks
from helpdesk.models import Base
from helpdesk.queries import books
from helpdesk.settings import Settings
from tests.conftest import MONDAY, SECRET
from tests.dying import Steps, dies
from tests.web.browsing import Browser, anna_writes, begin_session, open_pages

BESIDE = {"web_session", "throttle", "tombstone", "installation"}  # no part of any case
# Drawn by lot, or made of what was: two runs of one deed differ in these.
BY_LOT = {"token", "address", "message_id", "key", "digest", "idempotency_key", "sha256", "reply_to"}
Shape = dict[str, list[str]]


@dataclass
class Deed:
    """Something that an agent does: what is posted where, upon which state of the desk."""

    name: str
    path: str
    form: dict[str, Any]
    upon: Path


@dataclass
class Result:
    """What was seen: how many kills there were of each deed, and what is wrong, in words."""

    kills: int
    wrong: list[str]


class Desk:
    """An installation in a folder, in which Anna has written twice and Bob is logged in."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.first = home / "first"
        self.cookie = ""

    def begins(self, schema: Path | None) -> None:
        self.first.mkdir(mode=0o700)
        if schema is not None:
            shutil.copy(schema, self.first / "holdline.db")
        database = self.opens(self.first)
        if schema is None:
            db.upgrade(database)
        with clock.freeze(MONDAY):
            with database.transaction() as session:
                desks.sync_from_settings(session, now=MONDAY)
                bob = agents.create(session, "bob@example.org", "Bob", role="agent", now=MONDAY)
            self.cookie = begin_session(database, bob)
            for subject in ("Printer", "Scanner"):
                anna_writes(database, subject=subject)
        database.close()

    def opens(self, place: Path) -> db.Database:
        return db.Database(Settings(_env_file=None, secret_key=SECRET, data_dir=place))

    def does(self, deed: Deed, place: Path, kill_at: int | None = None) -> int:
        """Do it upon a copy in `place`; how many statements it took.  It dies before the statement `kill_at`."""
        shutil.copytree(deed.upon, place)
        with clock.freeze(MONDAY):
            database = self.opens(place)
            window = Browser(open_pages(database))
            window.client.set_cookie("holdline", self.cookie)
            token, steps = window.token(), Steps(database, kill_at)
            answer = window.client.post(deed.path, data={"csrf_token": token, **deed.form})
            assert answer.status_code in (200, 303), f"{deed.name}: {answer.status}"
            steps.step()  # it is done, and the answer is on its way
            database.close()
        return steps.count

    def dies(self, deed: Deed, place: Path, at: int) -> None:
        """The same in a process of its own, which dies."""
        dies(lambda: self.does(deed, place, kill_at=at), name=f"{deed.name} at {at}")

    def looks(self, place: Path) -> tuple[Shape, list[str]]:
        """What lies in every table, but for what is drawn by lot; and what does not agree."""
        database = self.opens(place)
        with database.reading() as session:
            tables = [table for table in Base.metadata.sorted_tables if table.name not in BESIDE]
            found = {table.name: sorted(str(row) for row in session.execute(select(*_columns(table)))) for table in tables}
            problems = list(books.problems(session))
        database.close()
        return found, problems


def run(home: Path, stride: int, schema: Path | None = None) -> Result:
    """Kill each deed before every `stride`-th statement, before its commit, and after it."""
    desk, result = Desk(home), Result(0, [])
    desk.begins(schema)
    for deed in _deeds(desk, home):
        done = home / deed.name
        steps = desk.does(deed, done)
        before, after = desk.looks(deed.upon)[0], desk.looks(done)[0]
        assert before != after, f"{deed.name} does nothing"
        for at in sorted({*range(1, steps, stride), steps - 1, steps}):
            place = home / f"{deed.name} {at}"
            desk.dies(deed, place, at)
            found, problems = desk.looks(place)
            shutil.rmtree(place)
            result.kills += 1
            result.wrong += [f"{deed.name}, killed at {at} of {steps}: {problem}" for problem in problems]
            wanted = after if at == steps else before
            if found != wanted:
                tables = [name for name in found if found[name] not in (before[name], after[name])]
                result.wrong.append(f"{deed.name}, killed at {at} of {steps}: the case is neither before nor after ({tables})")
    return result


def _deeds(desk: Desk, home: Path) -> list[Deed]:
    answer = {"text": "Use the stairs", "kind": "answer", "deed": "resolve", "key": "k"}
    return [
        Deed("draft", "/cases/1001/draft", {"text": "Use the", "kind": "answer", "key": "k"}, desk.first),
        Deed("send", "/cases/1001", answer, home / "draft"),
        Deed("undo", "/cases/1001/entries/3/take-back", {}, home / "send"),
        Deed("merge", "/cases/1002/merge", {"into": "1001"}, home / "undo"),
        Deed("unmerge", "/cases/1002/unmerge", {}, home / "merge"),
    ]


def _columns(table: Table) -> list[Any]:
    return [column for column in table.columns if column.name not in BY_LOT]


def main() -> None:
    stride = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with tempfile.TemporaryDirectory(prefix="holdline-kills-") as home:
        result = run(Path(home), stride, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    print(f"{result.kills} kills, {len(result.wrong)} wrong", *result.wrong, sep="\n")
    sys.exit(1 if result.wrong or not result.kills else 0)


if __name__ == "__main__":
    main()
