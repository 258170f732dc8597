"""Programs on the web hear of escalations: a row a message, in the transaction of what it tells of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Agent, Escalation, Team, Webhook, WebhookCall
from helpdesk.policies.webhooks import Event


def tell(session: Session, event: Event, row: Escalation, *, now: datetime) -> None:
    """Have every webhook told.  No word of a customer goes along (W18); of a confidential case not even its subject."""
    hooks = session.scalars(select(Webhook).where(Webhook.active)).all()
    for hook in hooks:
        body = message(session, event, row, now=now)
        session.add(WebhookCall(webhook=hook, escalation_id=row.id, event=event, body=body, created_at=now, due_at=now))


def message(session: Session, event: Event, row: Escalation, *, now: datetime) -> dict[str, Any]:
    """What is said, as docs/api.md tells it."""
    case = row.case
    team = session.get(Team, row.team_id) if row.team_id is not None else None
    holder = session.get(Agent, row.holder_id) if row.holder_id is not None else None
    return {
        "event": event,
        "at": _instant(now),
        "escalation": {
            "id": row.id,
            "reason": row.reason,
            "clock": row.clock.kind if row.clock else None,
            "level": row.level,
            "due_at": _instant(row.due_at),
            "raised_at": _instant(row.raised_at),
            "acknowledged_at": _instant(row.acknowledged_at),
            "first_action_at": _instant(row.first_action_at),
            "outcome": row.outcome,
            "closed_at": _instant(row.closed_at),
            "team": team.name if team else None,
            "holder": holder.email if holder else None,
        },
        "case": {
            "number": case.number,
            "subject": None if case.is_confidential else case.subject,
            "state": case.state,
            "url": f"{house(session).settings.base_url}/cases/{case.number}",
        },
    }


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
