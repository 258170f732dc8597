"""Cases that went from one hand to another, with what the next one has to know."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.cases import Case
from helpdesk.models.people import Agent, Team
from helpdesk.models.story import Entry


class Handover(Base):
    """A handover note: to a person, or to a team of whom the first takes it.  The words lie in its entry, too."""

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))  # who had the case until then
    to_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))  # where it went to a team
    promised: Mapped[str]
    tried: Mapped[str]
    next_step: Mapped[str]
    at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))

    case: Mapped[Case] = relationship()
    entry: Mapped[Entry] = relationship()
    giver: Mapped[Agent] = relationship(foreign_keys=[giver_id])
    holder: Mapped[Agent | None] = relationship(foreign_keys=[holder_id])
    to: Mapped[Agent | None] = relationship(foreign_keys=[to_id])
    team: Mapped[Team | None] = relationship()
    taken_by: Mapped[Agent | None] = relationship(foreign_keys=[taken_by_id])

    @property
    def whom(self) -> str:
        """The name of whoever is to take it."""
        found = self.to or self.team
        return found.name if found else ""
