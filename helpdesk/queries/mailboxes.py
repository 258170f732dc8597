"""The mailboxes that mail is fetched from, and how to get into them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import unquote, urlsplit

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import InboundMail, Mailbox
from helpdesk.servers import is_loopback, named_login, url_user
from helpdesk.settings import Settings

Tls = Literal["imaps", "starttls", "none"]

PORTS: dict[str, int] = {"imaps": 993, "starttls": 143, "none": 143}
SILENT_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Account:
    """A folder on an IMAP server and the log-in that opens it."""

    host: str
    port: int
    tls: str  # imaps | starttls | none
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    oauth: str = ""  # the log-in of HOLDLINE_OAUTH__… that takes the password's place

    @property
    def name(self) -> str:
        """What people know it by: user@host:port/folder."""
        return f"{self.username}@{self.host}:{self.port}/{self.folder}"


def account_of(url: str) -> Account:
    """The account of «imaps://user:password@host:993/folder?tls=…»; `%40` and its like are unquoted."""
    parts = urlsplit(url)
    host, (username, password) = parts.hostname or "", url_user(url)
    if parts.scheme == "imaps":
        tls: Tls = "imaps"
    else:
        plain = "tls=none" in parts.query or (is_loopback(host) and "tls=starttls" not in parts.query)
        tls = "none" if plain else "starttls"
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return Account(host, parts.port or PORTS[tls], tls, username, password, folder, named_login(url))


def configured(settings: Settings) -> dict[str, Account]:
    """The accounts of HOLDLINE_IMAP_URL by their names."""
    accounts = [account_of(url.get_secret_value()) for url in settings.imap_url]
    return {account.name: account for account in accounts}


def everyone(session: Session) -> list[Mailbox]:
    """All mailboxes, those in use first."""
    return list(session.scalars(select(Mailbox).order_by(Mailbox.active.desc(), Mailbox.name)))


def active(session: Session) -> list[Mailbox]:
    return list(session.scalars(select(Mailbox).where(Mailbox.active).order_by(Mailbox.id)))


def junk_folders(session: Session, mailbox: Mailbox) -> list[Mailbox]:
    """The junk folders of a mailbox that were ever read."""
    return list(session.scalars(select(Mailbox).where(Mailbox.junk_of_id == mailbox.id).order_by(Mailbox.id)))


def junk_folder_of(session: Session, mailbox_id: int | None) -> str | None:
    """The name of this mailbox if it is a junk folder, else None."""
    mailbox = session.get(Mailbox, mailbox_id) if mailbox_id is not None else None
    return mailbox.name if mailbox is not None and mailbox.junk_of_id is not None else None


def by_name(session: Session, name: str) -> Mailbox | None:
    return session.scalar(select(Mailbox).where(Mailbox.name == name))


def account(session: Session, mailbox: Mailbox) -> Account:
    """Everything that is needed to open a mailbox.  Raises ValueError, with a sentence, where its secret is gone or cannot be read."""
    if mailbox.junk_of_id is not None:
        return replace(account(session, session.get_one(Mailbox, mailbox.junk_of_id)), folder=mailbox.folder)
    place = (mailbox.host, mailbox.port, mailbox.tls, mailbox.username)
    if mailbox.password_locked is not None:
        return Account(*place, house(session).keys.unlock(mailbox.password_locked), mailbox.folder)
    found = configured(house(session).settings).get(mailbox.name)
    if found is None:
        raise ValueError("the password of this mailbox is not in HOLDLINE_IMAP_URL any more")
    return Account(*place, found.password, mailbox.folder, found.oauth)


def last_kept(session: Session, mailbox_id: int) -> int:
    """The id of the mail that was kept last from this mailbox; 0 for none."""
    return session.scalar(select(func.max(InboundMail.id)).where(InboundMail.mailbox_id == mailbox_id)) or 0


def highest_kept(session: Session, mailbox: Mailbox, uidvalidity: int, up_to: int | None = None) -> int:
    """The highest UID that we have of one numbering of the mailbox, among the mails up to this id; 0 for none."""
    query = select(func.max(InboundMail.uid)).where(InboundMail.mailbox_id == mailbox.id, InboundMail.uidvalidity == uidvalidity)
    return session.scalar(query if up_to is None else query.where(InboundMail.id <= up_to)) or 0


def kept_uids(session: Session, mailbox: Mailbox) -> set[int]:
    """The UIDs that we have of the mailbox's present numbering."""
    query = select(InboundMail.uid).where(InboundMail.mailbox_id == mailbox.id, InboundMail.uidvalidity == mailbox.uidvalidity)
    return {uid for uid in session.scalars(query) if uid is not None}


def renumbered(session: Session, mailbox: Mailbox) -> bool:
    """Whether the server has given the messages other UIDs since we began (RFC 9051 §2.3.1.1)."""
    query = select(InboundMail.id).where(InboundMail.mailbox_id == mailbox.id, InboundMail.uidvalidity != mailbox.uidvalidity)
    return session.scalar(query.limit(1)) is not None


def ailing(session: Session, *, now: datetime) -> list[Mailbox]:
    """Mailboxes in use that are in trouble, or whose server has not answered for ten minutes."""
    heard_at = func.coalesce(Mailbox.checked_at, Mailbox.connected_at)
    sick = or_(Mailbox.trouble.is_not(None), heard_at <= now - SILENT_AFTER)
    return list(session.scalars(select(Mailbox).where(Mailbox.active, sick).order_by(Mailbox.id)))
