"""Who is told at which level, when, and when again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.policies.escalation import (
    DEFAULTS,
    REASONS,
    Facts,
    Level,
    Plan,
    Step,
    ends_by,
    levels_at_first,
    mail_at,
    next_step,
    opening,
    over,
)
from helpdesk.policies.hours import Hours

OFFICE = Hours(UTC, [[(9 * 60, 17 * 60)]] * 5 + [[], []])
NEVER = Hours(UTC, [[]] * 7)
MONDAY = datetime(2026, 11, 16, 10, tzinfo=UTC)
FRIDAY_NIGHT = datetime(2026, 11, 20, 22, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_warning_goes_to_whoever_holds_the_case_and_no_further() -> None:
    assert levels_at_first("warning", DEFAULTS) == [1]
    assert next_step("warning", 1, MONDAY, DEFAULTS, OFFICE) is None
    assert next_step("promise-at-risk", 1, MONDAY, DEFAULTS, OFFICE) is None


def test_a_breach_goes_to_the_holder_and_the_supervisor_at_once() -> None:
    assert levels_at_first("breach", DEFAULTS) == [1, 2]


@pytest.mark.parametrize("reason", REASONS)
def test_no_reason_begins_above_the_levels_that_there_are(reason: str) -> None:
    assert levels_at_first(reason, Plan([Level("holder")], 0)) == [1]  # type: ignore[arg-type]


def test_the_next_level_hears_of_it_after_working_time_without_a_sign() -> None:
    assert next_step("wants-human", 1, MONDAY, DEFAULTS, OFFICE) == Step(2, MONDAY + HOUR, False)
    assert next_step("wants-human", 1, FRIDAY_NIGHT, DEFAULTS, OFFICE) == Step(2, NEXT_MORNING + HOUR, False)


def test_the_last_level_is_reminded_once_per_interval() -> None:
    assert next_step("breach", 3, MONDAY, DEFAULTS, OFFICE) == Step(3, MONDAY + 4 * HOUR, True)
    assert next_step("breach", 3, MONDAY, Plan(DEFAULTS.levels, 0), OFFICE) is None


def test_a_reminder_may_come_before_the_next_level_and_never_in_its_place() -> None:
    plan = Plan([Level("holder"), Level("supervisors"), Level("admins", 240)], 60)
    assert next_step("breach", 2, MONDAY, plan, OFFICE) == Step(2, MONDAY + HOUR, True)
    same = Plan([Level("holder"), Level("supervisors"), Level("admins", 60)], 60)
    assert next_step("breach", 2, MONDAY, same, OFFICE) == Step(3, MONDAY + HOUR, False)


def test_where_nobody_ever_works_nothing_more_comes() -> None:
    assert next_step("breach", 2, MONDAY, DEFAULTS, NEVER) is None
    assert opening(MONDAY, NEVER) is None


def test_nobody_is_mailed_outside_working_hours_unless_the_level_says_so() -> None:
    assert mail_at(Level("holder"), MONDAY, OFFICE) == MONDAY
    assert mail_at(Level("holder"), FRIDAY_NIGHT, OFFICE) == NEXT_MORNING
    assert mail_at(Level("holder", at_any_time=True), FRIDAY_NIGHT, OFFICE) == FRIDAY_NIGHT
    assert mail_at(Level("holder", by_mail=False, at_any_time=True), MONDAY, OFFICE) is None


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (NEXT_MORNING, NEXT_MORNING),
        (NEXT_MORNING - timedelta(seconds=1), NEXT_MORNING),
        (MONDAY.replace(hour=17), MONDAY.replace(hour=9) + timedelta(days=1)),
    ],
)
def test_opening_time_is_exact(now: datetime, opens: datetime) -> None:
    assert opening(now, OFFICE) == opens


def test_a_breach_is_over_when_its_clock_stops() -> None:
    assert over("breach", Facts("open", False, False)) is None
    assert over("breach", Facts("waiting", False, False, "missed", "next-reply")) == "answered"
    assert over("breach", Facts("resolved", False, False, "missed", "resolution")) == "resolved"
    assert over("breach", Facts("open", False, False, "dropped", "next-reply")) == "dropped"
    assert over("breach", Facts("waiting", False, True, None, "resolution")) is None, "an answer is no solution"


def test_whoever_asks_for_a_human_has_to_hear_from_one() -> None:
    assert over("wants-human", Facts("open", False, True)) == "answered"
    assert over("second-reopening", Facts("waiting", False, True)) is None, "an answer is not the look that it asks for"
    assert over("promise-broken", Facts("waiting", False, True)) is None, "the promise says itself whether it was kept"


def test_nothing_is_escalated_in_a_case_that_is_solved_or_away() -> None:
    for reason in REASONS:
        assert over(reason, Facts("resolved", False, False)) == "resolved"
        assert over(reason, Facts("open", True, False)) == "dropped"


def test_a_look_ends_only_what_asks_for_a_look() -> None:
    assert ends_by("second-reopening", "acknowledged")
    assert not ends_by("help", "acknowledged")
    assert ends_by("help", "handed-back")
    assert not ends_by("breach", "taken-over"), "the customer still waits"
