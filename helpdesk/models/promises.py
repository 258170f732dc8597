"""By when we said that somebody hears from us: the time named in an acknowledgement, an agent's «by Friday»."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.people import Agent
from helpdesk.models.story import Entry


class Promise(Base):
    """A time that was named to a customer.  What was broken stays so, even if it is met later."""

    __tablename__ = "promise"
    __table_args__ = (
        Index("ix_promise_case", "case_number", "id"),
        Index("ix_promise_due", "due_at"),
        # Few run at a time: a sweep reads only those, in the order in which it has to look at them.
        Index(
            "ix_promise_look",
            "look_at",
            sqlite_where=text("look_at IS NOT NULL"),
            postgresql_where=text("look_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"))
    kind: Mapped[str]  # policies.promises.Kind: acknowledgement | agent
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))  # None: the desk itself
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)  # the words in which it was made
    due_at: Mapped[datetime]
    standing: Mapped[str] = mapped_column(default="running")  # policies.promises.Standing
    settled_at: Mapped[datetime | None]  # when it was kept, renewed, dropped; of a broken one: its time
    ended_at: Mapped[datetime | None]  # when nobody was owed an answer by it any more: of a broken one, later than its time
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))  # the words that ended it
    renewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("promise.id"))  # the promise that took its place
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))  # who held the case when it was settled
    merged_from: Mapped[int | None]  # the case in which it was made, while that is merged into this one
    look_at: Mapped[datetime | None]  # when the sweep has to look at it next; None: never again
    warned_at: Mapped[datetime | None]  # whoever holds the case was told that it is near
    told_customer_at: Mapped[datetime | None]  # they heard from us that it would be later

    entry: Mapped[Entry] = relationship(foreign_keys=[entry_id])
    made_by: Mapped[Agent | None] = relationship(foreign_keys=[made_by_id])
