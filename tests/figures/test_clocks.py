"""Deadlines, breaches and whom they are charged to, of every case of a desk, against a model that knows only what was done."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import pytest
from sqlalchemy import select

from helpdesk.models import CaseClock
from tests.figures.clock_model import Running, clocks_of
from tests.figures.desk import Lived, Seen
from tests.figures.house import TEAMS

Row = tuple[str, datetime, datetime | None, datetime | None, str, datetime | None, str]


def of_model(clock: Running) -> Row:
    running = clock.ended is None
    due = clock.due if running else None
    team = clock.breached_by or clock.team
    return clock.kind, clock.started, clock.breached, None if clock.stands else due, team, clock.ended, clock.end


def of_product(row: CaseClock, names: dict[int | None, str]) -> Row:
    due = row.due_at if row.stopped_at is None and row.paused_at is None else None
    return row.kind, row.started_at, row.breached_at, due, names[row.team_id], row.stopped_at, row.end or ""


def test_every_clock_of_every_case_is_what_was_done_says(lived: Lived) -> None:
    compare(lived)


@pytest.mark.long
def test_so_it_is_where_summer_time_begins(lived_in_spring: Lived) -> None:
    compare(lived_in_spring)


def test_at_every_instant_it_says_who_waits_since_when_and_what_is_due(lived: Lived) -> None:
    for at, seen in lived.looks.items():
        expected = {}
        for number, case in clocks_of(lived.diary, at).items():
            if case.state != "resolved" and not case.away:
                due = [clock.due for clock in case.all if clock.ended is None and not clock.stands]
                expected[number] = Seen(case.state, case.waits_since, min(filter(None, due), default=None))
        assert seen == expected, at
    assert any(one.waiting_since for seen in lived.looks.values() for one in seen.values())


def compare(lived: Lived) -> None:
    """The clocks of the product against those of the model, case by case."""
    names: dict[int | None, str] = {lived.ids[name]: name for name in TEAMS}
    found: dict[int, list[Row]] = defaultdict(list)
    with lived.database.reading() as session:
        for row in session.scalars(select(CaseClock).order_by(CaseClock.id)):
            found[row.case_number].append(of_product(row, names))
    expected = {number: [of_model(clock) for clock in case.all] for number, case in clocks_of(lived.diary, lived.now).items()}
    different = {
        number: (found[number], rows)
        for number, rows in expected.items()
        if sorted(found[number], key=str) != sorted(rows, key=str)
    }
    assert not different, story(lived, different)


def story(lived: Lived, different: dict[int, tuple[list[Row], list[Row]]]) -> str:
    number = min(different)
    lines = [f"{len(different)} cases differ: {sorted(different)[:20]}"]
    lines += [
        f"  {line.at:%a %m-%d %H:%M:%S} {line.case} {line.deed} {line.who} {dict(line.more)}"
        for line in lived.diary
        if number in (line.case, line.more.get("into"))
    ]
    for name, rows in zip(("product", "model"), different[number], strict=True):
        lines += [
            name,
            *(f"  {' | '.join(format(v, '%m-%d %H:%M:%S') if isinstance(v, datetime) else str(v) for v in row)}" for row in rows),
        ]
    return "\n".join(lines)
