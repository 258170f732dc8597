"""Who is away, and who looks after their cases meanwhile."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.people import Agent


class Absence(Base):
    """An agent is away from one day to another, both included, as the desk's time zone counts days.  Nothing has to end it."""

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_days", "last_day", "first_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    note: Mapped[str] = mapped_column(default="")  # for colleagues: «on the phone in the mornings»
    set_by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    set_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    agent: Mapped[Agent] = relationship(foreign_keys=[agent_id], lazy="joined", innerjoin=True)
    deputy: Mapped[Agent | None] = relationship(foreign_keys=[deputy_id], lazy="joined")
