"""Periods of whole days: which one a report is of by default, which comes before it and which after."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal

Length = Literal["day", "week", "month", "year", "days"]
Days = tuple[date, date]  # the first and the last, both included

DAY = timedelta(days=1)
LONGEST = 5 * 366  # days that a report is of


def length(days: Days) -> Length:
    """What one calls these days: a week is one from Monday to Sunday, a month and a year are the calendar's."""
    first, last = days
    if first == last:
        return "day"
    if first.weekday() == 0 and last - first == 6 * DAY:
        return "week"
    if first.day == 1 and last == _end_of_month(first):
        return "month"
    return "year" if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year else "days"


def before(days: Days) -> Days:
    """The same length, right before: the week before a week, the month before a month."""
    first, last = days
    match length(days):
        case "month":
            end = first - DAY
            return end.replace(day=1), end
        case "year":
            return date(first.year - 1, 1, 1), date(first.year - 1, 12, 31)
        case _:
            return first - (last - first) - DAY, first - DAY


def after(days: Days) -> Days:
    """The same length, right after."""
    first, last = days
    match length(days):
        case "month":
            return last + DAY, _end_of_month(last + DAY)
        case "year":
            return date(first.year + 1, 1, 1), date(first.year + 1, 12, 31)
        case _:
            return last + DAY, last + (last - first) + DAY


def newest(wanted: Length, today: date) -> Days:
    """The last one that is over today: yesterday, the week that ended on Sunday, the month before this."""
    match wanted:
        case "week":
            sunday = today - (today.weekday() + 1) * DAY
            return sunday - 6 * DAY, sunday
        case "month":
            return before((today.replace(day=1), _end_of_month(today)))
        case "year":
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
        case _:
            return today - DAY, today - DAY


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
