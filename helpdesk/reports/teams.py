"""Figures of each team, or of the small teams together."""

from __future__ import annotations

from collections.abc import Callable, Collection

from helpdesk.reports import amounts, figures
from helpdesk.reports.behind import TEAM
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Amount, Bar, Bars, Behind, Period

Value = Callable[[Period, Collection[int]], Amount]


def shares(reading: Reading, key: str) -> Bars:
    """A share of each team."""
    kinds = [kind for some in figures.SHARES[key] for kind in some]
    return _bars(reading, key, kinds, lambda period, teams: amounts.share(*figures.share_in(reading, key, period, teams)))


def counts(reading: Reading, key: str) -> Bars:
    """A number of each team."""
    kind = figures.COUNTS[key]
    return _bars(reading, key, [kind], lambda period, teams: amounts.count(reading.number(kind, period, teams)))


def medians(reading: Reading, key: str) -> Bars:
    """A median of each team."""
    kind, _waits = figures.STRETCHES[key]
    return _bars(reading, key, [kind], lambda period, teams: amounts.median(reading.values(kind, period, teams)))


def _bars(reading: Reading, key: str, kinds: Collection[str], value: Value) -> Bars:
    period, before = reading.scope.period, reading.scope.before
    bars = []
    for group in reading.teams_with(kinds, period, before):
        teams = reading.groups.teams(group)
        name, is_key = reading.groups.name(group)
        bars.append(Bar(name, value(period, teams), value(before, teams), Behind(key, group=f"{TEAM}{group}"), is_key=is_key))
    return Bars(f"{key}-by-team", bars)
