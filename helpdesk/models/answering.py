"""What stands between an agent's first letter and the mail that leaves: drafts, planned answers, the seconds to take one back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base, Json
from helpdesk.models.cases import Case
from helpdesk.models.people import Agent
from helpdesk.models.story import Entry


class Draft(Base):
    """What an agent wrote in a case and did not send yet; with a `send_at`, an answer that leaves by itself at that time."""

    __tablename__ = "draft"
    __table_args__ = (
        # One that is being written, for each agent in each case; planned and discarded ones stand beside it.
        Index(
            "uq_draft_writing",
            "agent_id",
            "case_number",
            unique=True,
            sqlite_where=text("state = 'writing'"),
            postgresql_where=text("state = 'writing'"),
        ),
        Index("ix_draft_case", "case_number"),
        Index("ix_draft_due", "state", "send_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"))
    state: Mapped[str] = mapped_column(default="writing")  # writing planned discarded
    kind: Mapped[str] = mapped_column(default="answer")  # answer | note
    text: Mapped[str] = mapped_column(default="")
    left_out: Mapped[list[int]] = mapped_column(Json, default=list)  # participants who do not get this answer
    added: Mapped[list[int]] = mapped_column(Json, default=list)  # proposals whose people get this answer too
    key: Mapped[str]  # the idempotency key of the entry that it becomes
    send_at: Mapped[datetime | None]
    promise_at: Mapped[datetime | None]  # by when it says that they hear from us again
    then_resolve: Mapped[bool] = mapped_column(default=False)
    begun_with: Mapped[list[int]] = mapped_column(Json, default=list)  # suggestions that went into it
    seen: Mapped[int] = mapped_column(default=0)  # the last event that its author had seen when planning it
    stopped: Mapped[str] = mapped_column(
        default=""
    )  # why a planned one did not leave: news | unsettled | promise | release | gone
    changed_at: Mapped[datetime]

    agent: Mapped[Agent] = relationship()
    case: Mapped[Case] = relationship()
    files: Mapped[list[DraftFile]] = relationship(order_by="DraftFile.id", cascade="all, delete-orphan")


class DraftFile(Base):
    """A file that lies with a draft."""

    __tablename__ = "draft_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), index=True)
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))


class Recall(Base):
    """An answer that can still be taken back: what the case was before it, and what it made of the case."""

    __tablename__ = "recall"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    until: Mapped[datetime]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    events: Mapped[list[int]] = mapped_column(Json, default=list)  # those that the answer wrote

    entry: Mapped[Entry] = relationship()


class Presence(Base):
    """Who looks at a case, as their page last said; old rows mean nothing."""

    __tablename__ = "presence"

    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), primary_key=True)
    seen_at: Mapped[datetime]
    wrote_at: Mapped[datetime | None]  # when they last typed

    agent: Mapped[Agent] = relationship()
