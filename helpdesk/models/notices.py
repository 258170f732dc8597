"""What agents are told: somebody named them, gave them a case, or wrote in one of theirs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.cases import Case
from helpdesk.models.people import Agent
from helpdesk.models.story import Entry


class Notice(Base):
    """One thing that one agent is told about one case.  Opening the case is having seen it."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_unseen", "agent_id", "seen_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), index=True)
    kind: Mapped[str]  # policies.notices.Kind
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))  # whose deed it is about; None: a customer's, or the desk's
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))  # the absent colleague whose deputy is told
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]

    agent: Mapped[Agent] = relationship(foreign_keys=[agent_id])
    by: Mapped[Agent | None] = relationship(foreign_keys=[by_id], lazy="joined")
    instead_of: Mapped[Agent | None] = relationship(foreign_keys=[instead_of_id], lazy="joined")
    case: Mapped[Case] = relationship(lazy="selectin")  # which joins four tables itself, and most pages have no notice
    entry: Mapped[Entry | None] = relationship()
