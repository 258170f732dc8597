"""Where it hurt, and what was praised, as customers said it: marked by an agent at their words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.cases import Case
from helpdesk.models.people import Agent
from helpdesk.models.story import Entry


class Friction(Base):
    """One mark at one message of a customer's.  What was marked by mistake is taken back, and counts no more."""

    __tablename__ = "friction"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)  # the message in which it was read
    kind: Mapped[str]  # policies.friction.Kind
    praised_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))  # whom the praise is for; None: all of us
    by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    entry: Mapped[Entry] = relationship()
    praised: Mapped[Agent | None] = relationship(foreign_keys=[praised_id], lazy="joined")
    by: Mapped[Agent] = relationship(foreign_keys=[by_id])
