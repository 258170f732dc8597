"""When an answer may leave, and what a case is again after one was taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from helpdesk.policies.answering import can_wait_until, chosen_time, facts_again, is_news, next_monday, tomorrow

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY_NIGHT = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # half past midnight on Sunday in Berlin; that day summer time ends


@pytest.mark.parametrize(
    ("deed", "says", "flags", "stops"),
    [
        ("received", True, [], True),
        ("received", True, ["stranger"], True),
        ("received", True, ["automatic"], False),
        ("received", True, ["bounce"], False),
        ("replied", True, [], True),
        ("noted", True, [], True),
        ("acknowledged", True, [], False),
        ("assigned", False, [], True),
        ("resolved", False, [], True),
        ("reopened", False, [], True),
        ("merged", False, [], True),
        ("participant-removed", False, [], True),
        ("address-issued", False, [], False),
        ("answer-planned", False, [], False),
    ],
)
def test_what_was_said_and_what_moves_a_case_is_news(deed: str, says: bool, flags: list[str], stops: bool) -> None:
    assert is_news(deed, says=says, flags=flags) is stops


def test_mornings_are_at_eight_where_the_desk_is() -> None:
    assert tomorrow(SATURDAY_NIGHT, BERLIN) == datetime(2026, 10, 26, 7, tzinfo=UTC)
    assert next_monday(SATURDAY_NIGHT, BERLIN) == datetime(2026, 10, 26, 7, tzinfo=UTC)
    assert next_monday(datetime(2026, 10, 26, 6, tzinfo=UTC), BERLIN) == datetime(2026, 11, 2, 7, tzinfo=UTC)
    assert tomorrow(datetime(2026, 10, 23, 12, tzinfo=UTC), BERLIN) == datetime(2026, 10, 24, 6, tzinfo=UTC)


def test_a_time_is_read_where_the_desk_is() -> None:
    assert chosen_time("2026-11-23T08:30", BERLIN) == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    for nonsense in ("", "soon", "2026-13-01T08:00", "2026-11-23T08:30+05:00"):
        assert chosen_time(nonsense, BERLIN) is None


def test_an_answer_waits_for_a_time_to_come_of_the_next_year() -> None:
    now = SATURDAY_NIGHT
    assert can_wait_until(now + timedelta(seconds=1), now)
    assert not can_wait_until(now, now)
    assert can_wait_until(now + timedelta(days=366), now)
    assert not can_wait_until(now + timedelta(days=366, seconds=1), now)


def facts(state: str, since: str | None = None, **more: Any) -> dict[str, Any]:
    return {"state": state, "waiting_since": since, "assignee": None, **more}


def test_what_nobody_else_touched_is_as_before_the_answer() -> None:
    before, after = facts("open", "09:00"), facts("waiting", assignee=1)
    assert facts_again(before, after, after) == before


def test_what_others_did_meanwhile_stays() -> None:
    before, after = facts("open", "09:00"), facts("waiting", assignee=1)
    assert facts_again(before, after, facts("waiting", assignee=2)) == facts("open", "09:00", assignee=2)
    assert facts_again(before, after, facts("resolved", assignee=1)) == facts("resolved")


def test_mail_that_came_meanwhile_does_not_make_an_older_one_wait_less() -> None:
    assert facts_again(facts("open", "09:00"), facts("waiting"), facts("open", "10:00")) == facts("open", "09:00")
    assert facts_again(facts("new", "09:00"), facts("waiting"), facts("open", "10:00")) == facts("new", "09:00")
    assert facts_again(facts("waiting"), facts("waiting"), facts("open", "10:00")) == facts("open", "10:00")
