"""Promises to customers: which time is honest to name, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policies.hours import Hours
from helpdesk.policies.promises import (
    Deed,
    Wait,
    becomes,
    by_deadline,
    can_promise,
    honest_time,
    looks,
    named,
    nine_of_ten,
    sayable,
)
from helpdesk.policies.sla import Allowance

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(BERLIN, [[(9 * 60, 17 * 60)]] * 5 + [[], []])
HOUR = 3600


def berlin(*when: int) -> datetime:
    return datetime(*when, tzinfo=BERLIN)  # type: ignore[misc]


def answered(*hours: float) -> list[Wait]:
    return [Wait(int(one * HOUR), answered=True) for one in hours]


def waiting(*hours: float) -> list[Wait]:
    return [Wait(int(one * HOUR), answered=False) for one in hours]


def test_nine_of_ten_who_were_all_answered_is_the_ninth() -> None:
    assert nine_of_ten(answered(*range(1, 11))) == 9 * HOUR


def test_whoever_still_waits_is_not_forgotten() -> None:
    assert nine_of_ten(answered(*[1] * 90) + waiting(*[200] * 10)) == HOUR
    assert nine_of_ten(answered(*[1] * 80) + waiting(*[200] * 20)) is None, "fewer than nine of ten were answered at all"
    assert nine_of_ten(answered(*[1] * 80, *[300] * 10) + waiting(*[200] * 10)) == 300 * HOUR


def test_whoever_has_only_just_written_makes_no_desk_quick() -> None:
    assert nine_of_ten(answered(*range(1, 11)) + waiting(*[0] * 500)) == 9 * HOUR


def test_of_nobody_nothing_is_said() -> None:
    assert nine_of_ten([]) is None


_waits = st.lists(st.builds(Wait, st.integers(0, 1000), st.booleans()), max_size=60)


@given(_waits)
def test_no_time_is_shorter_than_if_each_who_waits_were_answered_now(waits: list[Wait]) -> None:
    hopeful = nine_of_ten([Wait(wait.seconds, answered=True) for wait in waits])
    found = nine_of_ten(waits)
    assert found is None or (hopeful is not None and found >= hopeful)


@given(_waits, st.integers(0, 59))
def test_waiting_on_never_makes_the_time_shorter(waits: list[Wait], which: int) -> None:
    longer = [Wait(one.seconds + 500, False) if n == which and not one.answered else one for n, one in enumerate(waits)]
    before, after = nine_of_ten(waits), nine_of_ten(longer)
    assert after is None or (before is not None and after >= before)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (berlin(2026, 11, 3, 14), berlin(2026, 11, 3, 14)),
        (berlin(2026, 11, 3, 14, 0, 1), berlin(2026, 11, 3, 15)),
        (berlin(2026, 11, 3, 13, 59), berlin(2026, 11, 3, 14)),
        (berlin(2026, 11, 3, 23, 59, 59), berlin(2026, 11, 3, 23, 59, 59)),
        (datetime(2026, 11, 3, 13, 20, tzinfo=UTC), berlin(2026, 11, 3, 15)),
    ],
)
def test_a_time_is_said_by_the_full_hour_and_never_an_earlier_one(at: datetime, said: datetime) -> None:
    assert sayable(at, BERLIN) == said


def test_an_hour_in_a_zone_of_half_hours_is_full_there() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    said = sayable(datetime(2026, 11, 3, 8, 0, tzinfo=UTC), kathmandu).astimezone(kathmandu)
    assert (said.hour, said.minute) == (14, 0)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(0, 400 * HOUR))
def test_the_time_that_is_named_is_never_before_the_one_that_it_stands_for(at: datetime, seconds: int) -> None:
    now = at.replace(tzinfo=UTC)
    told, exact = honest_time(seconds, OFFICE, now), OFFICE.add(now, seconds)
    assert told is not None
    assert exact is not None
    assert told >= max(exact, now + timedelta(hours=1) - timedelta(seconds=1))
    assert told - max(exact, OFFICE.add(now, HOUR) or exact) < timedelta(hours=1)


def test_where_nobody_ever_works_no_time_is_named() -> None:
    assert honest_time(HOUR, Hours(BERLIN, [[]] * 7), berlin(2026, 11, 3, 9)) is None


def test_a_deadline_in_days_is_named_as_a_day() -> None:
    assert by_deadline(Allowance(2, "days"), OFFICE, berlin(2026, 11, 5, 16)) == berlin(2026, 11, 9, 23, 59, 59)
    assert by_deadline(Allowance(1, "months"), OFFICE, berlin(2026, 11, 3, 16)) == berlin(2026, 12, 3, 23, 59, 59)
    assert by_deadline(Allowance(8, "hours"), OFFICE, berlin(2026, 11, 3, 15, 10)) == berlin(2026, 11, 4, 16)


@pytest.mark.parametrize(
    ("made", "due", "warn", "tell"),
    [
        (berlin(2026, 11, 3, 9), berlin(2026, 11, 3, 17), berlin(2026, 11, 3, 15), berlin(2026, 11, 3, 16)),
        (berlin(2026, 11, 3, 9), berlin(2026, 11, 3, 11), berlin(2026, 11, 3, 10), berlin(2026, 11, 3, 10, 30)),
        # By Friday, said on Monday: a working day before it ends, and an hour before the desk closes.
        (berlin(2026, 11, 2, 9), berlin(2026, 11, 6, 23, 59, 59), berlin(2026, 11, 6, 9), berlin(2026, 11, 6, 16)),
        # Nobody works until then: whoever holds the case is told, and no machine writes.
        (berlin(2026, 11, 7, 10), berlin(2026, 11, 7, 14), berlin(2026, 11, 7, 13), None),
    ],
)
def test_the_holder_and_then_the_customer_hear_of_it_in_working_time_before_it_is_late(made, due, warn, tell) -> None:
    found = looks(made, due, OFFICE)
    assert (found.warn_at, found.tell_at) == (warn, tell)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)), st.integers(1, 30 * 24 * 60))
def test_nobody_is_told_before_it_was_promised_or_after_it_is_late(made: datetime, minutes: int) -> None:
    begin = made.replace(tzinfo=UTC)
    due = begin + timedelta(minutes=minutes)
    found = looks(begin, due, OFFICE)
    assert begin < found.warn_at <= due
    assert found.tell_at is None or found.warn_at <= found.tell_at <= due


DUE = berlin(2026, 11, 6, 14)
IN_TIME, LATE = DUE, DUE + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("kind", "deed", "standing"),
    [
        ("acknowledgement", Deed(IN_TIME, answered=True), "kept"),
        ("acknowledgement", Deed(IN_TIME, answered=True, promises=True), "kept"),
        ("acknowledgement", Deed(LATE, answered=True), "broken"),
        ("acknowledgement", Deed(IN_TIME, solved=True), "dropped"),
        ("acknowledgement", Deed(IN_TIME), "running"),
        ("agent", Deed(IN_TIME, answered=True), "kept"),
        ("agent", Deed(IN_TIME, answered=True, promises=True), "renewed"),
        ("agent", Deed(LATE, answered=True, promises=True), "broken"),
        ("agent", Deed(IN_TIME, solved=True), "kept"),
        ("agent", Deed(IN_TIME, solved=True, by_us=False), "dropped"),
        ("agent", Deed(LATE, solved=True), "broken"),
        ("agent", Deed(IN_TIME, away=True), "dropped"),
        ("agent", Deed(LATE, away=True), "broken"),
        ("agent", Deed(LATE), "broken"),
    ],
)
def test_what_becomes_of_a_promise(kind, deed, standing) -> None:
    assert becomes(kind, DUE, deed) == standing


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-12-04", berlin(2026, 12, 4, 23, 59, 59)),
        ("2026-12-04T14:30", berlin(2026, 12, 4, 14, 30)),
        ("2026-12-04T14:30+00:00", datetime(2026, 12, 4, 14, 30, tzinfo=UTC)),
        ("on Friday", None),
        ("", None),
        ("2026-13-01", None),
    ],
)
def test_a_day_lasts_until_it_ends(text, at) -> None:
    assert named(text, BERLIN) == at


def test_a_promise_is_for_a_time_to_come_and_within_a_year() -> None:
    now = berlin(2026, 11, 3, 9)
    assert not can_promise(now, now)
    assert can_promise(now + timedelta(seconds=1), now)
    assert can_promise(now + timedelta(days=366), now)
    assert not can_promise(now + timedelta(days=367), now)
