from datetime import date

import pytest

from helpdesk.policies import periods

MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)


@pytest.mark.parametrize(
    ("first", "last", "called"),
    [
        (MONDAY, MONDAY, "day"),
        (MONDAY, SUNDAY, "week"),
        (date(2026, 11, 15), date(2026, 11, 21), "days"),  # seven days, but not those from Monday on
        (date(2026, 2, 1), date(2026, 2, 28), "month"),
        (date(2027, 2, 1), date(2027, 2, 28), "month"),  # which begins on a Monday
        (date(2026, 11, 1), date(2026, 12, 31), "days"),
        (date(2026, 1, 1), date(2026, 12, 31), "year"),
    ],
)
def test_periods_are_called_as_people_call_them(first, last, called):
    assert periods.length((first, last)) == called


@pytest.mark.parametrize(
    ("days", "before", "after"),
    [
        ((MONDAY, SUNDAY), (date(2026, 11, 9), date(2026, 11, 15)), (date(2026, 11, 23), date(2026, 11, 29))),
        ((date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 4, 1), date(2026, 4, 30))),
        ((date(2027, 1, 1), date(2027, 1, 31)), (date(2026, 12, 1), date(2026, 12, 31)), (date(2027, 2, 1), date(2027, 2, 28))),
        ((date(2028, 1, 1), date(2028, 12, 31)), (date(2027, 1, 1), date(2027, 12, 31)), (date(2029, 1, 1), date(2029, 12, 31))),
        ((date(2026, 11, 3), date(2026, 11, 5)), (date(2026, 10, 31), date(2026, 11, 2)), (date(2026, 11, 6), date(2026, 11, 8))),
    ],
)
def test_before_a_month_comes_the_month_before_and_before_some_days_as_many(days, before, after):
    assert periods.before(days) == before
    assert periods.after(days) == after


@pytest.mark.parametrize(
    ("wanted", "today", "days"),
    [
        ("week", MONDAY, (date(2026, 11, 9), date(2026, 11, 15))),
        ("week", SUNDAY, (date(2026, 11, 9), date(2026, 11, 15))),  # which is not over yet
        ("day", MONDAY, (date(2026, 11, 15), date(2026, 11, 15))),
        ("month", date(2026, 1, 31), (date(2025, 12, 1), date(2025, 12, 31))),
        ("year", MONDAY, (date(2025, 1, 1), date(2025, 12, 31))),
    ],
)
def test_a_report_is_by_default_of_the_last_period_that_is_over(wanted, today, days):
    assert periods.newest(wanted, today) == days
