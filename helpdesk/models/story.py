"""What was said and done in a case, and what of it can be found."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.people import Agent, Person

if TYPE_CHECKING:
    from helpdesk.models.mail import OutboxMail


class Entry(Base):
    """Something that was said: mail in or out, a note, a system mail.  What was *done* is an Event."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("idempotency_key", "case_number"),
        Index("ix_entry_case", "case_number", "id"),
        Index("ix_entry_mail", "mail_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"))
    kind: Mapped[
        str
    ]  # mail-in mail-out note call visit letter system side-in side-out; taken-back: nobody ever got it, and it is empty
    at: Mapped[datetime]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    author: Mapped[str]  # as it was shown on that day
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    visible: Mapped[str]  # the new part of it
    folds: Mapped[list[list[int]]] = mapped_column(default=list)  # the rest: first line, line behind the last
    html: Mapped[str | None]  # sanitised; None where the mail had none
    flags: Mapped[list[str]] = mapped_column(
        default=list
    )  # unverified suspect stranger automatic bounce late spam duplicate-id receipt calendar complaint challenge differs satisfied
    claimed_at: Mapped[datetime | None]  # what the Date field says
    message_id: Mapped[str | None] = mapped_column(index=True)
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))  # which entry this one answers
    fingerprint: Mapped[str | None] = mapped_column(unique=True)  # the same mail twice is one entry (D12, D13)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_mail.id"))
    idempotency_key: Mapped[str | None]
    sender: Mapped[str] = mapped_column(default="")  # the address in From, where it is one; also of strangers
    reply_to: Mapped[str] = mapped_column(default="")  # where answers were asked to go, if elsewhere: shown, never used
    level: Mapped[int | None]  # how far From may be believed, 0 to 3 (mail.trust); None: nobody asked
    level_why: Mapped[str] = mapped_column(default="")
    traits: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what it is besides its words: {marks: […], invitation: {…}}
    judgement: Mapped[str | None]  # of a suspect's or stranger's mail: accepted ignored moved; None: nobody decided

    agent: Mapped[Agent | None] = relationship()
    person: Mapped[Person | None] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id", cascade="all, delete-orphan")
    deliveries: Mapped[list[OutboxMail]] = relationship(back_populates="entry", order_by="OutboxMail.id")


class Attachment(Base):
    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_scan", "scan", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    content_id: Mapped[str | None]
    scan: Mapped[str] = mapped_column(default="off")  # policies.files.Scan
    width: Mapped[int | None]  # of a picture that the story shows small
    height: Mapped[int | None]
    finding: Mapped[str] = mapped_column(default="")  # what the scanner found, or why it has not scanned yet
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))  # whoever said that it may be saved all the same


class Event(Base):
    """One deed: who did what to which thing, when, and what it was before and after.  Written once, never changed, never deleted.

    The timeline, the reports and the audit log are all read from here; an event with an entry shows that entry.  What was taken back
    before anybody got it has a row in TakenBack: of all readers the audit log alone shows it (queries.events.stands).
    """

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_case", "case_number", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    deed: Mapped[str]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # neither: the desk itself
    case_number: Mapped[int | None] = mapped_column(ForeignKey("cases.number"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    thing: Mapped[str]  # «address 12», «desk 1»
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)

    agent: Mapped[Agent | None] = relationship()
    person: Mapped[Person | None] = relationship()
    entry: Mapped[Entry | None] = relationship()


class Proposal(Base):
    """Somebody whom a participant wrote to as well.  No mail of ours goes there before an agent lets them take part (I8, R4)."""

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("case_number", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"))
    name: Mapped[str]
    address: Mapped[str]  # lower case
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))  # the mail that named them
    state: Mapped[str]  # open accepted declined
    proposed_at: Mapped[datetime]

    entry: Mapped[Entry] = relationship()


class SearchText(Base):
    """What can be found, folded to plain lower-case words; the full-text index of each database hangs on this table."""

    __tablename__ = "search_text"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), index=True)
    body: Mapped[str]  # number, references, subject, customer, and what was said
    sender: Mapped[str] = mapped_column(default="")  # who said it: name and address
    recipients: Mapped[str] = mapped_column(default="")  # to whom
    files: Mapped[str] = mapped_column(default="")  # names of attachments
    edition: Mapped[int] = mapped_column(default=0, index=True)  # policies.folding.EDITION by which it was folded
