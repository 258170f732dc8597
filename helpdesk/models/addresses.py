"""Addresses that we issue.  None is ever issued twice (I9): `token` is unique over all states, the tombstone remembers the rest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.cases import Case, Participant


class ReplyAddress(Base):
    """One address for one purpose: the door of one participant into one case, the way home of delivery reports, of probes,
    or of a third party into its consultation."""

    __tablename__ = "reply_address"
    __table_args__ = (Index("ix_reply_address_due", "expires_at", "expired_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str]  # reply | report | probe | side; later verb, latent
    token: Mapped[str] = mapped_column(unique=True)  # the ten random symbols of policies.addresses
    address: Mapped[str] = mapped_column(unique=True)
    case_number: Mapped[int | None] = mapped_column(ForeignKey("cases.number"), index=True)
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("participant.id"), index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]  # None: while the case is open
    expired_at: Mapped[datetime | None]  # noted by a sweep
    retired_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    merged_from: Mapped[int | None]  # the case that it was issued for, while that is merged into another

    case: Mapped[Case | None] = relationship()
    participant: Mapped[Participant | None] = relationship(back_populates="addresses")


class Tombstone(Base):
    """The keyed hash of a token that was purged."""

    __tablename__ = "tombstone"

    digest: Mapped[str] = mapped_column(primary_key=True)
    retired_at: Mapped[datetime]
