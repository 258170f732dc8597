"""When a report that comes by mail is due: on a day of a rhythm, at a time of the wall clock of one zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, get_args

from helpdesk.policies.periods import DAY, Days, Length, newest

Rhythm = Literal["daily", "weekly", "monthly"]
RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)
USUAL_MINUTE = 7 * 60 + 30
LATE = timedelta(hours=1)  # from then on a report says that it is
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))  # after each try that failed; the last one stays
TELLS_AFTER = 5  # tries that failed: for more than an hour, which is no passing trouble
_LENGTHS: dict[Rhythm, Length] = {"daily": "day", "weekly": "week", "monthly": "month"}


def is_due_on(rhythm: Rhythm, day: date) -> bool:
    """Every day, every Monday, every first of the month."""
    return rhythm == "daily" or (day.weekday() == 0 if rhythm == "weekly" else day.day == 1)


def instant(day: date, minute: int, zone: tzinfo) -> datetime:
    """When it is that time on that day, in UTC.

    A time that the wall clock leaves out in spring comes as much later as it leaves out; of one that it shows twice in autumn the
    first counts.
    """
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone).replace(fold=0)
    return wall.astimezone(UTC)


def last_due(rhythm: Rhythm, minute: int, zone: tzinfo, now: datetime) -> tuple[date, datetime]:
    """The newest (day, instant) at which it was due."""
    day = now.astimezone(zone).date() + DAY
    while not (is_due_on(rhythm, day) and instant(day, minute, zone) <= now):
        day -= DAY
    return day, instant(day, minute, zone)


def next_due(rhythm: Rhythm, minute: int, zone: tzinfo, now: datetime) -> datetime:
    """The first instant after now at which it is due."""
    day = now.astimezone(zone).date() - DAY
    while not (is_due_on(rhythm, day) and instant(day, minute, zone) > now):
        day += DAY
    return instant(day, minute, zone)


def days_of(rhythm: Rhythm, day: date) -> Days:
    """What the report that is due on this day is of: yesterday, the week or the month that is over."""
    return newest(_LENGTHS[rhythm], day)


def is_late(due_at: datetime, now: datetime) -> bool:
    """Whether it comes so much later than it was due that its reader should know."""
    return now - due_at > LATE


def next_try(attempts: int, now: datetime) -> datetime:
    """When one that could not be collected so many times is tried again."""
    return now + PAUSES[min(attempts, len(PAUSES)) - 1]
