"""What was taken back: the record of deeds keeps it, and everything that is read from the record leaves it out."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base


class TakenBack(Base):
    """An event that tells of something that nobody ever got; only the audit log shows it (queries.events.stands)."""

    __tablename__ = "taken_back"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)  # the event that took it back
