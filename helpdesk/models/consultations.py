"""Third parties who are asked from inside a case: suppliers, experts, other offices.  They take no part in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.addresses import ReplyAddress
from helpdesk.models.cases import Case
from helpdesk.models.people import Agent
from helpdesk.models.story import Entry


class Consultation(Base):
    """A conversation with one third party beside the customer's, by a reply address of its own (purpose «side»).

    They see what was sent to them, and nothing else; the customer sees nothing of it.
    """

    __tablename__ = "consultation"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), index=True)
    name: Mapped[str]
    address: Mapped[str]  # lower case
    subject: Mapped[str]
    reply_address_id: Mapped[int] = mapped_column(ForeignKey("reply_address.id"), unique=True)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    closed_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    reply_address: Mapped[ReplyAddress] = relationship()
    opened_by: Mapped[Agent] = relationship()
    letters: Mapped[list[ConsultationLetter]] = relationship(
        back_populates="consultation", order_by="ConsultationLetter.entry_id"
    )

    @property
    def called(self) -> str:
        """How pages speak of them."""
        return self.name or self.address


class ConsultationLetter(Base):
    """Which entry (kinds side-out and side-in) belongs to which consultation."""

    __tablename__ = "consultation_letter"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)

    consultation: Mapped[Consultation] = relationship(back_populates="letters")
    entry: Mapped[Entry] = relationship()
