"""What is kept of mail for its figures alone: how long each probe was on its way, and what came to the doors of cases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base


class ProbeTrip(Base):
    """A probe that left, and when it came back: its row in the outbox is gone after some days."""

    __tablename__ = "probe_trip"

    sent_at: Mapped[datetime] = mapped_column(primary_key=True)
    back_at: Mapped[datetime | None]


class DoorMail(Base):
    """A mail that came to a case's own address: how that stood then, who wrote it, and whether a case goes on by it."""

    __tablename__ = "door_mail"
    arrival_id: Mapped[int] = mapped_column(ForeignKey("arrival.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]  # when it was decided what becomes of it
    case_number: Mapped[int] = mapped_column(
        ForeignKey("cases.number"), index=True
    )  # where it lies; else the case whose address it is
    standing: Mapped[str]  # policies.addresses.Standing
    writer: Mapped[str]  # participant stranger doubtful machine
    brings_back: Mapped[bool]  # a solved case is open again by it, or it opened a case that follows one
