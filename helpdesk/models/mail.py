"""The post: what came in, with one outcome for each recipient, and what goes out, with one row for each recipient."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base

if TYPE_CHECKING:
    from helpdesk.models.addresses import ReplyAddress
    from helpdesk.models.people import Agent
    from helpdesk.models.story import Entry


class InboundMail(Base):
    """Raw bytes and envelope, as they came.  This row is what a 250 promises."""

    __tablename__ = "inbound_mail"
    __table_args__ = (
        UniqueConstraint("mailbox_id", "uidvalidity", "uid"),
        Index("ix_inbound_mail_unsettled", "settled_at", "id"),
        Index("ix_inbound_mail_sha256", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    door: Mapped[str]  # smtp lmtp imap pipe
    peer: Mapped[str]  # an IP, a mailbox's name, a user
    sender: Mapped[str]  # envelope sender; "" is the null reverse-path
    received_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]  # IMAP's INTERNALDATE
    quiet: Mapped[bool] = mapped_column(default=False)  # was there before the mailbox was connected: never acknowledged
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    size: Mapped[int]
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailbox.id"))
    uidvalidity: Mapped[int | None] = mapped_column(BigInteger)
    uid: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(default=0)  # how often reading it was begun and nobody saw how it ended
    reader_deaths: Mapped[int] = mapped_column(default=0)  # how often it killed its reader
    trouble: Mapped[str | None]
    settled_at: Mapped[datetime | None]

    arrivals: Mapped[list[Arrival]] = relationship(back_populates="mail", order_by="Arrival.id")


class Arrival(Base):
    """The unit of the ledger: one mail at one recipient, with one outcome and one sentence in the end."""

    __tablename__ = "arrival"
    __table_args__ = (
        UniqueConstraint("mail_id", "recipient"),
        Index("ix_arrival_outcome", "outcome", "id"),
        Index("ix_arrival_case", "case_number"),
        Index("ix_arrival_counted", "outcome", "settled_at", "case_number"),  # a year of them is counted from this alone
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("inbound_mail.id"))
    recipient: Mapped[str]
    outcome: Mapped[str | None]  # case new-case follow-up held refused report auto duplicate late; None: not settled yet
    reason: Mapped[str] = mapped_column(default="")
    shown_from: Mapped[str] = mapped_column(default="")  # From and Subject, for the post room
    shown_subject: Mapped[str] = mapped_column(default="")
    case_number: Mapped[int | None] = mapped_column(ForeignKey("cases.number"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))
    settled_at: Mapped[datetime | None]
    released: Mapped[bool] = mapped_column(default=False)  # a person said: let it in
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    dismissed_at: Mapped[datetime | None]  # a person said: this is spam; it stays held, but out of sight
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))

    mail: Mapped[InboundMail] = relationship(back_populates="arrivals")
    released_by: Mapped[Agent | None] = relationship(foreign_keys=[released_by_id])
    dismissed_by: Mapped[Agent | None] = relationship(foreign_keys=[dismissed_by_id])


class OutboxMail(Base):
    """One mail to one recipient.  What was composed is kept, so every try sends the same bytes."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "state", "due_at"),
        Index("ix_outbox_sent_to", "recipient", "created_at"),
        Index("ix_outbox_created", "created_at"),
        Index("ix_outbox_case", "case_number"),
        Index("ix_outbox_changed", "state", "changed_at", "case_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # reply acknowledgement later notification notice consultation invitation reset probe
    automatic: Mapped[bool]  # null envelope sender, Auto-Submitted, counts towards the budget
    recipient: Mapped[str]
    recipient_name: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    case_number: Mapped[int | None] = mapped_column(ForeignKey("cases.number"))
    reply_address_id: Mapped[int | None] = mapped_column(ForeignKey("reply_address.id"))
    report_address_id: Mapped[int | None] = mapped_column(ForeignKey("reply_address.id"), unique=True)
    message_id: Mapped[str] = mapped_column(index=True)  # minted when queued; one for all recipients of one entry
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what its template needs
    sha256: Mapped[str | None] = mapped_column(ForeignKey("blob.sha256"))  # the composed bytes
    state: Mapped[str]  # queued deferred sent bounced failed
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]  # somebody is sending it now
    lease_by: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    maybe_twice: Mapped[bool] = mapped_column(default=False)  # a try ended without an answer: it may have arrived already
    answer: Mapped[str] = mapped_column(default="")  # what the relay, or a report, last said
    changed_at: Mapped[datetime]

    entry: Mapped[Entry | None] = relationship(back_populates="deliveries")
    reply_address: Mapped[ReplyAddress | None] = relationship(foreign_keys=[reply_address_id])
    report_address: Mapped[ReplyAddress | None] = relationship(foreign_keys=[report_address_id])
