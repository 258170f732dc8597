"""What was promised in a case, as JSON: by when, by whom, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from helpdesk import clock
from helpdesk.db import house
from helpdesk.models import Case, Promise
from helpdesk.policies.hours import Hours
from helpdesk.policies.promises import Kind, is_whole_day
from helpdesk.queries import answer_times
from helpdesk.queries import promises as find
from helpdesk.web.access import session
from helpdesk.web.api.schema import Schema, nullable, record
from helpdesk.web.api.shapes import Json, instant

STATES = ("open", "kept", "broken", "renewed", "dropped")
_AT: Schema = {"type": "string", "format": "date-time"}

OUT: dict[str, Schema] = {
    "Promise": record({
        "id": {"type": "integer", "minimum": 1},
        "kind": {"type": "string", "enum": list(get_args(Kind)), "description": "The time that an acknowledgement named, or an agent's word."},
        "made_at": _AT,
        "by": {"type": ["string", "null"], "description": "The agent's e-mail; null: the desk itself."},
        "due_at": _AT,
        "day": {"type": ["string", "null"], "format": "date", "description": "Where a day was named and no hour: it lasts until that day ends."},
        "state": {
            "type": "string",
            "enum": list(STATES),
            "description": "What was broken stays so; renewed: a new time was named before it was late; dropped: nobody waits for it.",
        },
        "settled_at": {**nullable(_AT), "description": "When it was kept, renewed or dropped; of a broken one its time. null: open."},
        "answered_at": {**nullable(_AT), "description": "When nobody was owed an answer by it any more; null: it is owed."},
        "renewed_by": {"type": ["integer", "null"], "description": "The promise that took its place."},
    }),
}  # fmt: skip


def of(case: Case) -> list[Json]:
    """Everything that was ever promised in a case, the oldest first."""
    rows = find.of_case(session(), case.number)
    hours = answer_times.hours_of(session(), case.team_id) if rows else None
    return [_shape(row, hours, clock.now()) for row in rows if hours is not None]


def _shape(row: Promise, hours: Hours, now: datetime) -> Json:
    state = "broken" if row.standing == "running" and row.due_at < now else {"running": "open"}.get(row.standing, row.standing)
    return {
        "id": row.id,
        "kind": row.kind,
        "made_at": instant(row.made_at),
        "by": row.made_by.email if row.made_by else None,
        "due_at": instant(row.due_at),
        "day": _day(row.due_at, hours),
        "state": state,
        "settled_at": instant(row.due_at if state == "broken" else row.settled_at),
        "answered_at": instant(row.ended_at),
        "renewed_by": row.renewed_by_id,
    }


def _day(at: datetime, hours: Hours) -> str | None:
    zones = (hours.zone, house(session()).settings.zone)
    return next((at.astimezone(zone).date().isoformat() for zone in zones if is_whole_day(at, zone)), None)
