"""A week of a desk, looked at every ten minutes: whatever has to be told is told once, in time, and nothing else.  A quarter: `make quarter`."""

from __future__ import annotations

from helpdesk.db import Database
from tests.figures.quarter import WEEK, live_and_tell


def test_in_a_week_everything_is_told_once_in_time_and_nothing_else(database: Database) -> None:
    week = live_and_tell(database, WEEK)
    assert not week.missing, "nobody heard of it"
    assert not week.too_much, "doubled, early, or for a case that was answered or solved by then"
    levels = {level for _case, _kind, level, *_ in week.told}
    assert levels == {"warning", "breach"}
