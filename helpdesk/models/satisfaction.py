"""Whether we were able to help, as the customer said it when we asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base


class Rating(Base):
    """An answer of ours that solved a case and asked whether it helped; and what they said to that, if they did.

    Whom it credits is read from the story where figures about people are permitted, and is written down nowhere.
    """

    __tablename__ = "rating"
    __table_args__ = (Index("ix_rating_answered", "answered_at"),)

    asked_in_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)  # the answer that asked
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), index=True)
    asked_at: Mapped[datetime]
    answered_in_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))  # their mail that said yes or no
    answered_at: Mapped[datetime | None]
    satisfied: Mapped[bool | None]
