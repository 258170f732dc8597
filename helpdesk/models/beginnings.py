"""Letters that will open a case, as long as they are being written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.desks import Desk
from helpdesk.models.people import Agent


class Beginning(Base):
    """The first mail of a case that is not there yet; what an agent typed of it."""

    __tablename__ = "beginning"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    key: Mapped[str]  # the idempotency key of the case that it becomes
    to: Mapped[str] = mapped_column(default="")  # as it was typed
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))  # which writes; None: the first
    changed_at: Mapped[datetime]
    discarded_at: Mapped[datetime | None]

    agent: Mapped[Agent] = relationship()
    desk: Mapped[Desk | None] = relationship()
    files: Mapped[list[BeginningFile]] = relationship(order_by="BeginningFile.id", cascade="all, delete-orphan")


class BeginningFile(Base):
    """A file that lies with it."""

    __tablename__ = "beginning_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    beginning_id: Mapped[int] = mapped_column(ForeignKey("beginning.id"), index=True)
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
