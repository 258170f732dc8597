"""Answers that wait until a second person releases them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base, Json
from helpdesk.models.cases import Case
from helpdesk.models.people import Agent
from helpdesk.models.story import Entry


class WaitingAnswer(Base):
    """An answer that was written and not sent: it becomes an entry when somebody else than its author releases it."""

    __tablename__ = "waiting_answer"
    __table_args__ = (UniqueConstraint("case_number", "idempotency_key"), Index("ix_waiting_answer_state", "state", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"))
    author_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    text: Mapped[str]  # Markdown
    then_resolve: Mapped[bool]
    promise_at: Mapped[datetime | None]  # by when it says that they hear from us again
    why: Mapped[str]  # who asks for the release: desk | agent | tag
    state: Mapped[str]  # waiting | released | returned | withdrawn
    written_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    word: Mapped[str] = mapped_column(default="")  # with which it was returned
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)  # what it became
    idempotency_key: Mapped[str | None]
    left_out: Mapped[list[int]] = mapped_column(Json, default=list)  # participants who do not get it
    begun_with: Mapped[list[int]] = mapped_column(Json, default=list)  # suggestions that went into it

    case: Mapped[Case] = relationship()
    author: Mapped[Agent] = relationship(foreign_keys=[author_id], lazy="joined", innerjoin=True)
    decided_by: Mapped[Agent | None] = relationship(foreign_keys=[decided_by_id], lazy="joined")
    entry: Mapped[Entry | None] = relationship()
    files: Mapped[list[WaitingFile]] = relationship(order_by="WaitingFile.id", cascade="all, delete-orphan")


class WaitingFile(Base):
    """A file that goes with an answer when that is released."""

    __tablename__ = "waiting_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("waiting_answer.id"), index=True)
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
