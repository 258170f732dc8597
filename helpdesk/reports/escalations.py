"""Escalations of a period: why, how soon somebody did something, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from helpdesk.models import Case, Escalation
from helpdesk.policies.escalation import REASONS
from helpdesk.reports import amounts, as_they_were
from helpdesk.reports.hands import subjects_of
from helpdesk.reports.reading import Reading, is_of
from helpdesk.reports.report import Bar, Bars, Behind, CaseLink, Cell, Figure, Listing, Period

SHOWN = 20
_COLUMNS = (
    Escalation.id, Escalation.case_number, Escalation.reason, Escalation.team_id, Escalation.raised_at, Escalation.first_action_at,
    Escalation.closed_at,
)  # fmt: skip
BEHIND = ("escalations", "first-action")


def figures(reading: Reading) -> list[Figure]:
    """How many there were, and how long it took until somebody did something."""
    now, before = (_raised(reading, period) for period in (reading.scope.period, reading.scope.before))
    acted, acted_before = (
        _first_actions(reading, _acted(reading, period)) for period in (reading.scope.period, reading.scope.before)
    )
    running = reading.scope.period.ends_at > reading.scope.now
    return [
        Figure(
            "escalations",
            amounts.count(len(now)),
            before=amounts.count(len(before)),
            so_far=running,
            behind=Behind("escalations"),
        ),
        Figure(
            "first-action",
            amounts.median(acted),
            nine_of_ten=amounts.nine_of_ten(acted),
            waiting=len(_waiting(reading, reading.scope.period)),
            before=amounts.median(acted_before),
            so_far=running,
            behind=Behind("first-action"),
            behind_waiting=Behind("first-action", "waiting"),
        ),
    ]


def by_reason(reading: Reading) -> Bars:
    """Why cases needed somebody."""
    now, before = (
        Counter(row.reason for row in _raised(reading, period)) for period in (reading.scope.period, reading.scope.before)
    )
    bars = [
        Bar(reason, amounts.count(now[reason]), amounts.count(before[reason]), Behind("escalations", group=reason))
        for reason in REASONS
        if now[reason] or before[reason]
    ]
    return Bars("reasons", sorted(bars, key=lambda bar: -(bar.value.value or 0)))


def listing(reading: Reading) -> Listing:
    """The escalations of the period as they stood at its end, those that were open first, the oldest of them first."""
    end = reading.until(reading.scope.period)

    def is_over(row: Any) -> bool:
        return row.closed_at is not None and (end >= reading.scope.now or row.closed_at < end)

    rows = sorted(_raised(reading, reading.scope.period), key=lambda row: (is_over(row), row.raised_at))
    shown = rows[:SHOWN]
    stood = as_they_were.at(reading, [row.id for row in shown], end)
    subjects = subjects_of(reading, [row.case_number for row in shown])
    cells: list[list[Cell]] = [
        [
            row.raised_at,
            CaseLink(row.case_number, subjects[row.case_number]),
            f":{row.reason}",
            then.level,
            amounts.median([_seconds(reading, row.team_id, row.raised_at, then.first_action_at)])
            if then.first_action_at
            else None,
            f":{then.outcome}" if then.outcome else None,
        ]
        for row, then in ((row, stood[row.id]) for row in shown)
    ]
    columns = ("at", "case", "reason", "level", "first-action", "outcome")
    return Listing("escalations", columns, cells, more=len(rows) - len(shown), behind=Behind("escalations"))


def behind(reading: Reading, wanted: Behind, period: Period) -> list[int]:
    """The cases of escalations, one number for each."""
    match wanted.figure:
        case "escalations":
            return [row.case_number for row in _raised(reading, period) if wanted.group in ("", row.reason)]
        case "first-action" if wanted.part == "waiting":
            return [row.case_number for row in _waiting(reading, period)]
        case "first-action":
            return [row.case_number for row in _acted(reading, period)]
    return []


def _raised(reading: Reading, period: Period) -> Sequence[Any]:
    return _read(reading, "raised", period, _within(Escalation.raised_at, period))


def _acted(reading: Reading, period: Period) -> Sequence[Any]:
    """About which somebody did something for the first time in a period, whenever they were raised."""
    return _read(reading, "acted", period, _within(Escalation.first_action_at, period))


def _waiting(reading: Reading, period: Period) -> Sequence[Any]:
    """About which nobody had done anything when the period ended, or until now, whatever was done since."""
    at = reading.until(period)
    if at >= reading.scope.now:
        still: list[ColumnElement[bool]] = [Escalation.closed_at.is_(None), Escalation.first_action_at.is_(None)]
    else:
        still = [or_(column.is_(None), column >= at) for column in (Escalation.closed_at, Escalation.first_action_at)]
    return _read(reading, "waiting", period, Escalation.raised_at < at, *still)


def _within(column: Any, period: Period) -> ColumnElement[bool]:
    return and_(column >= period.begins_at, column < period.ends_at)


def _read(reading: Reading, key: str, period: Period, *which: ColumnElement[bool]) -> Sequence[Any]:
    def read() -> Sequence[Any]:
        # Columns alone: of a year there are tens of thousands, and to make an object of each costs ten times as much.
        query = select(*_COLUMNS).join(Case, Case.number == Escalation.case_number)
        there = Case.spam_at.is_(None), Case.withdrawn_at.is_(None), reading.cases(Escalation.case_number)
        query = query.where(*which, *there, is_of(Escalation.team_id, reading.teams)).order_by(Escalation.id)
        return reading.session.execute(query).all()

    return reading.once(("escalations", key, period), read)


def _first_actions(reading: Reading, rows: Sequence[Any]) -> list[int]:
    return sorted(_seconds(reading, row.team_id, row.raised_at, row.first_action_at) for row in rows if row.first_action_at)


def _seconds(reading: Reading, team_id: int | None, begin: datetime, end: datetime) -> int:
    if reading.scope.time == "working":
        return max(0, reading.hours_of(team_id).between(begin, end))
    return int((end - begin).total_seconds())
