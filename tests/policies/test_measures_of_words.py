"""What customers said of us, as it is measured: marks with the waits in which they were written, and whether we could help."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from helpdesk.policies.measures import Measure
from helpdesk.policies.measures_of_words import of_marks, of_questions

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TEAM = 7
WAITS = [
    Measure("wait", MONDAY + timedelta(hours=4), MONDAY, 4 * 3600, 4 * 3600, TEAM),
    Measure("unanswered", MONDAY + timedelta(hours=30), MONDAY + timedelta(hours=24), 6 * 3600, 3600, TEAM),
    Measure("wait", None, MONDAY + timedelta(hours=48), None, None, TEAM),
    Measure("resolution", MONDAY + timedelta(hours=90), MONDAY, 90 * 3600, 3600, TEAM),
]


def marked(hours: float, kind: str = "waited") -> Measure:
    at = MONDAY + timedelta(hours=hours)
    return of_marks([SimpleNamespace(kind=kind, said_at=at)], WAITS, TEAM)[0]


def test_a_mark_is_counted_when_it_was_said_with_the_wait_in_which_that_was_written() -> None:
    assert marked(0) == Measure("mark-waited", MONDAY, None, 4 * 3600, 4 * 3600, TEAM)
    assert marked(3.9).value == 4 * 3600
    assert marked(25).value == 6 * 3600, "that ended without an answer is no better"
    assert marked(25, "rude").kind == "mark-rude"


def test_what_waited_for_nothing_has_no_wait() -> None:
    at_once = marked(4)
    assert (at_once.value, at_once.working, at_once.began_at) == (None, None, None), "it came when the answer was there"


def test_of_a_wait_that_goes_on_is_known_since_when() -> None:
    going_on = marked(50)
    assert (going_on.value, going_on.began_at) == (None, MONDAY + timedelta(hours=48))
    assert going_on.at == MONDAY + timedelta(hours=50)


def test_that_we_asked_is_counted_when_we_did_and_what_they_said_when_they_did() -> None:
    later = MONDAY + timedelta(days=9)
    silent, happy, not_so = (
        SimpleNamespace(asked_at=MONDAY, answered_at=None, satisfied=None),
        SimpleNamespace(asked_at=MONDAY, answered_at=later, satisfied=True),
        SimpleNamespace(asked_at=MONDAY, answered_at=later, satisfied=False),
    )
    found = [(one.kind, one.at) for one in of_questions([silent, happy, not_so], TEAM)]
    assert found == [
        ("asked-unanswered", MONDAY),
        ("asked-answered", MONDAY), ("satisfied", later),
        ("asked-answered", MONDAY), ("dissatisfied", later),
    ]  # fmt: skip
