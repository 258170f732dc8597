"""The words that a desk has written itself."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Desk, MailText


def own(session: Session, desk: Desk, name: str, language: str) -> MailText | None:
    """What this desk says in this mail; None where it says our words."""
    query = select(MailText).where(MailText.desk_id == desk.id, MailText.name == name, MailText.language == language)
    return session.scalar(query)


def of_desk(session: Session, desk: Desk) -> dict[tuple[str, str], MailText]:
    """(name, language) → its own words."""
    return {(row.name, row.language): row for row in session.scalars(select(MailText).where(MailText.desk_id == desk.id))}
