"""A value over time: as many periods as one compares at a glance, and the same number of them before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Literal

from helpdesk.policies import periods
from helpdesk.reports import asked
from helpdesk.reports.behind import span
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Amount, Behind, Line, Part, Period, Point

Step = Literal["day", "week", "month"]
DAY = timedelta(days=1)
DAYS, WEEKS, MONTHS = 14, 8, 12  # points of a line
LONGEST_IN_DAYS = 31


@dataclass(frozen=True)
class Steps:
    """The periods of a line, the oldest first, and those with which they are compared."""

    step: Step
    points: list[Period]
    before: list[Period]


def steps(reading: Reading) -> Steps:
    """Days for a day, weeks for a week, months for a month and a year; they end with the period of the report."""
    period, zone = reading.scope.period, asked.zone_of(reading.session, reading.scope.team_id)
    days = period.first, period.last
    match periods.length(days):
        case "day":
            return _back("day", days, DAYS, zone)
        case "week":
            return _back("week", days, WEEKS, zone)
        case "month":
            return _back("month", days, MONTHS, zone)
        case "year":
            return _back("month", (period.last.replace(day=1), period.last), MONTHS, zone)
    if period.last - period.first < LONGEST_IN_DAYS * DAY:
        return _back("day", (period.last, period.last), (period.last - period.first).days + 1, zone)
    return _back("week", (period.last - 6 * DAY, period.last), WEEKS, zone)


def line(reading: Reading, key: str, figure: str, value: Callable[[Period], Amount], part: Part = "all") -> Line:
    """The line of a value; the cases behind each point are those of `figure`."""
    found = steps(reading)
    points = [
        Point(now, value(now), value(before), Behind(figure, part, span(now)))
        for now, before in zip(found.points, found.before, strict=True)
    ]
    return Line(key, found.step, points)


def _back(step: Step, days: periods.Days, number: int, zone: tzinfo) -> Steps:
    found = [days]
    while len(found) < 2 * number:
        found.append(periods.before(found[-1]))
    both = [asked.period(one, zone) for one in reversed(found)]
    return Steps(step, both[number:], both[:number])
