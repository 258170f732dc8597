"""When the clock can be believed, and how long a delivery waits for its next try."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policies.timetable import clock_is_plausible, next_try, too_many

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)


def test_the_first_sweep_of_all_believes_any_clock() -> None:
    assert clock_is_plausible(None, NOON)


def test_a_machine_that_was_off_for_a_long_weekend_is_plausible() -> None:
    assert clock_is_plausible(NOON, NOON + timedelta(days=3))
    assert not clock_is_plausible(NOON, NOON + timedelta(days=3) + INSTANT)


def test_a_clock_that_was_set_back_a_little_is_plausible() -> None:
    assert clock_is_plausible(NOON, NOON - 5 * MINUTE)
    assert not clock_is_plausible(NOON, NOON - 5 * MINUTE - INSTANT)


def test_a_year_forward_or_back_is_not_plausible() -> None:
    assert not clock_is_plausible(NOON, NOON + timedelta(days=365))
    assert not clock_is_plausible(NOON, NOON - timedelta(days=365))


def test_fifty_at_once_are_never_too_many() -> None:
    assert not too_many(50, of=50)
    assert too_many(51, of=51)


def test_five_percent_at_once_are_never_too_many() -> None:
    assert not too_many(100, of=2000)
    assert too_many(101, of=2000)


def test_a_delivery_is_tried_again_ever_more_slowly() -> None:
    pauses = [next_try(attempts, NOON, NOON) for attempts in range(1, 9)]
    minutes = [(at - NOON) // MINUTE for at in pauses if at]
    assert minutes == [1, 5, 15, 30, 60, 120, 240, 240]


def test_a_delivery_is_given_up_after_five_days_and_not_before() -> None:
    five_days = timedelta(days=5)
    assert next_try(30, NOON - five_days + INSTANT, NOON) is not None
    assert next_try(30, NOON - five_days, NOON) is None


@given(attempts=st.integers(1, 10_000), age=st.timedeltas(timedelta(0), timedelta(days=10)))
def test_the_next_try_lies_ahead_and_no_more_than_four_hours(attempts: int, age: timedelta) -> None:
    at = next_try(attempts, NOON - age, NOON)
    assert (at is None) == (age >= timedelta(days=5))
    assert at is None or MINUTE <= at - NOON <= timedelta(hours=4)
