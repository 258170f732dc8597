"""The hours to come on a board: each deadline belongs to one of them, and all of them together to what is due within them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policies.board import shared_out, slots
from helpdesk.policies.hours import Hours

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(BERLIN, [[(9 * 60, 12 * 60), (13 * 60, 18 * 60)]] * 5 + [[], []])
HOUR = 3600


def berlin(*when: int) -> datetime:
    return datetime(*when, tzinfo=BERLIN)  # type: ignore[misc]


def said(now: datetime) -> list[str]:
    return [
        f"{slot.begins.astimezone(BERLIN):%a %H:%M}-{slot.ends.astimezone(BERLIN):%H:%M}" for slot in slots(OFFICE, now, 8 * HOUR)
    ]


def test_the_hours_are_those_of_the_wall_clock_on_working_days() -> None:
    assert said(berlin(2026, 11, 20, 14, 30)) == [
        "Fri 14:30-15:00", "Fri 15:00-16:00", "Fri 16:00-17:00", "Fri 17:00-18:00",
        "Mon 09:00-10:00", "Mon 10:00-11:00", "Mon 11:00-12:00", "Mon 13:00-14:00", "Mon 14:00-14:30",
    ]  # fmt: skip
    assert said(berlin(2026, 11, 21, 14, 30))[0] == "Mon 09:00-10:00"


def test_what_is_due_outside_of_working_time_counts_to_the_hour_before_it() -> None:
    into = slots(OFFICE, berlin(2026, 11, 20, 16, 0), 8 * HOUR)
    midnight, at_nine, after_lunch = berlin(2026, 11, 20, 23, 59, 59), berlin(2026, 11, 23, 9, 1), berlin(2026, 11, 23, 12, 30)
    assert shared_out([midnight, at_nine, after_lunch], into) == [0, 1, 1, 0, 1, 0, 0, 0]


def test_nobody_ever_works() -> None:
    assert slots(Hours(BERLIN, [[]] * 7), berlin(2026, 11, 20, 16), HOUR) == []


@given(st.integers(0, 14 * 24 * 3600), st.lists(st.integers(-3600, 5 * 24 * 3600), max_size=20))
def test_the_hours_share_out_everything_that_is_due_within_them(start: int, due: list[int]) -> None:
    now = berlin(2026, 10, 19) + timedelta(seconds=start)
    deadlines = [now + timedelta(seconds=seconds) for seconds in due]
    limit = OFFICE.add(now, 8 * HOUR)
    assert limit is not None
    assert sum(shared_out(deadlines, slots(OFFICE, now, 8 * HOUR))) == sum(now < at <= limit for at in deadlines)
