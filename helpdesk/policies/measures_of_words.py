"""What is measured of what customers said of us: marks at their words, and whether we were able to help.

mark-<kind>                        a message that says so; the value is the wait in which it was written, from its begin to the answer.
                                   While that goes on there is no value, and `began_at` tells since when
satisfied, dissatisfied            what they said when we asked, counted when they did
asked-answered, asked-unanswered   that we asked, counted when we did

All of it is counted to the team whose case it is today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from helpdesk.policies.measures import Measure


class Mark(Protocol):
    """A mark that stands (models.Friction), at a message of theirs."""

    kind: str
    said_at: datetime


class Asked(Protocol):
    """A question that left, and what they said to it (models.Rating)."""

    asked_at: datetime
    answered_at: datetime | None
    satisfied: bool | None


def of_marks(marks: Iterable[Mark], measures: Sequence[Measure], team_id: int | None) -> list[Measure]:
    """Each mark with the wait in which its message was written, one of these measures of its case."""
    found = []
    for mark in marks:
        wait = _wait_at(measures, mark.said_at)
        since = wait.began_at if wait is not None and wait.at is None else None
        value, working = (wait.value, wait.working) if wait is not None else (None, None)
        found.append(Measure(f"mark-{mark.kind}", mark.said_at, since, value, working, team_id))
    return found


def of_questions(questions: Iterable[Asked], team_id: int | None) -> list[Measure]:
    """That they were asked, and what they said."""
    found = []
    for one in questions:
        asked = "asked-unanswered" if one.answered_at is None else "asked-answered"
        found.append(Measure(asked, one.asked_at, team_id=team_id))
        if one.answered_at is not None:
            found.append(Measure("satisfied" if one.satisfied else "dissatisfied", one.answered_at, team_id=team_id))
    return found


def _wait_at(measures: Sequence[Measure], at: datetime) -> Measure | None:
    """The wait in which an instant lies."""
    waits = (one for one in measures if one.kind in ("wait", "unanswered"))
    return next((one for one in waits if one.began_at and one.began_at <= at and (one.at is None or at < one.at)), None)
