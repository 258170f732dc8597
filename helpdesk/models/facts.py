"""What is known of a case, pinned once so that nobody asks for it again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.story import Entry


class Fact(Base):
    """An order number, a date, an amount, a wish: a name, a value, and the message that says so."""

    __tablename__ = "fact"
    __table_args__ = (Index("ix_fact_case", "case_number", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"))
    kind: Mapped[str] = mapped_column(default="")  # policies.facts.Kind; "" for what has no form
    name: Mapped[str]
    value: Mapped[str]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    pinned_by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    pinned_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]

    entry: Mapped[Entry | None] = relationship()
