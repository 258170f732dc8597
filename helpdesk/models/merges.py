"""Cases that became one, and senders who are kept out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.people import Agent


class Merge(Base):
    """One case went into another: what has to be known to take it out again.  `Case.merged_into` says where it is now."""

    __tablename__ = "case_merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), index=True)
    into_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), index=True)
    merged_at: Mapped[datetime]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    kept: Mapped[dict[str, Any]] = mapped_column(default=dict)  # how both were: states, waits, participants, addresses
    ended_at: Mapped[datetime | None]  # taken apart again


class Block(Base):
    """A sender whose mail is held: an address, or «@» and a domain."""

    __tablename__ = "sender_block"

    id: Mapped[int] = mapped_column(primary_key=True)
    pattern: Mapped[str] = mapped_column(unique=True)  # lower case
    since: Mapped[datetime]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))

    agent: Mapped[Agent | None] = relationship()
