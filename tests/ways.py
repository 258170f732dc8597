"""The ways a story can run: by which door mail comes in, how it goes out, and on which database all of it lies.

pipe    in process: the pipe door, reading without child processes, a relay of paper; on SQLite
smtp    real sockets: the SMTP door, reading in child processes, a relay; on SQLite and on PostgreSQL
imap    real sockets: Dovecot and the IMAP door, the rest as above

Every door and both databases are there in the everyday run; the two ways that only combine them anew are kept for the long run.
"""

from __future__ import annotations

import contextlib
import imaplib
import io
import itertools
import os
import shutil
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest

from helpdesk import clock, runner
from helpdesk.actions import mailboxes
from helpdesk.db import Database, House
from helpdesk.models import Base
from helpdesk.queries.mailboxes import account_of
from helpdesk.settings import Settings
from mail.fetch import fetch_once
from mail.inbound import Reads
from mail.listen import SmtpDoor
from mail.parse import parse
from mail.reader import Reader
from mail.receive import receive
from mail.transport import Deferred, Refused, Result, Sent, Transport
from tests.dovecot import Dovecot
from tests.needs import missing
from tests.relay import Carried, Relay
from tests.servers import PostgreSQL

FETCHES = "imap"
STORIES: dict[str, Any] = {"secret_key": "a secret of the stories, long enough: 0123456789", "timezone": "Europe/Berlin"}
WAYS = [
    "pipe-sqlite",
    pytest.param("smtp-sqlite", marks=() if missing("postgresql") else pytest.mark.long),  # then it stands in for the next
    pytest.param("smtp-postgresql", marks=pytest.mark.needs("postgresql")),
    pytest.param("imap-sqlite", marks=pytest.mark.needs("dovecot")),
    pytest.param("imap-postgresql", marks=[pytest.mark.needs("dovecot"), pytest.mark.needs("postgresql"), pytest.mark.long]),
]
REFUSING = [way for way in WAYS if not str(getattr(way, "values", [way])[0]).startswith(FETCHES)]
FETCHING = [way for way in WAYS if way not in REFUSING]

where_mail_can_be_refused = pytest.mark.parametrize("way", REFUSING, indirect=True)
where_mail_is_fetched = pytest.mark.parametrize("way", FETCHING, indirect=True)
by_every_relay = pytest.mark.parametrize("way", REFUSING, indirect=True)  # what goes out does not know how it came in
each_once = pytest.mark.parametrize(
    "way", [WAYS[2], WAYS[3]], indirect=True
)  # for what takes its time: every wire and database once
in_process = pytest.mark.parametrize("way", ["pipe-sqlite"], indirect=True)


class Door(Protocol):
    """Where mail comes in."""

    def bring(self, raw: bytes, sender: str, recipients: list[str]) -> dict[str, str]:
        """Bring a mail; what was answered for each recipient («250 …», «550 5.1.1 …»)."""
        ...


@dataclass
class Outside:
    """What stands around a desk: its database, its door, whoever reads for it, and its relay."""

    database: Database
    door: Door
    reader: Reads
    transport: Any  # mail.transport.Transport, or its stand-in of paper
    relay: PaperRelay | Relay


class PipeDoor:
    """A local MTA that hands mail to `holdline receive`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def bring(self, raw: bytes, sender: str, recipients: list[str]) -> dict[str, str]:
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            code = receive(self._database, raw, sender, recipients, now=clock.now())
        refusals = said.getvalue().splitlines()
        if code == os.EX_OK and not refusals:
            return dict.fromkeys(recipients, "250 kept")
        assert len(refusals) == len(recipients), "the pipe door does not say which of several it refused"
        return dict(zip(recipients, refusals, strict=True))


class SmtpWire:
    """Somebody else's server, speaking SMTP with our door."""

    def __init__(self, port: int) -> None:
        self._port = port

    def bring(self, raw: bytes, sender: str, recipients: list[str]) -> dict[str, str]:
        answers = {}
        with smtplib.SMTP("127.0.0.1", self._port, timeout=20) as client:
            client.ehlo("mx.customer.example")
            client.mail(sender, ["SMTPUTF8"] if not sender.isascii() else [])
            for recipient in recipients:
                code, said = client.rcpt(recipient)
                answers[recipient] = f"{code} {said.decode()}"
            if any(answer.startswith("250") for answer in answers.values()):
                code, said = client.data(raw)
                answers |= {to: f"{code} {said.decode()}" for to, answer in answers.items() if answer.startswith("250")}
        return answers


class ImapFolder:
    """The operator's mail server, which puts mail into a mailbox, and our fetcher, which looks into it."""

    def __init__(self, database: Database, url: str, box: imaplib.IMAP4, folder: str) -> None:
        self._database, self._url, self._box, self._folder = database, url, box, folder
        self._mailbox_id: int | None = None

    def connect(self, *, take: str = "new") -> None:
        """Connect the mailbox to the desk; what lies in it now is old mail."""
        with self._database.transaction() as session:
            self._mailbox_id = mailboxes.add(session, account_of(self._url), agent=None, now=clock.now(), take=take).id

    def put(self, raw: bytes, sender: str, recipient: str) -> None:
        """Let a message lie in the mailbox, as the operator's server delivers it, unfetched."""
        mark = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode()
        said, _ = self._box.append(self._folder, "", imaplib.Time2Internaldate(clock.now()), mark + raw)
        assert said == "OK"

    def bring(self, raw: bytes, sender: str, recipients: list[str]) -> dict[str, str]:
        if self._mailbox_id is None:
            self.connect()
            self.fetch()
        for recipient in recipients:
            self.put(raw, sender, recipient)
        self.fetch()
        return dict.fromkeys(recipients, "250 fetched")

    def fetch(self) -> None:
        assert self._mailbox_id is not None
        fetch_once(self._database, self._mailbox_id)


@dataclass
class PaperRelay:
    """A relay without a wire, to stand in for `mail.transport.Transport`: it keeps every mail, and can be told to be difficult."""

    mails: list[Carried] = field(default_factory=list)
    answer: str | None = None
    refused: dict[str, str] = field(default_factory=dict)
    only_sender: str | None = None
    kept_out, opened = None, True

    @contextlib.contextmanager
    def connection(self) -> Iterator[PaperRelay]:
        yield self

    def send(self, sender: str, recipient: str, raw: bytes, *, smtputf8: bool = False, envelope_id: str | None = None) -> Result:
        answer = self.refused.get(recipient) or self.answer or "250 2.0.0 kept"
        if self.only_sender not in (None, sender):
            return Refused("550 5.7.60 not as this sender", of_sender=True)
        if answer.startswith("4"):
            return Deferred(answer)
        if answer.startswith("5"):
            return Refused(answer)
        self.mails.append(Carried(sender, (recipient,), raw))
        return Sent(answer)


class ReadsHere:
    """Reads in this process: quicker than to ask a child."""

    def read(self, raw: bytes) -> Any:
        return parse(raw)


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    """Child processes that read for all stories."""
    reader = Reader(processes=1)
    yield reader
    reader.close()


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Dovecot]:
    """One Dovecot for all stories; each has a folder of its own in it."""
    server = Dovecot()
    try:
        server.start()
        yield server
    finally:
        server.remove()


class Site:
    """A database that is fresh for every story.  Its engine stays, and with it every statement that was ever compiled."""

    def __init__(self, settings: Settings, renew: Callable[[], None]) -> None:
        self._settings, self._database, self._renew = settings, Database(settings), renew

    def fresh(self, **changes: Any) -> Database:
        """An empty database with today's schema, and an installation with these settings on it."""
        self.close()
        self._renew()
        self._database.house = House(self._settings.model_copy(update=changes), self._database.house.keys)
        return self._database

    def close(self) -> None:
        self._database.close()


@pytest.fixture(scope="session")
def sqlite_site(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The stories' SQLite."""
    folder = tmp_path_factory.mktemp("stories")

    def renew() -> None:
        for suffix in ("-wal", "-shm"):
            (folder / f"holdline.db{suffix}").unlink(missing_ok=True)
        shutil.copy(migrated_sqlite, folder / "holdline.db")

    site = Site(Settings(_env_file=None, data_dir=folder, **STORIES), renew)
    yield site
    site.close()


@pytest.fixture(scope="session")
def postgresql_site(postgresql: PostgreSQL, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The stories' PostgreSQL."""

    postgresql.say(f"CREATE DATABASE stories TEMPLATE {migrated}")
    tables = [table.name for table in Base.metadata.sorted_tables]
    # Quicker than a new database for each story.  Foreign keys are triggers, which a replica does not fire.
    wipe = "SET session_replication_role = replica; " + "; ".join(f"DELETE FROM {table}" for table in tables)
    with psycopg.connect(postgresql.url("stories"), autocommit=True) as connection:
        begins_with = [name for name in tables if connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()]  # type: ignore[call-overload]
        for name in begins_with:  # a calendar, a policy: what the schema itself brings along
            connection.execute(f"CREATE TABLE begins_with_{name} AS TABLE {name}")  # type: ignore[call-overload]
    wipe += "".join(f"; INSERT INTO {name} SELECT * FROM begins_with_{name}" for name in begins_with)

    def renew() -> None:
        with psycopg.connect(postgresql.url("stories"), autocommit=True) as connection:
            connection.execute(wipe)  # type: ignore[call-overload]
            connection.execute("ALTER SEQUENCE cases_number_seq RESTART WITH 1001")

    folder = tmp_path_factory.mktemp("stories")
    site = Site(Settings(_env_file=None, data_dir=folder, database_url=postgresql.url("stories"), **STORIES), renew)
    yield site
    site.close()


_folders = (f"story-{number}" for number in itertools.count(1))


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """Which way the story runs."""
    chosen: str = request.param
    return chosen


@contextlib.contextmanager
def outside(way: str, database: Database, request: pytest.FixtureRequest) -> Iterator[Outside]:
    """Everything around a desk on this database, up and running."""
    if way.startswith("pipe"):
        relay = PaperRelay()
        yield Outside(database, PipeDoor(database), ReadsHere(), relay, relay)
        return
    with contextlib.ExitStack() as up:
        carrier = Relay()
        up.callback(carrier.close)
        reads: Reads = request.getfixturevalue("reader")
        if way.startswith("imap"):
            server, folder = request.getfixturevalue("mail_server"), next(_folders)
            door: Door = ImapFolder(database, server.url(folder=folder), up.enter_context(server.session(folder=folder)), folder)
        else:
            settings = database.house.settings.model_copy(update={"smtp_listen": "127.0.0.1:0"})
            smtp = SmtpDoor(database, settings)
            smtp.start()
            up.callback(smtp.stop)
            door = SmtpWire(smtp.port)
        yield Outside(database, door, reads, Transport(carrier.url, name="desk.example.org"), carrier)


def drain(database: Database, handlers: runner.Handlers) -> None:
    """Do all that is due now.  A job that fails fails the story, with its own error."""
    faults: list[Exception] = []

    def watched(handler: runner.Handler) -> runner.Handler:
        def run(job: dict[str, Any]) -> None:
            try:
                handler(job)
            except Exception as fault:
                faults.append(fault)
                raise

        return run

    runner.drain(database, {kind: watched(handler) for kind, handler in handlers.items()})
    if faults:
        raise faults[0]
