"""The IMAP door when a link, a server, the database or the process itself goes: nothing is lost, nothing comes twice."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from helpdesk.db import Database
from helpdesk.queries.mailboxes import account_of
from mail import inbound
from mail.fetch import Fetcher, fetch_once
from mail.imap.client import Connection, Folder, connected
from mail.imap.visit import Visit
from mail.inbound import Parcel
from mail.letter import Receipt
from tests.dovecot import Dovecot
from tests.imap_door import QUICK, connect, letter, row, running, subjects, wait_for

pytestmark = pytest.mark.needs("dovecot")


def test_a_server_that_was_down_is_found_again(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url())
    with running(Fetcher(database, mailbox, pace=QUICK)):
        wait_for(lambda: row(database, mailbox).checked_at)
        dovecot.stop()
        wait_for(lambda: row(database, mailbox).trouble)
        assert "127.0.0.1" in (row(database, mailbox).trouble or "")
        dovecot.start()
        dovecot.append(letter("after the restart"))
        wait_for(lambda: subjects(database) == ["after the restart"])
        wait_for(lambda: row(database, mailbox).trouble is None)


class Line:
    """A wire to a server that can be cut without a word: it goes on taking bytes and forwards none."""

    def __init__(self, port: int) -> None:
        self._to, self.dead = port, threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._stop = threading.Event()
        self._pairs: dict[socket.socket, socket.socket] = {}

    def _serve(self) -> None:
        while not self._stop.is_set():
            for ready in select.select([self._listener, *self._pairs], [], [], 0.05)[0]:
                self._connect() if ready is self._listener else self._forward(ready)

    def _connect(self) -> None:
        near, _ = self._listener.accept()
        far = socket.create_connection(("127.0.0.1", self._to))
        self._pairs |= {near: far, far: near}

    def _forward(self, ready: socket.socket) -> None:
        if ready not in self._pairs:
            return  # closed in this round
        with contextlib.suppress(OSError):
            if part := ready.recv(65536):
                if not self.dead.is_set():
                    self._pairs[ready].sendall(part)
                return
        for end in (ready, self._pairs.pop(ready)):
            self._pairs.pop(end, None)
            end.close()

    @contextlib.contextmanager
    def open(self) -> Iterator[Line]:
        self._thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            self._thread.join()
            for end in [self._listener, *self._pairs]:
                end.close()


def test_a_line_that_went_dead_while_idling_is_noticed_and_replaced(database: Database, dovecot: Dovecot) -> None:
    with Line(dovecot.port).open() as line:
        mailbox = connect(database, dovecot.url().replace(str(dovecot.port), str(line.port)))
        with running(Fetcher(database, mailbox, pace=replace(QUICK, idle=0.5))):
            wait_for(lambda: row(database, mailbox).checked_at)
            line.dead.set()
            dovecot.append(letter("unheard"))
            wait_for(lambda: row(database, mailbox).trouble)
            assert "does not answer" in (row(database, mailbox).trouble or "")
            assert subjects(database) == []
            line.dead.clear()
            wait_for(lambda: subjects(database) == ["unheard"])


def test_a_fetcher_ends_at_once_when_it_is_told_to_even_on_a_dead_line(database: Database, dovecot: Dovecot) -> None:
    with Line(dovecot.port).open() as line:
        mailbox = connect(database, dovecot.url().replace(str(dovecot.port), str(line.port)))
        patient = replace(QUICK, timeout=QUICK.timeout._replace(read=30), idle=0.1)
        with running(Fetcher(database, mailbox, pace=patient)):
            wait_for(lambda: row(database, mailbox).checked_at)
            line.dead.set()
            time.sleep(0.3)
            began = time.monotonic()
        assert time.monotonic() - began < 2


class Killed(BaseException):
    """The process ends here."""


def test_a_message_that_was_fetched_but_not_kept_is_fetched_again(database: Database, dovecot: Dovecot) -> None:
    def dies(_: Database, parcels: Sequence[Parcel]) -> list[Receipt]:
        raise Killed

    mailbox = connect(database, dovecot.url())
    dovecot.append(letter("one"))
    with pytest.raises(Killed):
        Fetcher(database, mailbox, accept=dies, pace=QUICK).fetch()
    assert "\\Seen" not in dovecot.messages()[0].flags
    assert subjects(database) == []
    assert fetch_once(database, mailbox, pace=QUICK) == 1


def test_a_message_that_was_kept_but_not_marked_is_not_kept_twice(database: Database, dovecot: Dovecot) -> None:
    def dies(to: Database, parcels: Sequence[Parcel]) -> list[Receipt]:
        inbound.accept(to, parcels)
        raise Killed

    mailbox = connect(database, dovecot.url())
    dovecot.append(letter("one"))
    with pytest.raises(Killed):
        Fetcher(database, mailbox, accept=dies, pace=QUICK).fetch()
    assert fetch_once(database, mailbox, pace=QUICK) == 0
    assert subjects(database) == ["one"]


def test_while_the_database_is_away_nothing_is_marked_and_then_everything_comes(database: Database, dovecot: Dovecot) -> None:
    away = threading.Event()
    away.set()

    def accept(to: Database, parcels: Sequence[Parcel]) -> list[Receipt]:
        if away.is_set():
            raise OperationalError("INSERT", {}, Exception("disk I/O error: customer text"))
        return inbound.accept(to, parcels)

    mailbox = connect(database, dovecot.url())
    for subject in ("one", "two"):
        dovecot.append(letter(subject))
    with running(Fetcher(database, mailbox, accept=accept, pace=QUICK)):
        wait_for(lambda: row(database, mailbox).trouble)
        assert "The database does not take the mail" in (row(database, mailbox).trouble or "")
        assert "customer" not in (row(database, mailbox).trouble or "")
        assert not any("\\Seen" in message.flags for message in dovecot.messages())
        away.clear()
        wait_for(lambda: subjects(database) == ["one", "two"])


def test_when_another_process_keeps_one_of_them_in_that_moment_the_others_are_kept(database: Database, dovecot: Dovecot) -> None:
    first = threading.Event()

    def accept(to: Database, parcels: Sequence[Parcel]) -> list[Receipt]:
        if not first.is_set():
            first.set()
            inbound.accept(to, parcels[:1])  # the other one
            raise IntegrityError("INSERT", {}, Exception("UNIQUE"))
        return inbound.accept(to, parcels)

    mailbox = connect(database, dovecot.url())
    for subject in ("one", "two", "three"):
        dovecot.append(letter(subject))
    assert Fetcher(database, mailbox, accept=accept, pace=QUICK).fetch() == 3
    assert subjects(database) == ["one", "two", "three"]
    assert row(database, mailbox).trouble is None
    assert all("\\Seen" in message.flags for message in dovecot.messages())


def test_two_fetchers_of_one_mailbox_keep_each_message_once(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url())
    with running(Fetcher(database, mailbox, pace=QUICK)), running(Fetcher(database, mailbox, pace=QUICK)):
        for number in range(10):
            dovecot.append(letter(str(number)))
        wait_for(lambda: len(subjects(database)) >= 10)
    assert sorted(subjects(database), key=int) == [str(number) for number in range(10)]


def test_a_message_that_came_while_another_fetcher_opened_the_mailbox_is_kept_once(database: Database, dovecot: Dovecot) -> None:
    """UIDNEXT was said before the other one kept something: that is no second numbering."""

    @dataclass
    class Slow:
        connection: Connection

        def open_folder(self, name: str) -> Folder:
            folder = self.connection.open_folder(name)
            dovecot.append(letter("meanwhile"))
            assert Fetcher(database, mailbox, pace=QUICK).fetch() == 1
            self.connection.noop()
            return folder

        def __getattr__(self, name: str) -> Any:
            return getattr(self.connection, name)

    mailbox = connect(database, dovecot.url())
    Fetcher(database, mailbox, pace=QUICK).fetch()
    with connected(account_of(dovecot.url()), QUICK.timeout) as connection:
        Visit(database, mailbox, cast(Connection, Slow(connection)), accept=inbound.accept, pace=QUICK, deaths={}).stay(
            "INBOX", None
        )
    assert subjects(database) == ["meanwhile"]


def test_one_message_that_cannot_be_kept_stops_no_other(database: Database, dovecot: Dovecot) -> None:
    def accept(to: Database, parcels: Sequence[Parcel]) -> list[Receipt]:
        if any(b"poison" in parcel.raw for parcel in parcels):
            raise ValueError("a NUL in a column")
        return inbound.accept(to, parcels)

    mailbox = connect(database, dovecot.url())
    poison = dovecot.append(letter("poison"))
    for number in range(5):
        dovecot.append(letter(str(number)))
    assert Fetcher(database, mailbox, accept=accept, pace=QUICK).fetch() == 5
    assert subjects(database) == ["0", "1", "2", "3", "4"]
    assert f"1 of the messages cannot be taken and stay in the mailbox (UID {poison}" in (row(database, mailbox).trouble or "")
