"""Front desks (the addresses that people write to first) and the mailboxes that mail is fetched from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.people import Team


class Desk(Base):
    __tablename__ = "desk"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(unique=True)  # lower case
    name: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    language: Mapped[str]  # of its automatic mail: de | en
    sender: Mapped[str] = mapped_column(default="full")  # From shows: full («Anna Weber») | formal («Frau Weber») | desk
    acknowledges: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    reference: Mapped[str] = mapped_column(default="")  # how its cases are called in files: «LH-{number}»; "": by their number
    asks: Mapped[list[str]] = mapped_column(default=list)  # what it must be told before a case is solved: cause office verdict
    needs_release: Mapped[bool] = mapped_column(default=False)  # a second person releases every answer
    address_form: Mapped[str] = mapped_column(default="sie")  # how German mail speaks to people: sie | du
    signature: Mapped[str] = mapped_column(default="")  # Markdown with placeholders; empty: the name of the desk
    names_time: Mapped[str] = mapped_column(default="own", server_default="own")  # policies.promises.Naming, in acknowledgements
    apologises: Mapped[bool] = mapped_column(
        default=True, server_default=true()
    )  # says itself that it will be later, before it is

    asks_satisfaction: Mapped[bool] = mapped_column(default=False, server_default=false())  # in the mail that solves a case

    team: Mapped[Team | None] = relationship()


class FormSender(Base):
    """A contact form that sends to a desk: not its From, but whomever it names wrote the mail."""

    __tablename__ = "form_sender"
    __table_args__ = (UniqueConstraint("desk_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    address: Mapped[str]  # its From, lower case
    source: Mapped[str]  # reply-to | body
    mail_field: Mapped[str] = mapped_column(default="")  # of the body: «E-Mail»
    name_field: Mapped[str] = mapped_column(default="")  # of the body: «Name»; "" for none


class Mailbox(Base):
    """An IMAP mailbox.  A password from the web lies here encrypted; one from the settings never does."""

    __tablename__ = "mailbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)  # user@host:port/folder
    host: Mapped[str]
    port: Mapped[int]
    tls: Mapped[str]  # imaps | starttls | none
    username: Mapped[str]
    password_locked: Mapped[str | None]  # None: in HOLDLINE_IMAP_URL
    folder: Mapped[str] = mapped_column(default="INBOX")
    active: Mapped[bool] = mapped_column(default=True)
    from_settings: Mapped[bool] = mapped_column(default=False)
    connected_at: Mapped[datetime]
    take: Mapped[str] = mapped_column(default="new")  # new | all | a number of days: which of the mail that lay there already
    uidvalidity: Mapped[int | None] = mapped_column(BigInteger)
    floor_uid: Mapped[int | None] = mapped_column(BigInteger)  # UIDNEXT at the connection: below it lies what was there before
    checked_at: Mapped[datetime | None]  # the last time that the server answered
    junk_of_id: Mapped[int | None] = mapped_column(ForeignKey("mailbox.id"))  # this is the junk folder of that mailbox
    trouble: Mapped[str | None]  # a sentence for the operator, None while all is well
