"""A long weekend of a desk, looked at every ten minutes: whatever has to be told is told once, in time, and nothing else.  A quarter: `make quarter`."""

from __future__ import annotations

from helpdesk.db import Database
from tests.figures.quarter import WEEKEND, live_and_tell


def test_over_a_weekend_everything_is_told_once_in_time_and_nothing_else(database: Database) -> None:
    weekend = live_and_tell(database, WEEKEND)
    assert not weekend.missing, "nobody heard of it"
    assert not weekend.too_much, "doubled, early, or for a case that was answered or solved by then"
    assert {what for one in weekend.told for what in one if isinstance(what, str)} >= {"warning", "breach", "web", "mail"}
