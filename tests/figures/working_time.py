"""Working time by looking at every single minute: slow, and too simple to be wrong in the way in which the product could be."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
Spans = Sequence[tuple[int, int]]  # hours of a day: from, to


class WorkingTime:
    """The minutes in which somebody works, of a stretch of days; a minute counts if it begins in opening hours on the wall."""

    def __init__(self, zone: str, week: Mapping[int, Spans], closed: Collection[date], first: date, last: date) -> None:
        """`week`: weekday (0 is Monday) → hours.  `closed`: holidays, as a person reads them off a calendar."""
        self.zone, self._week, self._closed = ZoneInfo(zone), week, frozenset(closed)
        self._begin = datetime.combine(first, time(0), UTC)
        minutes = int((datetime.combine(last, time(0), UTC) - self._begin) / MINUTE)
        self._passed = [0, *accumulate(self._is_open(self._begin + n * MINUTE) for n in range(minutes))]

    def worked(self, start: datetime, end: datetime) -> int:
        """Working seconds from one instant to a later one."""
        return self._until(end) - self._until(start)

    def after(self, start: datetime, seconds: int) -> datetime:
        """The first instant at which so many working seconds have passed since `start`."""
        wanted = self._until(start) + seconds
        if seconds <= 0:
            return start
        minute = bisect_left(self._passed, wanted / 60) - 1  # the minute in which the last of them passes
        return self._begin + minute * MINUTE + timedelta(seconds=wanted - self._passed[minute] * 60)

    def is_working_day(self, day: date) -> bool:
        return bool(self._week.get(day.weekday())) and day not in self._closed

    def end_of(self, day: date) -> datetime:
        """The last second of this day, or of the next one on which anybody works."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return datetime.combine(day, time(23, 59, 59), self.zone).astimezone(UTC)

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def works_at(self, at: datetime) -> bool:
        return self._is_open(at)

    def _until(self, at: datetime) -> int:
        minute, rest = divmod(at - self._begin, MINUTE)
        return self._passed[minute] * 60 + (int(rest.total_seconds()) if self._is_open(at) else 0)

    def _is_open(self, at: datetime) -> bool:
        there = at.astimezone(self.zone)
        hours = there.hour + there.minute / 60
        return there.date() not in self._closed and any(a <= hours < b for a, b in self._week.get(there.weekday(), ()))
