"""What went on at an instant, asked so that what ended in the years since is not looked through.

What covers an instant and is shorter than LONG ended within LONG after it; what is longer is little, and has an index of its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, text

from helpdesk.models import Measure
from helpdesk.models.measures import IS_LONG, LONG_DAYS

LONG = timedelta(days=LONG_DAYS)
# What went on at an instant went on whatever ended it later: an answer, or a solution without one.
_WITHOUT_ANSWER = {"wait": "unanswered", "first-response": "never-answered", "first-action": "never-acted"}


def of_kind(kind: str) -> ColumnElement[bool]:
    """The measures of what can go on."""
    return Measure.kind.in_((kind, _WITHOUT_ANSWER[kind])) if kind in _WITHOUT_ANSWER else Measure.kind == kind


def at_instant(at: datetime, now: datetime) -> list[ColumnElement[bool]]:
    """What went on then: conditions that exclude each other, each to be asked along an index of its own."""
    if at >= now:
        return [and_(Measure.at.is_(None), Measure.began_at <= at)]
    still = and_(Measure.at.is_(None), Measure.began_at < at)
    soon = and_(Measure.at >= at, Measure.at < at + LONG, Measure.began_at < at)
    late = and_(Measure.at >= at + LONG, Measure.began_at < at, text(IS_LONG))
    return [still, soon, late]
