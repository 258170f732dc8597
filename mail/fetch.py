"""The IMAP door.  A message is kept, that is committed, and only then marked; nothing is ever deleted or moved.

The key (mailbox, UIDVALIDITY, UID) is unique in the database, so a connection, a process or a second fetcher may come and go
at any point: what was not kept is fetched again, what was kept is skipped.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from helpdesk import clock
from helpdesk.actions import mailboxes
from helpdesk.db import Database
from helpdesk.models import Mailbox
from helpdesk.queries import mailboxes as find
from helpdesk.queries.mailboxes import Account
from mail import inbound
from mail.imap.client import Connection, connected
from mail.imap.troubles import LOST, LoginRefused, Trouble, explain
from mail.imap.visit import PATIENT, Accept, Pace, Visit
from mail.imap.wire import Timeout
from mail.tokens import Tokens, tokens_of

HANDFUL = 100
PARTING = 10.0  # seconds for a fetcher to end

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Look:
    """What somebody finds who connects a mailbox."""

    count: int = 0  # messages in the folder
    oldest: datetime | None = None  # when the oldest of the first hundred was received
    folders: tuple[str, ...] = ()
    idle: bool = False  # whether the server tells of new mail at once
    trouble: str | None = None  # why it cannot be opened; then the rest says nothing


class Fetcher:
    """Keeps one mailbox read.  `accept` makes messages durable, or raises."""

    def __init__(
        self,
        database: Database,
        mailbox_id: int,
        *,
        accept: Accept = inbound.accept,
        pace: Pace | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self._database, self._mailbox_id, self._accept, self._pace = database, mailbox_id, accept, pace or Pace()
        self._tokens = tokens or tokens_of(database)
        self._visit: Visit | None = None
        self._deaths: dict[int, int] = {}
        self._host = "The mailbox"

    def run(self, stop: threading.Event) -> None:
        """Fetch until `stop` is set, through every trouble; returns too when the mailbox is not in use any more."""
        failures = 0
        while not stop.is_set():
            try:
                if self.fetch(stop) is None:
                    return
                failures = 0
            except Exception as error:
                if stop.is_set():
                    return
                failures = 1 if self._visit and self._visit.answered else failures + 1
                self.report(error)
                stop.wait(self._pause(error, failures))

    def fetch(self, stop: threading.Event | None = None) -> int | None:
        """One visit: take what is there, and with `stop` stay for what comes, about an hour.

        Answers how many messages were kept, None where the mailbox is not in use.  Raises whatever ended the visit.
        """
        self._visit = None
        account = self._account()
        if account is None:
            return None
        with connected(account, self._pace.timeout, self._tokens) as connection:
            self._visit = Visit(
                self._database, self._mailbox_id, connection, accept=self._accept, pace=self._pace, deaths=self._deaths
            )
            self._find_junk(connection)
            kept = self._visit.stay(account.folder, stop)
        self._deaths.clear()  # what was put aside gets another chance in the next visit
        return kept

    def _find_junk(self, connection: Connection) -> None:
        """Have the junk folder read, too; a fetcher of its own takes it up."""
        wanted = self._database.house.settings.imap_junk
        with self._database.reading() as session:
            mailbox = session.get_one(Mailbox, self._mailbox_id)
            if mailbox.junk_of_id is not None:
                return
            present = [(junk.folder, junk.tls) for junk in find.junk_folders(session, mailbox) if junk.active]
            place = (mailbox.folder, mailbox.tls)
        try:
            folder = connection.junk_folder() if wanted == "auto" else None if wanted == "off" else wanted
        except LOST:
            raise
        except Exception as error:  # whoever cannot list its folders still has an inbox
            log.info("mailbox.folders-not-listed", mailbox=self._mailbox_id, error=type(error).__name__)
            return
        folder = None if folder == place[0] else folder
        if present != ([(folder, place[1])] if folder else []):
            with self._database.transaction() as session:
                mailboxes.read_junk(session, session.get_one(Mailbox, self._mailbox_id), folder, now=clock.now())

    def hang_up(self) -> None:
        """End the visit from another thread, whatever it waits for."""
        if visit := self._visit:
            visit.hang_up()

    def explain(self, error: Exception) -> str:
        """A sentence for the operator about what ended a visit."""
        if isinstance(error, SQLAlchemyError):
            return f"The database does not take the mail, which stays in the mailbox until it does ({type(error).__name__})."
        return explain(error, self._host)

    def report(self, error: Exception) -> None:
        """Write a failed visit down on the mailbox, if the database allows, and into the log."""
        sentence = self.explain(error)
        log.warning("mailbox.trouble", mailbox=self._mailbox_id, error=type(error).__name__, sentence=sentence)
        try:
            with self._database.transaction() as session:
                mailboxes.failed(session, session.get_one(Mailbox, self._mailbox_id), trouble=sentence)
        except SQLAlchemyError as away:
            log.warning("mailbox.trouble-not-noted", mailbox=self._mailbox_id, error=type(away).__name__)

    def _account(self) -> Account | None:
        with self._database.reading() as session:
            mailbox = session.get(Mailbox, self._mailbox_id)
            if mailbox is None or not mailbox.active:
                return None
            self._host = mailbox.host
            try:
                return find.account(session, mailbox)
            except ValueError as error:
                raise Trouble(f"{mailbox.name}: {error}.") from error

    def _pause(self, error: Exception, failures: int) -> float:
        """Seconds until the next try: twice as long each time, with jitter, so that many do not come back at once."""
        first, longest = self._pace.first_pause, self._pace.longest_pause
        if isinstance(error, LoginRefused):
            first, longest = self._pace.first_pause_refused, self._pace.longest_pause_refused
        return min(longest, first * 2.0 ** min(failures - 1, 20)) * random.uniform(0.5, 1)  # noqa: S311


class Fetchers:
    """A thread for each mailbox in use; the list is looked at again every few seconds."""

    def __init__(self, database: Database, *, pace: Pace | None = None, tokens: Tokens | None = None) -> None:
        self._database, self._pace = database, pace or Pace()
        self._tokens = tokens or tokens_of(database)
        self._stop = threading.Event()
        self._running: dict[tuple[object, ...], _Run] = {}
        self._overseer = threading.Thread(target=self._oversee, name="mailboxes", daemon=True)

    def start(self) -> None:
        self._overseer.start()

    def stop(self) -> None:
        """End all fetchers; what is being read is read again the next time."""
        self._stop.set()
        self._overseer.join(PARTING)
        for run in self._running.values():
            run.end()
        for run in self._running.values():
            run.thread.join(PARTING)

    def _oversee(self) -> None:
        while not self._stop.is_set():
            try:
                self._match()
            except SQLAlchemyError as error:
                log.warning("mailboxes.unknown", error=type(error).__name__)
            self._stop.wait(self._pace.between_looks)

    def _match(self) -> None:
        """Let exactly the mailboxes in use run, each as its row says now."""
        with self._database.reading() as session:
            wanted = {_as_connected(mailbox): mailbox.id for mailbox in find.active(session)}
        for key in [key for key, run in self._running.items() if key not in wanted or not run.thread.is_alive()]:
            self._running.pop(key).end()
        for key, mailbox_id in wanted.items():
            if key not in self._running:
                self._running[key] = _Run(Fetcher(self._database, mailbox_id, pace=self._pace, tokens=self._tokens))


class _Run:
    """A fetcher at work in its thread."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher, self._stop = fetcher, threading.Event()
        self.thread = threading.Thread(target=fetcher.run, args=(self._stop,), name="mailbox", daemon=True)
        self.thread.start()

    def end(self) -> None:
        self._stop.set()
        self._fetcher.hang_up()


def fetch_once(database: Database, mailbox_id: int, *, pace: Pace | None = None) -> int:
    """Take what lies in a mailbox now; answers how many messages were kept.  Raises Trouble, which is noted on the mailbox too."""
    fetcher = Fetcher(database, mailbox_id, pace=pace)
    try:
        return fetcher.fetch() or 0
    except Exception as error:
        fetcher.report(error)
        raise Trouble(fetcher.explain(error)) from error


def look(account: Account, *, tokens: Tokens | None = None, timeout: Timeout = PATIENT) -> Look:
    """Open a mailbox once, to read only, and say what lies there.  Never raises."""
    try:
        with connected(account, timeout, tokens) as connection:
            folders = connection.folders()
            connection.open_folder(account.folder, to_write=False)
            uids = sorted(connection.uids("ALL"))
            first = connection.outlines(uids[:HANDFUL]).values()
            oldest = min((outline.arrived_at for outline in first if outline.arrived_at), default=None)
            return Look(len(uids), oldest, folders, connection.has_capability("IDLE"))
    except Exception as error:
        return Look(trouble=explain(error, account.host))


def _as_connected(mailbox: Mailbox) -> tuple[object, ...]:
    """What a running fetcher has to be started anew for when it changes."""
    access = (mailbox.host, mailbox.port, mailbox.tls, mailbox.username, mailbox.password_locked, mailbox.folder)
    return (mailbox.id, *access, mailbox.take, mailbox.connected_at)
