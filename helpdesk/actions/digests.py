"""Escalation mails that leave to one person at one instant are one mail, with a paragraph for each thing.

Who was told of what is written down for each (EscalationTelling); here only envelopes are saved.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.db import before_commit
from helpdesk.models import Agent, OutboxMail

MOST = 50  # things in one mail


def things(words: dict[str, Any]) -> list[dict[str, Any]]:
    """What an escalation mail tells of: one thing, or several."""
    return words.get("things") or [words]


def put_together(session: Session, agent: Agent, *, now: datetime) -> None:
    """Last of all in this transaction, for all that it wrote, and what has not left yet of those before it."""
    before_commit(session, f"escalation mails to {agent.id:010d}", lambda: _put_together(session, agent.email, now))


def _put_together(session: Session, recipient: str, now: datetime) -> None:
    at_once = OutboxMail.kind == "escalation", OutboxMail.recipient == recipient, OutboxMail.created_at == now
    untouched = OutboxMail.state == "queued", OutboxMail.attempts == 0, OutboxMail.lease_by.is_(None)
    query = select(OutboxMail).where(*at_once, *untouched).order_by(OutboxMail.id)
    rows = session.scalars(query.with_for_update(skip_locked=True)).all()
    told = [thing for row in rows for thing in things(row.words)]
    parts = [told[first : first + MOST] for first in range(0, len(told), MOST)]
    if len(parts) < len(rows):
        for row, part in zip(rows, parts, strict=False):
            row.words = {"things": part} if len(part) > 1 else part[0]
            row.case_number = None if len(part) > 1 else part[0]["number"]
        for row in rows[len(parts) :]:
            session.delete(row)
        session.flush()
