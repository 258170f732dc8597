"""Working time: exact across summer time, midnight, the turn of the year and days on which nobody works."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.policies.hours import DAY, Hours, Span, spans, spelled

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE: list[list[Span]] = [[(9 * 60, 17 * 60)]] * 5 + [[], []]
HOUR = 3600
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Cairo",
)
# Days around which clocks are put forward or back somewhere (in São Paulo and Cairo at midnight, in Apia a whole day was left out).
TURNS = (date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 4, 5), date(2026, 10, 4), date(2018, 11, 4), date(2018, 2, 18),
         date(2011, 12, 30), date(2026, 4, 24), date(2026, 10, 30), date(2025, 12, 31), date(2028, 2, 29))  # fmt: skip


def berlin(*when: int) -> datetime:
    return datetime(*when, tzinfo=BERLIN)  # type: ignore[misc]


def office(*free: date) -> Hours:
    return Hours(BERLIN, OFFICE, lambda day: day in free)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (berlin(2026, 11, 2, 10), 2, berlin(2026, 11, 2, 12)),
        (berlin(2026, 11, 2, 9), 8, berlin(2026, 11, 2, 17)),
        (berlin(2026, 11, 2, 10), 8, berlin(2026, 11, 3, 10)),
        (berlin(2026, 11, 6, 16), 2, berlin(2026, 11, 9, 10)),
        (berlin(2026, 11, 7, 3), 1, berlin(2026, 11, 9, 10)),
        (berlin(2026, 11, 2, 20), 8, berlin(2026, 11, 3, 17)),
        (berlin(2026, 12, 31, 16), 2, berlin(2027, 1, 1, 10)),
        (berlin(2026, 3, 27, 16), 2, berlin(2026, 3, 30, 10)),
    ],
)
def test_a_deadline_of_working_time_counts_only_the_hours_in_which_somebody_works(
    start: datetime, hours: int, end: datetime
) -> None:
    assert office().add(start, hours * HOUR) == end
    assert office().between(start, end) == hours * HOUR


@pytest.mark.parametrize("days", [3, 40, 365, 367, 400, 1500])
def test_of_a_long_time_each_day_counts_whatever_was_asked_before(days: int) -> None:
    start, end = datetime(2026, 11, 2, tzinfo=BERLIN), datetime(2026, 11, 2, tzinfo=BERLIN) + timedelta(days=days)
    one_by_one = sum(Hours(BERLIN, OFFICE).between(start + timedelta(days=n), start + timedelta(days=n + 1)) for n in range(days))
    fresh, used = Hours(BERLIN, OFFICE), Hours(BERLIN, OFFICE)
    for back in (10, 700, 30, 2000):
        used.between(start - timedelta(days=back), start + timedelta(days=5))
    assert fresh.between(start, end) == used.between(start, end) == one_by_one


def test_days_on_which_nobody_works_do_not_count() -> None:
    holidays = office(date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 31), date(2027, 1, 1))
    assert holidays.add(berlin(2026, 12, 23, 16), 2 * HOUR) == berlin(2026, 12, 28, 10)
    assert holidays.between(berlin(2026, 12, 24, 9), berlin(2026, 12, 25, 17)) == 0
    assert holidays.add(berlin(2026, 12, 30, 16), 2 * HOUR) == berlin(2027, 1, 4, 10)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 8), (date(2026, 3, 29), 7), (date(2026, 10, 25), 9)])
def test_a_night_shift_is_shorter_or_longer_when_summer_time_begins_or_ends(day: date, hours: int) -> None:
    night = Hours(BERLIN, [[(0, 8 * 60)]] * 7)
    begin = datetime.combine(day, time(0), BERLIN)
    end = datetime.combine(day, time(8), BERLIN)
    assert night.between(begin, end) == hours * HOUR
    assert night.add(begin, hours * HOUR) == end


def test_several_spans_a_day_leave_the_noon_out() -> None:
    shop = Hours(BERLIN, [[(9 * 60, 12 * 60), (14 * 60, 18 * 60)]] * 6 + [[]])
    assert shop.add(berlin(2026, 11, 2, 11), 2 * HOUR) == berlin(2026, 11, 2, 15)
    assert shop.usual_day() == 7 * HOUR


def test_work_around_the_clock_passes_midnight_without_a_gap() -> None:
    always = Hours(BERLIN, [[(0, DAY)]] * 7)
    assert always.add(berlin(2026, 12, 31, 23), 2 * HOUR) == berlin(2027, 1, 1, 1)


def test_where_nobody_ever_works_no_deadline_comes() -> None:
    nobody = Hours(BERLIN, [[]] * 7)
    assert nobody.add(berlin(2026, 11, 2, 9), HOUR) is None
    assert nobody.end_of_day(berlin(2026, 11, 2, 9), days=1) is None
    assert nobody.usual_day() == 0


@pytest.mark.parametrize(
    ("start", "span", "day"),
    [
        (berlin(2026, 11, 2, 10), {"days": 1}, date(2026, 11, 3)),
        (berlin(2026, 11, 2, 10), {"days": 5}, date(2026, 11, 9)),  # a Saturday passes it on to Monday
        (berlin(2026, 1, 31, 10), {"months": 1}, date(2026, 3, 2)),  # 28 February is a Saturday
        (berlin(2027, 1, 31, 10), {"months": 1}, date(2027, 3, 1)),  # and in 2027 a Sunday
        (berlin(2028, 1, 31, 10), {"months": 1}, date(2028, 2, 29)),
        (berlin(2026, 11, 13, 23), {"months": 3}, date(2027, 2, 15)),  # 13 February is a Saturday
        (berlin(2026, 11, 24, 12), {"months": 1}, date(2026, 12, 28)),  # holidays, then a weekend
        (berlin(2026, 12, 31, 12), {"months": 12}, date(2027, 12, 31)),
    ],
)
def test_a_deadline_of_the_calendar_ends_with_its_day_or_the_next_on_which_somebody_works(
    start: datetime, span: dict[str, int], day: date
) -> None:
    hours = office(date(2026, 12, 24), date(2026, 12, 25))
    assert hours.end_of_day(start, **span) == datetime.combine(day, time(23, 59, 59), BERLIN)


@pytest.mark.parametrize(
    ("text", "written"),
    [("9-17", "09:00–17:00"), ("14:00 – 18.30, 9–12", "09:00–12:00, 14:00–18:30"), ("0–24", "00:00–24:00"), ("", ""), ("9–12,12–13", "09:00–12:00, 12:00–13:00"),
     ("9", None), ("17–9", None), ("9–25", None), ("9–12, 11–13", None), ("9:60–12", None), ("9–9", None), ("nine to five", None)],
)  # fmt: skip
def test_the_hours_of_a_day_are_typed_as_one_says_them(text: str, written: str | None) -> None:
    found = spans(text)
    assert (None if found is None else spelled(found)) == written


# ── against a slow model: every minute is looked at by itself ─────────────────────────────────────────────────────────


@st.composite
def _weeks(draw: st.DrawFn) -> list[list[Span]]:
    week = []
    for _ in range(7):
        ends = draw(st.lists(st.integers(0, 96), max_size=4, unique=True).map(sorted))
        quarters = zip(ends[::2], ends[1::2], strict=False)
        week.append([(begin * 15, end * 15) for begin, end in quarters])
    return week


def _works(minute: datetime, zone: ZoneInfo, week: list[list[Span]], free: set[date]) -> bool:
    wall = minute.astimezone(zone)
    of_day = wall.hour * 60 + wall.minute
    return wall.date() not in free and any(first <= of_day < behind for first, behind in week[wall.weekday()])


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    week=_weeks(),
    turn=st.sampled_from(TURNS),
    off=st.sets(st.integers(-3, 3), max_size=2),
    start=st.integers(-2 * DAY, DAY),
    length=st.integers(0, 2 * DAY),
)
def test_it_counts_as_a_clerk_would_who_looks_at_the_clock_every_minute(
    zone: ZoneInfo, week: list[list[Span]], turn: date, off: set[int], start: int, length: int
) -> None:
    free = {turn + timedelta(days=n) for n in off}
    hours = Hours(zone, week, lambda day: day in free)
    begin = datetime.combine(turn, time(12), UTC) + timedelta(minutes=start)
    minutes = [begin + timedelta(minutes=n) for n in range(length)]
    worked = [minute for minute in minutes if _works(minute, zone, week, free)]
    end = begin + timedelta(minutes=length)
    assert hours.between(begin, end) == 60 * len(worked)
    assert hours.between(end, begin) == -60 * len(worked)
    if worked:
        assert hours.add(begin, 60 * len(worked)) == worked[-1] + timedelta(minutes=1)
        assert hours.back(end, 60 * len(worked)) == worked[0]
