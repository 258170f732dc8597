"""The contact forms of desks."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import FormSender


def of_desk(session: Session, desk_id: int) -> list[FormSender]:
    """The form senders of a desk, by their addresses."""
    return list(session.scalars(select(FormSender).where(FormSender.desk_id == desk_id).order_by(FormSender.address)))


def of_sender(session: Session, desk_id: int, address: str) -> FormSender | None:
    """The form of this desk that sends from this address."""
    return session.scalar(select(FormSender).where(FormSender.desk_id == desk_id, FormSender.address == address.lower()))
