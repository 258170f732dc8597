"""Escalations of a period: why, how soon somebody did something, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from helpdesk.models import Case, Escalation
from helpdesk.policies.escalation import REASONS
from helpdesk.reports import amounts, as_they_were, figures
from helpdesk.reports.hands import subjects_of
from helpdesk.reports.reading import Reading, is_of
from helpdesk.reports.report import Amount, Bar, Bars, Behind, CaseLink, Cell, Figure, Listing, Period

SHOWN = 20
_COLUMNS = Escalation.id, Escalation.case_number, Escalation.reason, Escalation.team_id, Escalation.raised_at
BEHIND = ("escalations",)


def of_period(reading: Reading) -> list[Figure]:
    """How many there were, and how long it took until somebody did something."""
    now, before = (amounts.count(_number(reading, period)) for period in (reading.scope.period, reading.scope.before))
    running = reading.scope.period.ends_at > reading.scope.now
    return [
        Figure("escalations", now, before=before, so_far=running, behind=Behind("escalations")),
        figures.stretch(reading, "first-action"),
    ]


def by_reason(reading: Reading) -> Bars:
    """Why cases needed somebody."""
    bars = []
    for reason in REASONS:
        now, before = (reading.number(_kind(reason), period) for period in (reading.scope.period, reading.scope.before))
        if now or before:
            bars.append(Bar(reason, amounts.count(now), amounts.count(before), Behind("escalations", group=reason)))
    return Bars("reasons", sorted(bars, key=lambda bar: -(bar.value.value or 0)))


def listing(reading: Reading) -> Listing:
    """The escalations of the period as they stood at its end, those that were open first, the oldest of them first."""
    end, column = reading.until(reading.scope.period), Escalation.closed_at
    ended_since = [] if end >= reading.scope.now else _rows(reading, SHOWN, column >= end)
    shown = sorted([*_rows(reading, SHOWN, column.is_(None)), *ended_since], key=lambda row: (row.raised_at, row.id))[:SHOWN]
    if len(shown) < SHOWN:
        over = column.is_not(None) if end >= reading.scope.now else column < end
        shown += _rows(reading, SHOWN - len(shown), over)
    stood = as_they_were.at(reading, [row.id for row in shown], end)
    subjects = subjects_of(reading, [row.case_number for row in shown])
    cells: list[list[Cell]] = [
        [
            row.raised_at,
            CaseLink(row.case_number, subjects[row.case_number]),
            f":{row.reason}",
            then.level,
            _first_action(reading, row, then.first_action_at) if then.first_action_at else None,
            f":{then.outcome}" if then.outcome else None,
        ]
        for row, then in ((row, stood[row.id]) for row in shown)
    ]
    more = max(0, _number(reading, reading.scope.period) - len(shown))
    columns = ("at", "case", "reason", "level", "first-action", "outcome")
    return Listing("escalations", columns, cells, more=more, behind=Behind("escalations"))


def behind(reading: Reading, wanted: Behind, period: Period) -> Select[int]:
    """The cases of escalations, one number for each."""
    return reading.measured([_kind(reason) for reason in REASONS if wanted.group in ("", reason)], period)


def _kind(reason: str) -> str:
    return f"escalated-{reason}"


def _number(reading: Reading, period: Period) -> int:
    return sum(reading.number(_kind(reason), period) for reason in REASONS)


def _rows(reading: Reading, limit: int, which: ColumnElement[bool]) -> Sequence[Any]:
    """The first of them by when they were raised."""
    query = select(*_COLUMNS).join(Case, Case.number == Escalation.case_number)
    period = reading.scope.period
    within = Escalation.raised_at >= period.begins_at, Escalation.raised_at < period.ends_at
    there = Case.spam_at.is_(None), Case.withdrawn_at.is_(None), reading.cases(Escalation.case_number)
    query = query.where(which, *within, *there, is_of(Escalation.team_id, reading.teams))
    return reading.session.execute(query.order_by(Escalation.raised_at, Escalation.id).limit(limit)).all()


def _first_action(reading: Reading, row: Any, acted_at: datetime) -> Amount:
    if reading.scope.time == "working":
        return amounts.median([max(0, reading.hours_of(row.team_id).between(row.raised_at, acted_at))])
    return amounts.median([int((acted_at - row.raised_at).total_seconds())])
