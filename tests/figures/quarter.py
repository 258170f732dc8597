"""`make quarter`: three months of five agents and 10,000 cases, on a clock that is stepped and not waited for.

The product's timetable looks at the clocks every ten minutes.  What it told is held against what a model says has to be told: nothing
is missing, nothing comes twice or early, and nothing for a case that was answered or solved in between.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from helpdesk import alerts, clock, db, jobs
from helpdesk.models import Agent, CaseAlarm, CaseClock, Escalation, EscalationTelling, OutboxMail
from helpdesk.settings import Settings
from tests.figures.clock_model import clocks_of
from tests.figures.diary import Diary
from tests.figures.hands import Hands
from tests.figures.house import furnish
from tests.figures.life import DAY, Life, Pace
from tests.figures.telling_model import Ring, Telling, rings, tellings

EVERY = timedelta(minutes=10)
A_FORTNIGHT = 14 * DAY // EVERY  # looks
FIVE = {"Ben": "Billing", "Bea": "Billing", "Rolf": "Repairs", "Otto": "Overseas", "Nora": "Nights"}
QUARTER = Pace(10_000, datetime(2024, 9, 16, 4, tzinfo=UTC), 91, odd=2, staff=FIVE)
WEEKEND = replace(QUARTER, cases=40, days=4, begin=datetime(2024, 10, 25, 4, tzinfo=UTC))  # summer time ends in it


@dataclass(frozen=True)
class Told:
    """What was told, what had to be, and what was done meanwhile."""

    told: Counter[Ring | Telling]
    due: Counter[Ring | Telling]
    deeds: Counter[str]
    looks: int

    @property
    def missing(self) -> Counter[Ring | Telling]:
        return self.due - self.told

    @property
    def too_much(self) -> Counter[Ring | Telling]:
        """Doubled, early, late, or for a case that did not need it any more."""
        return self.told - self.due


def live_and_tell(database: db.Database, pace: Pace, so_far: Callable[[Told], None] | None = None) -> Told:
    """Live through these days, with the timetable at work all the time.  `so_far` hears once a fortnight how it stands."""
    with clock.freeze(pace.begin), database.transaction() as session:
        ids = furnish(session, pace.begin, pace.staff, idle=0)
    diary, looks = Diary(), list(_looks(pace))
    life = Life(Hands(database, ids, diary), pace)
    jobs.ring_clocks(database, now=pace.begin)
    for number, now in enumerate(looks, 1):
        life.until(now)
        with clock.freeze(now):
            jobs.ring_clocks(database, now=now)
            alerts.tell(database, now=now)
        if so_far and number % A_FORTNIGHT == 0 and number < len(looks):
            so_far(_compared(database, diary, looks[:number]))
    return _compared(database, diary, looks)


def _compared(database: db.Database, diary: Diary, looks: Sequence[datetime]) -> Told:
    cases, unseen = clocks_of(diary, looks[-1]), {line.case for line in diary if line.deed == "secret"}
    due: Counter[Ring | Telling] = Counter(rings(cases, looks))
    due.update(tellings(cases, looks, unseen))
    return Told(_rang(database) + _told(database), due, Counter(line.deed for line in diary), len(looks))


def _rang(database: db.Database) -> Counter[Ring | Telling]:
    columns = (CaseAlarm.case_number, CaseClock.kind, CaseAlarm.level, CaseAlarm.due_at, CaseAlarm.raised_at)
    with database.reading() as session:
        return Counter(tuple(row) for row in session.execute(select(*columns).join(CaseAlarm.clock)))  # type: ignore[misc]


def _told(database: db.Database) -> Counter[Ring | Telling]:
    """What the supervisor heard of breaches, on the pages and by mail."""
    found: Counter[Ring | Telling] = Counter()
    with database.reading() as session:
        carol = session.scalars(select(Agent).where(Agent.email == "carol@example.org")).one()
        query = select(Escalation.case_number, CaseClock.kind, EscalationTelling.at).join(
            Escalation, EscalationTelling.escalation
        )
        query = query.join(CaseClock, CaseClock.id == Escalation.clock_id).where(Escalation.reason == "breach")
        for row in session.execute(query.where(EscalationTelling.agent_id == carol.id)):
            found[row.case_number, row.kind, row.at, "web"] += 1
        for mail in session.scalars(
            select(OutboxMail).where(OutboxMail.kind == "escalation", OutboxMail.recipient == carol.email)
        ):
            for thing in mail.words.get("things", [mail.words]):  # what leaves at one instant is one mail
                if thing["reason"] == "breach":
                    found[thing["number"], "any", mail.created_at, "mail"] += 1
    return found


def _looks(pace: Pace) -> Iterator[datetime]:
    now, end = pace.begin + EVERY, pace.begin + pace.days * DAY
    while now <= end:
        yield now
        now += EVERY


def main(cases: int = QUARTER.cases, days: int = QUARTER.days) -> int:
    """Live through a quarter and print its counts once a fortnight; 1 where what was told differs."""
    begun = time.perf_counter()
    folder = Path(tempfile.mkdtemp(prefix="holdline-quarter-"))
    try:
        settings = Settings(
            _env_file=None, secret_key="only for a quarter: 0123456789 abcdefgh", data_dir=folder, timezone="Europe/Berlin"
        )
        database = db.Database(settings)
        db.upgrade(database)
        found = live_and_tell(database, replace(QUARTER, cases=cases, days=days), lambda told: _print(told, begun))
        database.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _print(found, begun)
    return int(bool(found.missing or found.too_much))


def _print(found: Told, begun: float) -> None:
    print(f"{found.looks * EVERY // DAY} days, {found.looks:,} looks at the clocks, in {time.perf_counter() - begun:.0f} s")
    print("done:  " + ", ".join(f"{count:,} × {deed}" for deed, count in found.deeds.most_common()))
    levels = Counter(f"{one[1]} {one[2] if isinstance(one[2], str) else one[3]}" for one in found.told.elements())
    print("told:  " + ", ".join(f"{count:,} × {what}" for what, count in sorted(levels.items())))
    print(f"missing {found.missing.total()}, doubled or untimely {found.too_much.total()}", flush=True)
    for one in [*found.missing.elements(), *found.too_much.elements()][:20]:
        print(f"  {'missing' if one in found.missing else 'too much'}: {one}")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
