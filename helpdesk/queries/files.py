"""Files that came with mail."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import Attachment, Entry


def waiting(session: Session, *, limit: int = 100) -> list[str]:
    """The sha256 of files that wait for the scanner, the oldest first."""
    oldest = func.min(Attachment.id)
    query = select(Attachment.sha256).where(Attachment.scan == "waiting").group_by(Attachment.sha256)
    return list(session.scalars(query.order_by(oldest).limit(limit)))


def count_waiting(session: Session) -> int:
    """How many files wait for the scanner."""
    return session.scalar(select(func.count()).select_from(Attachment).where(Attachment.scan == "waiting")) or 0


def of_mail(session: Session, mail_id: int) -> list[Attachment]:
    """The files that a mail brought into cases."""
    return list(session.scalars(select(Attachment).join(Entry).where(Entry.mail_id == mail_id).order_by(Attachment.id)))
