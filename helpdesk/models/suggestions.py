"""Suggestions: texts that an answer may start from, and blocks that the law prescribes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.people import Agent, Team


class Suggestion(Base):
    """A text of a team, or of everybody.  Never deleted, for it may have been sent: put away instead."""

    __tablename__ = "suggestion"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)  # None: for everybody
    kind: Mapped[str]  # start (of an answer) | prescribed (by law: word for word, or not at all)
    title: Mapped[str]
    text: Mapped[str]  # Markdown with placeholders
    language: Mapped[str]
    state: Mapped[str]  # proposed | active | away
    folded: Mapped[str]  # title and text as search sees them
    unchanged: Mapped[int] = mapped_column(default=0)  # answers that were sent word for word like this
    changed: Mapped[int] = mapped_column(default=0)  # answers that began with it and went on
    author_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    changed_at: Mapped[datetime]

    team: Mapped[Team | None] = relationship(lazy="joined")
    author: Mapped[Agent | None] = relationship(lazy="joined")

    @property
    def used(self) -> int:
        """In how many answers."""
        return self.unchanged + self.changed
