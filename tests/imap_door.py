"""What the tests of the IMAP door share: a mailbox row, a running fetcher, and a look at what was kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import select

from helpdesk import blobs, clock
from helpdesk.actions import mailboxes
from helpdesk.db import Database
from helpdesk.models import InboundMail, Mailbox
from helpdesk.queries.mailboxes import account_of
from mail.fetch import Fetcher
from mail.imap.visit import Pace
from mail.imap.wire import Timeout
from tests.dovecot import Dovecot

QUICK = Pace(
    timeout=Timeout(connect=2, read=2),
    idle=30,
    breath=0.02,
    first_pause=0.1,
    longest_pause=0.4,
    first_pause_refused=0.1,
    longest_pause_refused=0.4,
    between_looks=0.1,
)


def connect(database: Database, url: str, *, take: str = "new", at: datetime | None = None) -> int:
    """The id of a new mailbox, connected at that instant (a minute ago)."""
    at = at or clock.now() - timedelta(minutes=1)
    with database.transaction() as session:
        return mailboxes.add(session, account_of(url), agent=None, now=at, take=take).id


def letter(subject: str, *fields: str, body: str = "Hello") -> bytes:
    """A small mail with these header fields before its own."""
    head = [*fields, "From: Anna <anna@customer.example>", "To: help@example.org", f"Subject: {subject}"]
    return "\r\n".join([*head, "", body, ""]).encode()


def ago(**past: float) -> datetime:
    """That long ago."""
    return clock.now() - timedelta(**past)


def old_and_new(dovecot: Dovecot) -> None:
    """Three mails in its mailbox: of last year, of last month, of this week."""
    for days in (400, 20, 3):
        dovecot.append(letter(f"{days} days old"), when=ago(days=days))


def kept(database: Database) -> list[InboundMail]:
    """What was kept, in the order of the rows, with its recipients loaded."""
    with database.reading() as session:
        mails = list(session.scalars(select(InboundMail).order_by(InboundMail.id)))
        assert all(mail.arrivals for mail in mails)
        session.expunge_all()
        return mails


def subjects(database: Database) -> list[str]:
    """The subjects of what was kept."""
    with database.reading() as session:
        raws = [blobs.read(session, digest) for digest in session.scalars(select(InboundMail.sha256).order_by(InboundMail.id))]
    return [
        line.removeprefix(b"Subject: ").decode() for raw in raws for line in raw.splitlines() if line.startswith(b"Subject: ")
    ]


def row(database: Database, mailbox_id: int) -> Mailbox:
    """The mailbox's row as it is now."""
    with database.reading() as session:
        found = session.get_one(Mailbox, mailbox_id)
        session.expunge(found)
        return found


def change(database: Database, mailbox_id: int, **values: object) -> None:
    """Change a mailbox, as an admin would."""
    with database.transaction() as session:
        mailboxes.change(session, session.get_one(Mailbox, mailbox_id), values, agent=None, now=clock.now())


def wait_for(true: Callable[[], object], *, seconds: float = 10) -> None:
    """Wait until something is so; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def running(fetcher: Fetcher) -> Iterator[None]:
    """A fetcher at work in a thread until the block ends."""
    stop = threading.Event()
    thread = threading.Thread(target=fetcher.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        fetcher.hang_up()
        thread.join(10)
        assert not thread.is_alive()
