"""Working time: how much of it passes between two instants, and when so much of it has passed.

A week of opening hours on the wall clock of one time zone, less the days on which nobody works.  What counts is real time during
which that clock shows an opening hour: a night shift is an hour shorter when summer time begins, and longer when it ends.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Span = tuple[int, int]  # minutes of a day: the first, and the one behind the last
Piece = tuple[datetime, datetime]  # instants in UTC

DAY = 24 * 60  # minutes
FARTHEST = 5 * 366  # days within which some working time has to come
A_DAY = timedelta(days=1)

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?")


class Hours:
    """The working time of somebody.  It remembers the days that it has worked out, so one of them is best used for many questions."""

    def __init__(
        self, zone: tzinfo, week: Sequence[Sequence[Span]], is_free: Callable[[date], bool] = lambda _day: False
    ) -> None:
        """`week`: the spans of each weekday from Monday on, in order and apart from each other.  `is_free`: nobody works that day."""
        self.zone = zone
        self._week, self._is_free = week, is_free
        self._known: dict[date, tuple[Piece, ...]] = {}
        self._sums_from, self._sums = 0, [timedelta(0)]  # what passed before each day, from that one (an ordinal) on

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works on that day at all."""
        return bool(self._week[day.weekday()]) and not self._is_free(day)

    def add(self, start: datetime, seconds: float) -> datetime | None:
        """When so much working time has passed since `start`; None where it never does."""
        if seconds <= 0:
            return start
        left, day = timedelta(seconds=seconds), self._day(start)
        for _ in range(FARTHEST):
            for begin, end in self._pieces(day):
                begin = max(begin, start)
                if end - begin >= left:
                    return begin + left
                left -= max(end - begin, timedelta(0))
            day += A_DAY
        return None

    def back(self, end: datetime, seconds: float) -> datetime | None:
        """The latest instant from which on so much working time passes until `end`; None where there is none."""
        if seconds <= 0:
            return end
        left, day = timedelta(seconds=seconds), self._day(end)
        for _ in range(FARTHEST):
            for begin, close in reversed(self._pieces(day)):
                close = min(close, end)
                if close - begin >= left:
                    return close - left
                left -= max(close - begin, timedelta(0))
            day -= A_DAY
        return None

    def between(self, start: datetime, end: datetime) -> int:
        """The working seconds from one instant to the other; negative where `end` is the earlier."""
        if end < start:
            return -self.between(end, start)
        day, last, passed = self._day(start), self._day(end), timedelta(0)
        if last - day > 2 * A_DAY:  # whole days are added up once, not for every question
            before = self._before(day + A_DAY)  # the earlier one first: from then on both are sums from the same day
            passed = self._before(last) - before
            return int((passed + self._within(day, start, end) + self._within(last, start, end)).total_seconds())
        while day <= last:
            passed += self._within(day, start, end)
            day += A_DAY
        return int(passed.total_seconds())

    def stretches(self, start: datetime, seconds: float) -> list[Piece]:
        """The working time from `start` on until so much of it has passed, in order; less where no more ever comes."""
        left, day, found = timedelta(seconds=seconds), self._day(start), list[Piece]()
        for _ in range(FARTHEST):
            for begin, end in self._pieces(day):
                begin = max(begin, start)
                if left > timedelta(0) and begin < end:
                    found.append((begin, min(end, begin + left)))
                    left -= end - begin
            if left <= timedelta(0):
                break
            day += A_DAY
        return found

    def usual_day(self) -> int:
        """The working seconds of a usual day, by which longer times are told in days; 0 where nobody ever works."""
        days = [sum(end - begin for begin, end in spans) * 60 for spans in self._week if spans]
        return sum(days) // len(days) if days else 0

    def end_of_day(self, start: datetime, *, days: int = 0, months: int = 0) -> datetime | None:
        """The last second of the day that is so many calendar days and months after that of `start`, which does not count.

        A month ends on the day with the same number, or on its last where it has none; a day on which nobody works passes the
        deadline on to the next on which somebody does (§§ 187, 188, 193 BGB).  None where there is no such day.
        """
        day = _months_later(self._day(start), months) + days * A_DAY
        for _ in range(FARTHEST):
            if self.is_working_day(day):
                return _utc(day + A_DAY, 0, self.zone) - timedelta(seconds=1)
            day += A_DAY
        return None

    def _within(self, day: date, start: datetime, end: datetime) -> timedelta:
        """How much of a day's working time lies between two instants."""
        pieces = self._pieces(day)
        return sum((max(min(close, end) - max(begin, start), timedelta(0)) for begin, close in pieces), timedelta(0))

    def _before(self, day: date) -> timedelta:
        """The working time before a day, counted from some day that lies further back."""
        number = day.toordinal()
        if not self._sums_from or number < self._sums_from:
            further = 2 * (self._sums_from - number) if self._sums_from else 0  # whoever asks ever earlier is met on the way
            self._sums_from, self._sums = max(1, number - further), [timedelta(0)]
        while len(self._sums) <= number - self._sums_from:
            last = date.fromordinal(self._sums_from + len(self._sums) - 1)
            self._sums.append(self._sums[-1] + sum((end - begin for begin, end in self._pieces(last)), timedelta(0)))
        return self._sums[number - self._sums_from]

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _pieces(self, day: date) -> tuple[Piece, ...]:
        """The working time of one day, in order."""
        if day not in self._known:
            self._known[day] = tuple(self._work_out(day)) if self.is_working_day(day) else ()
        return self._known[day]

    def _work_out(self, day: date) -> list[Piece]:
        spans = self._week[day.weekday()]
        begin, end = _utc(day, 0, self.zone), _utc(day + A_DAY, 0, self.zone)
        if end - begin == A_DAY:
            return [(_utc(day, first, self.zone), _utc(day, behind, self.zone)) for first, behind in spans]
        change = _change(begin, end, self.zone)
        pieces = []
        for since, until in ((begin, change), (change, end)):
            midnight = datetime.combine(day, time(0), UTC) - _offset(since, self.zone)
            for first, behind in spans:
                piece = max(since, midnight + timedelta(minutes=first)), min(until, midnight + timedelta(minutes=behind))
                if piece[0] < piece[1]:
                    pieces.append(piece)
        return pieces


def spans(text: str) -> list[Span] | None:
    """What «9:00–12:00, 14–18» says, in order; [] for a day on which nobody works, None for nonsense."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _SPAN.fullmatch(part)
        if match is None:
            return None
        hour, minute, last_hour, last_minute = (int(group or 0) for group in match.groups())
        if minute > 59 or last_minute > 59:
            return None
        found.append((hour * 60 + minute, last_hour * 60 + last_minute))
    edges = [0, *(edge for span in sorted(found) for edge in span), DAY]
    fits = edges == sorted(edges) and all(first < behind for first, behind in found)
    return sorted(found) if fits else None


def spelled(day: Sequence[Span]) -> str:
    """The spans of a day in the one way in which they are written: «09:00–12:00, 14:00–18:00»."""
    return ", ".join("–".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span) for span in day)


def _utc(day: date, minute: int, zone: tzinfo) -> datetime:
    wall = datetime.combine(day, time(0)) + timedelta(minutes=minute)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _offset(at: datetime, zone: tzinfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _change(begin: datetime, end: datetime, zone: tzinfo) -> datetime:
    """The instant at which the clocks of a zone are put forward or back within a day that is not as long as others."""
    before, low, high = _offset(begin, zone), 0, int((end - begin).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(begin + timedelta(seconds=middle), zone) == before else (low, middle)
    return begin + timedelta(seconds=high)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
