"""What goes out."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import OutboxMail

STILL_TO_GO, DID_NOT_ARRIVE = ("queued", "deferred"), ("failed", "bounced")


def by_report_address(session: Session, address_id: int) -> OutboxMail | None:
    """The mail whose envelope sender was this address."""
    return session.scalar(select(OutboxMail).where(OutboxMail.report_address_id == address_id))


def by_message_id(session: Session, message_id: str) -> list[OutboxMail]:
    return list(session.scalars(select(OutboxMail).where(OutboxMail.message_id == message_id).order_by(OutboxMail.id)))


def by_state(session: Session) -> dict[str, int]:
    rows = session.execute(select(OutboxMail.state, func.count()).group_by(OutboxMail.state)).all()
    return dict(rows)


def waiting(session: Session, *, limit: int = 100) -> list[OutboxMail]:
    """What has not left yet, the oldest first."""
    query = select(OutboxMail).where(OutboxMail.state.in_(STILL_TO_GO)).order_by(OutboxMail.id)
    return list(session.scalars(query.limit(limit)))


def undelivered(session: Session, *, limit: int = 100, before: int | None = None) -> list[OutboxMail]:
    """What was given up or came back, the newest first."""
    query = select(OutboxMail).where(OutboxMail.state.in_(DID_NOT_ARRIVE)).order_by(OutboxMail.id.desc()).limit(limit)
    return list(session.scalars(query.where(OutboxMail.id < before) if before else query))
