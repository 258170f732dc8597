"""Who is let into a confidential case, and who is kept out of a case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.people import Agent


class CaseMember(Base):
    """An agent who was let into a confidential case without being of its team or holding it."""

    __tablename__ = "case_member"

    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    since: Mapped[datetime]

    agent: Mapped[Agent] = relationship(foreign_keys=[agent_id])


class CaseShutOut(Base):
    """An agent for whom a case does not exist: the complaint is about them, or about somebody close to them."""

    __tablename__ = "case_shut_out"

    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    since: Mapped[datetime]
    reason: Mapped[str]

    agent: Mapped[Agent] = relationship(foreign_keys=[agent_id])
