"""How escalations stood when a report's period ended: what was told and done since changes nothing of a week that is over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from helpdesk.models import Escalation, EscalationTelling, Event
from helpdesk.policies.escalation import BEGINS_AT
from helpdesk.queries.events import stands
from helpdesk.reports.reading import Reading

_OUTCOMES = {"escalation-taken": "taken-over", "escalation-handed-back": "handed-back"}


class Stood(NamedTuple):
    """One escalation as it was then."""

    level: int
    first_action_at: datetime | None
    outcome: str | None


def at(reading: Reading, ids: Collection[int], then: datetime) -> dict[int, Stood]:
    """Escalation id → how it stood at an instant."""
    rows = reading.session.scalars(select(Escalation).where(Escalation.id.in_(ids))).all()
    if then >= reading.scope.now:
        return {row.id: Stood(row.level, row.first_action_at, row.outcome) for row in rows}
    changed = [row for row in rows if row.closed_at is None or row.closed_at >= then]
    levels, hands = _levels(reading, [row.id for row in rows if row.told_at >= then], then), _hands(reading, changed, then)
    return {
        row.id: Stood(
            row.level if row.told_at < then else _level(row, levels.get(row.id, 0)),
            row.first_action_at if row.first_action_at is not None and row.first_action_at < then else None,
            _outcome(row, hands, then) if row in changed else row.outcome,
        )
        for row in rows
    }


def _level(row: Escalation, told: int) -> int:
    """Whoever is named at several levels was told at the lowest, so the first telling speaks for all with which it began."""
    return max(told, min(BEGINS_AT[row.reason], row.level)) if told else 0  # type: ignore[index]  # a column is a str


def _outcome(row: Escalation, hands: list[Any], then: datetime) -> str | None:
    """What had become of one that was not over: it was in somebody's hands, seen, or neither."""
    if row.acknowledged_at is None or row.acknowledged_at >= then:
        return None
    mine = [one.deed for one in hands if one.case_number == row.case_number and one.at >= row.raised_at]
    return _OUTCOMES[mine[-1]] if mine else "acknowledged"


def _levels(reading: Reading, ids: Collection[int], then: datetime) -> dict[int, int]:
    told = EscalationTelling.escalation_id, func.max(EscalationTelling.level)
    query = select(*told).where(EscalationTelling.escalation_id.in_(ids), EscalationTelling.at < then)
    return {row[0]: row[1] for row in reading.session.execute(query.group_by(EscalationTelling.escalation_id))} if ids else {}


def _hands(reading: Reading, rows: Collection[Escalation], then: datetime) -> list[Any]:
    """Who took over or handed back in these cases, the first one first: with one of a case they took them all."""
    if not rows:
        return []
    query = select(Event.case_number, Event.at, Event.deed).where(Event.case_number.in_({row.case_number for row in rows}))
    return list(
        reading.session.execute(query.where(Event.deed.in_(_OUTCOMES), Event.at < then, stands()).order_by(Event.id)).all()
    )
