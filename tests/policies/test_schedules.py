"""When reports by mail are due, also where the clocks are put forward and back."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from helpdesk.policies.schedules import days_of, instant, is_late, last_due, next_due, next_try

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
HALF_PAST_SEVEN = 7 * 60 + 30


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("rhythm", "now", "last", "following"),
    [
        ("weekly", at(2026, 11, 23, 6, 30), date(2026, 11, 23), at(2026, 11, 30, 6, 30)),  # Monday, 07:30 in Berlin
        ("weekly", at(2026, 11, 23, 6, 29), date(2026, 11, 16), at(2026, 11, 23, 6, 30)),
        ("daily", at(2026, 11, 22, 12), date(2026, 11, 22), at(2026, 11, 23, 6, 30)),  # Sunday is a day
        ("daily", at(2026, 11, 22, 23, 30), date(2026, 11, 22), at(2026, 11, 23, 6, 30)),  # Monday there already
        ("monthly", at(2026, 12, 1, 6, 30), date(2026, 12, 1), at(2027, 1, 1, 6, 30)),
        ("monthly", at(2026, 11, 30, 23), date(2026, 11, 1), at(2026, 12, 1, 6, 30)),
    ],
)
def test_a_report_is_due_on_its_day_at_its_hour(rhythm, now, last, following):
    assert last_due(rhythm, HALF_PAST_SEVEN, BERLIN, now) == (last, instant(last, HALF_PAST_SEVEN, BERLIN))
    assert next_due(rhythm, HALF_PAST_SEVEN, BERLIN, now) == following


def test_half_past_seven_stays_half_past_seven_when_summer_time_ends():
    assert instant(date(2026, 10, 24), HALF_PAST_SEVEN, BERLIN) == at(2026, 10, 24, 5, 30)
    assert instant(date(2026, 10, 25), HALF_PAST_SEVEN, BERLIN) == at(2026, 10, 25, 6, 30)


def test_an_hour_that_is_left_out_comes_later_and_one_that_comes_twice_counts_once():
    half_past_two = 2 * 60 + 30
    assert instant(date(2026, 3, 29), half_past_two, BERLIN) == at(2026, 3, 29, 1, 30)  # 03:30 there
    first = instant(date(2026, 10, 25), half_past_two, BERLIN)
    assert first == at(2026, 10, 25, 0, 30)
    assert next_due("daily", half_past_two, BERLIN, first) == at(2026, 10, 26, 1, 30)
    assert last_due("daily", half_past_two, BERLIN, at(2026, 10, 25, 1, 45)) == (date(2026, 10, 25), first)


def test_every_day_of_years_has_exactly_one_report():
    for zone in (BERLIN, ZoneInfo("America/Havana"), ZoneInfo("Australia/Lord_Howe"), UTC_ZONE):  # Havana leaves midnight out
        for minute in (0, 15, 150, 450, 1439):
            now, days = at(2026, 1, 1), []
            while now < at(2026, 12, 30):
                now = next_due("daily", minute, zone, now)
                days.append(last_due("daily", minute, zone, now)[0])
            assert len(days) == len(set(days)) >= 363
            assert days == sorted(days)


def test_a_report_is_of_what_is_over_on_its_day():
    assert days_of("weekly", date(2026, 11, 23)) == (date(2026, 11, 16), date(2026, 11, 22))
    assert days_of("daily", date(2026, 11, 23)) == (date(2026, 11, 22), date(2026, 11, 22))
    assert days_of("monthly", date(2026, 12, 1)) == (date(2026, 11, 1), date(2026, 11, 30))


def test_a_report_says_that_it_is_late_from_an_hour_on():
    assert not is_late(at(2026, 11, 23, 6, 30), at(2026, 11, 23, 7, 30))
    assert is_late(at(2026, 11, 23, 6, 30), at(2026, 11, 23, 7, 31))


def test_what_failed_is_tried_again_later_and_later_but_at_least_six_times_a_day() -> None:
    now = datetime(2026, 11, 9, 7, 30, tzinfo=UTC)
    pauses = [next_try(attempts, now) - now for attempts in range(1, 9)]
    assert [pause / timedelta(minutes=1) for pause in pauses] == [1, 5, 15, 60, 240, 240, 240, 240]
