"""Programs on the web hear of escalations: a row a message, in the transaction of what it tells of, sent by a sweep."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Agent, Escalation, Team, Webhook, WebhookCall
from helpdesk.policies.webhooks import SIGNATURE, Event, next_try, payload, signature

LEASE = timedelta(minutes=2)  # whoever died with a message in hand gives it back by then
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Call:
    """A message that somebody has in hand."""

    id: int
    webhook_id: int
    url: str
    content: bytes
    fields: Mapping[str, str]
    private: bool
    attempt: int = 0
    trouble: Literal["", "secret"] = ""  # what keeps it from being sent at all


def tell(session: Session, event: Event, row: Escalation, *, now: datetime) -> None:
    """Have every webhook told.  No word of a customer goes along (W18); of a confidential case not even its subject."""
    hooks = session.scalars(select(Webhook).where(Webhook.active)).all()
    for hook in hooks:
        body = message(session, event, row, now=now)
        session.add(WebhookCall(webhook=hook, escalation_id=row.id, event=event, body=body, created_at=now, due_at=now))


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Whether a message waits to be sent now."""
    return session.scalar(select(WebhookCall.id).where(WebhookCall.due_at <= now).limit(1)) is not None


def claim(session: Session, *, now: datetime, but: Collection[int] = ()) -> Call | None:
    """Take the message that waits longest, but for those of some webhooks; nobody else has it meanwhile."""
    query = select(WebhookCall).where(WebhookCall.due_at <= now, WebhookCall.webhook_id.not_in(but))
    row = session.scalars(query.order_by(WebhookCall.due_at, WebhookCall.id).limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    row.due_at, row.attempts = now + LEASE, row.attempts + 1
    session.flush()
    return replace(signed(session, row.webhook, row.event, payload(row.body), now=now, call_id=row.id), attempt=row.attempts)


def signed(session: Session, hook: Webhook, event: str, content: bytes, *, now: datetime, call_id: int = 0) -> Call:
    """A message as it is sent now."""
    try:
        secret = house(session).keys.unlock(hook.secret)
    except ValueError:
        return Call(call_id, hook.id, hook.url, content, {}, hook.private, trouble="secret")
    fields = {SIGNATURE: signature(secret, now, content), "Holdline-Event": event, "Holdline-Delivery": str(call_id)}
    return Call(call_id, hook.id, hook.url, content, fields, hook.private)


def settle(session: Session, call: Call, answer: str, *, now: datetime) -> None:
    """It was taken (`answer` is empty), or was not and is tried again, a day long.

    Of one whose lease had gone to somebody else only that it was taken counts; of a webhook that was removed meanwhile nothing.
    """
    row = session.get(WebhookCall, call.id, with_for_update=True)
    if row is None or (answer and (row.attempts != call.attempt or row.state == "sent")):
        return
    again = next_try(row.attempts, now) if answer else None
    row.answer, row.due_at = answer, again
    row.state = "sent" if not answer else "queued" if again is not None else "failed"
    session.flush()


def forget_old(session: Session, *, now: datetime) -> None:
    """What was told long ago."""
    session.execute(delete(WebhookCall).where(WebhookCall.created_at < now - KEPT, WebhookCall.due_at.is_(None)))


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
