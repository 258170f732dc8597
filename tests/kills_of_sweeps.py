"""kill -9 in the midst of what the timetable does: after it the next sweep goes on, nothing is missing and nothing is there twice.

    python -m tests.kills_of_sweeps 20 [a database with today's schema and nothing else: a SQLite file or a URL of PostgreSQL]

A promise comes near and its customer is told, a deadline passes and is escalated, told, mailed and sent to a webhook, hours are
written down, a report leaves; what is late waits after an answer, and rings when the customer writes again.  Each try is a process of its own that ends itself, by the signal that cannot be caught, before one
statement or commit of the sweep; then the same sweep runs again, and all must be as if nobody had died.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select, update

from helpdesk import alerts, clock, jobs
from helpdesk.actions import entries, hooks, webhooks
from helpdesk.db import Database
from helpdesk.models import Agent, Base, Case, Entry, OutboxMail, WebhookCall
from helpdesk.queries import books, people
from helpdesk.remote import Caller
from tests.conftest import MONDAY
from tests.dying import Steps, dies
from tests.escalations import HOUR, Burning
from tests.kills_of_deeds import BESIDE, BY_LOT, Result, Shape
from tests.places import Places, places_of
from tests.web.browsing import mail_comes

AGAIN = BY_LOT | {"attempts", "secret"}  # how often a message was tried is no part of what was to happen
MADE_ANEW = {"measure", "measure_due", "measure_stale", "measure_sum"}  # by which number a row is called is nobody's business
REPORT_AT = datetime(2026, 11, 9, 6, 30, tzinfo=UTC)  # the Monday after, 07:30 in Berlin


class Writes(Caller):
    """A program on the web that writes down the number of each message it hears."""

    def tell(self, url: str, content: bytes, fields: Mapping[str, str], *, private: bool) -> int:
        with Path(url.removeprefix("https://example.org")).open("a") as heard:
            heard.write(f"{fields['Holdline-Delivery']}\n")
        return 200


@dataclass
class Sweep:
    """What the timetable does at an instant, upon which state of the desk."""

    name: str
    does: Callable[[Database, datetime], object]
    now: datetime
    upon: str


class Desk:
    """Anna and two others wait at a desk with a supervisor, and a program hears of what burns."""

    def __init__(self, places: Places, heard: Path) -> None:
        self.places, self.heard = places, heard

    def begins(self) -> None:
        database = self.places.opens("first")
        desk = Burning(database)
        with database.transaction() as session:
            hooks.add(session, f"https://example.org{self.heard}", private=False, agent=desk.agent(session, "carol"), now=MONDAY)
        for _ in range(2):
            desk.does(_acknowledge, 0, desk.writes())
        jobs.measure(database, now=MONDAY)
        database.close()

    def does(self, sweep: Sweep, place: str, kill_at: int | None = None) -> int:
        """Have the sweep done in this place; how many steps it took.  It dies before the step `kill_at`."""
        database = self.places.opens(place)
        steps = Steps(database, kill_at)
        with clock.freeze(sweep.now):
            sweep.does(database, sweep.now)
        database.close()
        return steps.count

    def dies(self, sweep: Sweep, place: str, at: int) -> None:
        """The same in a process of its own, which dies."""
        dies(lambda: self.does(sweep, place, kill_at=at), name=f"{sweep.name} at {at}")
        self.places.rests(place)

    def looks(self, place: str) -> tuple[Shape, list[str]]:
        """What lies in every table, but for what is drawn by lot; and what does not agree."""
        database = self.places.opens(place)
        with database.reading() as session:
            tables = [table for table in Base.metadata.sorted_tables if table.name not in BESIDE]
            columns = {table.name: _columns(table) for table in tables}
            found = {name: sorted(str(row) for row in session.execute(select(*some))) for name, some in columns.items()}
            problems = list(books.problems(session))
            heard, calls = Counter(self.heard.read_text().split()), [str(one) for one in session.scalars(select(WebhookCall.id))]
        database.close()
        problems += [f"webhook message {one} was heard {heard[one]} times" for one in calls if not 1 <= heard[one] <= 2]
        doubled = [one for one in calls if heard[one] > 1]
        return found, problems + ([f"webhook messages {doubled} were doubled by one kill"] if len(doubled) > 1 else [])


def _columns(table: Table) -> list[Any]:
    left_out = AGAIN | ({"id"} if table.name in MADE_ANEW else set())
    return [column for column in table.columns if column.name not in left_out]


def _acknowledge(session: Any, case: Case, agent: Agent, now: datetime) -> None:
    first = session.scalars(select(Entry).where(Entry.case_number == case.number)).first()
    first.level = 2
    entries.acknowledge(session, case, first, now=now)
    session.execute(update(OutboxMail).values(state="sent"))


def _escalates(database: Database, now: datetime) -> None:
    jobs.ring_at_your_word(database, now=now)
    alerts.tell_at_your_word(database, now=now)
    for later in (timedelta(0), webhooks.LEASE):  # whoever died with a message in hand gives it back by then
        alerts.call_webhooks(database, Writes(), now=now + later)


def _watches(database: Database, now: datetime) -> None:
    while jobs.watch_promises(database, now=now):
        pass


def _is_answered_late(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        bob = people.agent_by_email(session, "bob@example.org")
        assert bob is not None
        entries.reply(session, session.get_one(Case, 1001), "Use the stairs", agent=bob, now=now, idempotency_key="k")
    jobs.ring_at_your_word(database, now=now)


def _writes_again(database: Database, now: datetime) -> None:
    with database.reading() as session:
        is_answered = session.get_one(Case, 1001).state == "waiting"
    if is_answered:
        mail_comes(database, 1001, "It burns again")
    jobs.ring_at_your_word(database, now=now)


def _sweeps() -> list[Sweep]:
    def reports(database: Database, now: datetime) -> None:
        jobs.send_reports(database, now=now, at_your_word=True)

    return [
        Sweep("a promise is near", _watches, MONDAY + 6.01 * HOUR, "first"),
        Sweep("a customer is told", _watches, MONDAY + 23.01 * HOUR, "a promise is near"),
        Sweep("an escalation", _escalates, MONDAY + 24.1 * HOUR, "a customer is told"),
        Sweep("figures", lambda database, now: jobs.measure(database, now=now), MONDAY + 28.2 * HOUR, "an escalation"),
        Sweep("a report", reports, REPORT_AT, "figures"),
        Sweep("a late answer", _is_answered_late, MONDAY + 168.02 * HOUR, "figures"),
        Sweep("a late solution", _writes_again, MONDAY + 169 * HOUR, "a late answer"),
    ]


def run(places: Places, heard: Path, stride: int) -> Result:
    """Kill each sweep before every `stride`-th step and before its last one, have it done again, and look."""
    desk, result = Desk(places, heard), Result(0, [])
    heard.touch()
    desk.begins()
    for number, sweep in enumerate(_sweeps()):
        before = heard.read_text()
        places.copies(sweep.upon, sweep.name)
        steps = desk.does(sweep, sweep.name)
        wanted, known = desk.looks(sweep.name)
        after = heard.read_text()
        assert desk.looks(sweep.upon)[0] != wanted, f"{sweep.name} does nothing"
        for at in sorted({*range(1 + number + stride // 2, steps, stride), steps}):
            place = f"{sweep.name} {at}"
            heard.write_text(before)
            places.copies(sweep.upon, place)
            desk.dies(sweep, place, at)
            desk.does(sweep, place)
            found, problems = desk.looks(place)
            places.forgets(place)
            result.kills += 1
            told = f"{sweep.name}, killed at {at} of {steps}"
            result.wrong += [f"{told}: {problem}" for problem in problems if problem not in known]
            result.wrong += [f"{told}: not as if nobody had died ({name})" for name in wanted if found[name] != wanted[name]]
        heard.write_text(after)
    return result


def main() -> None:
    stride = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with tempfile.TemporaryDirectory(prefix="holdline-kills-") as home:
        result = run(places_of(Path(home), sys.argv[2] if len(sys.argv) > 2 else None), Path(home) / "heard", stride)
    print(f"{result.kills} kills, {len(result.wrong)} wrong", *result.wrong, sep="\n")
    sys.exit(1 if result.wrong or not result.kills else 0)


if __name__ == "__main__":
    main()
