"""The backlog that is written down at an hour, against what the model says was unsolved then, of each team and age."""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime, timedelta

from helpdesk import clock
from helpdesk.actions import snapshots
from helpdesk.policies.backlog import AGES
from tests.figures.desk import Lived
from tests.figures.house import working_times
from tests.figures.test_reports import HOURS_A_DAY, known

WEEK = timedelta(days=7)


def test_what_is_written_down_of_an_hour_is_what_was_unsolved_then(lived: Lived) -> None:
    begin = lived.diary.lines[0].at.replace(minute=0, second=0, microsecond=0)
    hours = [begin + n * WEEK for n in range(1, (lived.now - begin) // WEEK + 1)]
    with clock.freeze(lived.now), lived.database.reading() as session:
        written = snapshots.look(session, hours)
    names = {lived.ids[name]: name for name in HOURS_A_DAY}
    for hour in hours:
        found: Counter[tuple[str, str]] = Counter()
        for (team_id, _state, age), cell in written[hour].items():
            found[names[team_id], AGES[age]] += cell.number
        assert found == unsolved(lived, hour), hour
    assert any(written[hour] for hour in hours)


def unsolved(lived: Lived, at: datetime) -> Counter[tuple[str, str]]:
    """(team of that instant, age) → how many cases were not solved."""
    edges = {"0-1": 1, "1-3": 3, "3-7": 7, "7-14": 14, "14-28": 28, ">28": math.inf}
    hidden = {line.case for line in lived.diary if line.deed == "secret"}
    found: Counter[tuple[str, str]] = Counter()
    for number, facts in known(lived).items():
        opened = next(fact.at for fact in facts if fact.kind == "opened")
        goes_on = any(
            fact.kind == "unsolved" and fact.began_at and fact.began_at < at and (not fact.at or fact.at >= at) for fact in facts
        )
        if number in hidden or opened is None or not goes_on:
            continue
        team = team_at(lived, number, at)
        days = working_times()[team].worked(opened, at) / 3600 / HOURS_A_DAY[team]
        found[team, next(name for name, edge in edges.items() if days < edge)] += 1
    return found


def team_at(lived: Lived, number: int, at: datetime) -> str:
    """Whose case it was then."""
    lines = [line for line in lived.diary if line.case == number]
    team: str = next(line.more["team"] for line in lines if "team" in line.more)
    for line in lines:
        if line.deed == "team" and line.at < at:
            team = line.more["to"]
    return team
