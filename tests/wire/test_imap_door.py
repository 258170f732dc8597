"""The IMAP door against a real Dovecot: what is taken, how it is kept, what happens when a link or a server goes."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy.exc import IntegrityError, OperationalError

from helpdesk import clock
from helpdesk.actions import mailboxes
from helpdesk.db import Database
from helpdesk.models import Mailbox
from helpdesk.queries.mailboxes import Account, account_of
from helpdesk.settings import Settings
from mail import inbound
from mail.fetch import Fetcher, Fetchers, fetch_once, look
from mail.imap.client import Connection, Folder, connected
from mail.imap.troubles import Trouble
from mail.imap.visit import Visit
from mail.inbound import Parcel
from mail.letter import Receipt
from tests.dovecot import PASSWORD, WITHOUT_IDLE, Dovecot
from tests.imap_door import QUICK, change, connect, kept, letter, row, running, subjects, wait_for

pytestmark = pytest.mark.needs("dovecot")


def ago(**past: float) -> datetime:
    return clock.now() - timedelta(**past)


# What is taken


def test_a_new_message_is_kept_with_its_envelope_and_its_exact_bytes(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url())
    fetch_once(database, mailbox, pace=QUICK)
    sent = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    uid = dovecot.append(letter("late", "Return-Path: <anna@customer.example>", "Delivered-To: help@example.org"), when=sent)
    before = clock.now()
    assert fetch_once(database, mailbox, pace=QUICK) == 1
    [mail] = kept(database)
    assert (mail.door, mail.sender, mail.sent_at, mail.quiet) == ("imap", "anna@customer.example", sent, False)
    assert (mail.mailbox_id, mail.uidvalidity, mail.uid) == (mailbox, row(database, mailbox).uidvalidity, uid)
    assert mail.received_at >= before
    assert mail.peer == f"help@127.0.0.1:{dovecot.port}/INBOX"
    assert [arrival.recipient for arrival in mail.arrivals] == ["help@example.org"]
    assert mail.size == len(dovecot.messages()[0].raw)


def test_what_was_kept_is_marked_but_neither_moved_nor_deleted(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url())
    dovecot.append(letter("old"), when=ago(days=2))
    fetch_once(database, mailbox, pace=QUICK)
    dovecot.append(letter("new"))
    fetch_once(database, mailbox, pace=QUICK)
    old, new = dovecot.messages()
    assert {"\\Seen", "$Holdline"} <= new.flags
    assert not {"\\Seen", "$Holdline", "\\Deleted"} & old.flags


def test_a_message_is_kept_once_however_often_the_mailbox_is_read(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url())
    dovecot.append(letter("one"))
    assert [fetch_once(database, mailbox, pace=QUICK) for _ in range(3)] == [1, 0, 0]
    assert subjects(database) == ["one"]


def test_a_message_that_somebody_has_read_or_moved_in_is_taken_all_the_same(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url())
    dovecot.append(letter("first"))
    fetch_once(database, mailbox, pace=QUICK)
    gone = dovecot.append(letter("deleted by a person"))
    with dovecot.session() as box:
        box.uid("STORE", str(gone), "+FLAGS", "(\\Deleted)")
        box.expunge()
    dovecot.append(letter("read"), flags=["\\Seen"])
    dovecot.append(letter("moved in"), when=ago(days=900), flags=["\\Seen", "\\Answered"])
    fetch_once(database, mailbox, pace=QUICK)
    assert subjects(database) == ["first", "read", "moved in"]
    assert not any(mail.quiet for mail in kept(database))


def _old_and_new(dovecot: Dovecot) -> None:
    for days in (400, 20, 3):
        dovecot.append(letter(f"{days} days old"), when=ago(days=days))


@pytest.mark.parametrize(
    ("take", "quiet"), [("new", []), ("7", ["3 days old"]), ("all", ["400 days old", "20 days old", "3 days old"])]
)
def test_of_a_full_mailbox_only_what_was_chosen_is_taken_and_quietly(
    database: Database, dovecot: Dovecot, take: str, quiet: list[str]
) -> None:
    _old_and_new(dovecot)
    mailbox = connect(database, dovecot.url(), take=take)
    fetch_once(database, mailbox, pace=QUICK)
    dovecot.append(letter("new"))
    fetch_once(database, mailbox, pace=QUICK)
    assert subjects(database) == [*quiet, "new"]
    assert [mail.quiet for mail in kept(database)] == [True] * len(quiet) + [False]


def test_who_asks_for_more_of_the_old_mail_later_gets_it(database: Database, dovecot: Dovecot) -> None:
    _old_and_new(dovecot)
    mailbox = connect(database, dovecot.url())
    fetch_once(database, mailbox, pace=QUICK)
    change(database, mailbox, take="30")
    fetch_once(database, mailbox, pace=QUICK)
    assert subjects(database) == ["20 days old", "3 days old"]


def test_mail_that_came_before_the_server_could_first_be_reached_is_new(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url(), at=ago(hours=2))
    dovecot.append(letter("while the password was wrong"), when=ago(hours=1))
    fetch_once(database, mailbox, pace=QUICK)
    assert subjects(database) == ["while the password was wrong"]
    assert not kept(database)[0].quiet


def test_new_mail_comes_before_a_backlog(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url())
    _old_and_new(dovecot)
    fetch_once(database, mailbox, pace=QUICK)
    dovecot.append(letter("new"))
    change(database, mailbox, take="all")
    fetch_once(database, mailbox, pace=QUICK)
    assert subjects(database)[0] == "new"
    assert len(subjects(database)) == 4


def test_after_a_change_of_uidvalidity_everything_is_read_again(database: Database, dovecot: Dovecot) -> None:
    dovecot.append(letter("years ago"), when=ago(days=1000))
    mailbox = connect(database, dovecot.url())
    for subject in ("one", "two"):
        dovecot.append(letter(subject))
    fetch_once(database, mailbox, pace=QUICK)
    before = row(database, mailbox).uidvalidity
    dovecot.renumber()
    dovecot.append(letter("three"))
    assert fetch_once(database, mailbox, pace=QUICK) == 3
    assert row(database, mailbox).uidvalidity != before
    assert subjects(database) == ["one", "two", "one", "two", "three"]  # the way in recognises the two
    assert len({(mail.uidvalidity, mail.uid) for mail in kept(database)}) == 5


def test_a_message_with_a_reply_address_in_its_header_is_for_that_address_and_not_for_the_desk(
    database: Database, dovecot: Dovecot, settings: Settings
) -> None:
    from helpdesk.policies.addresses import encode

    token = encode("reply", "3tsb4zerbu", domain=settings.reply_domain, key=database.house.keys.key("reply"))
    address = f"{token}@{settings.reply_domain}"
    mailbox = connect(database, dovecot.url())
    dovecot.append(letter("by its MX", f"Delivered-To: {address}"))
    dovecot.append(f"From: anna@customer.example\r\nTo: {address}\r\nSubject: by its face\r\n\r\nx\r\n".encode())
    fetch_once(database, mailbox, pace=QUICK)
    assert [[a.recipient for a in mail.arrivals] for mail in kept(database)] == [[address], [address]]


def test_a_big_mailbox_is_read_in_small_portions(database: Database, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mail.imap.visit.PORTION", 7)
    monkeypatch.setattr("mail.imap.visit.BATCH", 3_000)
    asked: list[int] = []

    def accept(to: Database, parcels: Sequence[Parcel]) -> list[Receipt]:
        asked.append(sum(len(parcel.raw) for parcel in parcels))
        return inbound.accept(to, parcels)

    mailbox = connect(database, dovecot.url())
    with dovecot.session() as box:
        for number in range(20):
            box.append("INBOX", "", "", letter(str(number), body="x" * 700))
        box.append("INBOX", "", "", letter("20", body="x" * 70_000))
    assert Fetcher(database, mailbox, accept=accept, pace=QUICK).fetch() == 21
    assert subjects(database) == [str(number) for number in range(21)]
    assert sorted(asked)[-2] <= 3_000  # only the long one came alone, and longer


def test_a_message_above_all_limits_is_left_and_told_of(
    database: Database, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mail.imap.visit.TIMES_LIMIT", 0.001)  # 26 kB
    mailbox = connect(database, dovecot.url())
    huge = dovecot.append(letter("huge", body="x" * 30_000))
    dovecot.append(letter("small"))
    fetch_once(database, mailbox, pace=QUICK)
    assert subjects(database) == ["small"]
    trouble = row(database, mailbox).trouble
    assert trouble
    assert f"UID {huge}: it has 30" in trouble
    assert not dovecot.messages()[0].flags & {"\\Seen", "$Holdline"}


# Staying


def test_a_message_arrives_within_two_seconds_by_idle(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url())
    with running(Fetcher(database, mailbox, pace=QUICK)):
        wait_for(lambda: row(database, mailbox).checked_at)
        time.sleep(0.3)
        for subject in ("one", "two"):
            dovecot.append(letter(subject))
            began = time.monotonic()
            wait_for(lambda subject=subject: subject in subjects(database), seconds=2)
            assert time.monotonic() - began < 2


def test_without_idle_the_mailbox_is_looked_at_again_and_again(settings: Settings, database: Database) -> None:
    hasty = Database(settings.model_copy(update={"imap_poll": timedelta(seconds=0.2)}))
    server = Dovecot(capability=WITHOUT_IDLE)
    try:
        server.start()
        mailbox = connect(database, server.url())
        with running(Fetcher(hasty, mailbox, pace=QUICK)):
            wait_for(lambda: row(database, mailbox).checked_at)
            server.append(letter("polled"))
            wait_for(lambda: subjects(database) == ["polled"], seconds=3)
    finally:
        server.remove()
        hasty.close()


def test_several_mailboxes_are_read_side_by_side_and_one_in_trouble_stops_no_other(database: Database) -> None:
    server = Dovecot({"help": PASSWORD, "sales": "an other one", "gone": "was right once"})
    try:
        server.start()
        ids = {user: connect(database, server.url(user)) for user in server.users}
        change(database, ids["gone"], password="wrong")
        fetchers = Fetchers(database, pace=QUICK)
        fetchers.start()
        try:
            wait_for(lambda: row(database, ids["gone"]).trouble)
            server.append(letter("to help"))
            server.append(letter("to sales"), user="sales")
            wait_for(lambda: sorted(subjects(database)) == ["to help", "to sales"])
            assert {mail.mailbox_id for mail in kept(database)} == {ids["help"], ids["sales"]}
        finally:
            fetchers.stop()
        assert not [thread for thread in threading.enumerate() if thread.name in ("mailbox", "mailboxes")]
    finally:
        server.remove()


def test_a_mailbox_is_connected_changed_and_let_go_while_the_fetchers_run(database: Database, dovecot: Dovecot) -> None:
    fetchers = Fetchers(database, pace=replace(QUICK, first_pause_refused=60, longest_pause_refused=60))
    fetchers.start()
    try:
        mailbox = connect(database, dovecot.url().replace("correct", "wrong"))
        wait_for(lambda: row(database, mailbox).trouble)
        change(database, mailbox, password=PASSWORD)
        dovecot.append(letter("one"))
        wait_for(lambda: subjects(database) == ["one"])
        assert row(database, mailbox).trouble is None
        with database.transaction() as session:
            mailboxes.remove(session, session.get_one(Mailbox, mailbox), agent=None, now=clock.now())
        wait_for(lambda: not [thread for thread in threading.enumerate() if thread.name == "mailbox"])
        dovecot.append(letter("two"))
        time.sleep(0.3)
        assert subjects(database) == ["one"]
    finally:
        fetchers.stop()


def test_a_mailbox_that_rested_for_a_moment_is_read_on(database: Database, dovecot: Dovecot) -> None:
    def rest(*, active: bool) -> None:
        with database.transaction() as session:
            session.get_one(Mailbox, mailbox).active = active

    def at_work() -> bool:
        return any(thread.name == "mailbox" for thread in threading.enumerate())

    mailbox = connect(database, dovecot.url())
    fetchers = Fetchers(database, pace=replace(QUICK, idle=0.1, visit=0.1, between_looks=1.5))
    fetchers.start()
    try:
        wait_for(lambda: row(database, mailbox).checked_at)
        rest(active=False)
        wait_for(lambda: not at_work())
        rest(active=True)
        dovecot.append(letter("after the rest"))
        wait_for(lambda: subjects(database) == ["after the rest"])
    finally:
        fetchers.stop()


# Faults


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


# Log-in


def test_a_refused_password_is_told_at_once_and_not_tried_again_and_again(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url().replace("correct", "wrong"))
    with running(Fetcher(database, mailbox, pace=replace(QUICK, first_pause_refused=60, longest_pause_refused=60))):
        wait_for(lambda: row(database, mailbox).trouble)
        time.sleep(0.5)
    assert "refuses the log-in of help" in (row(database, mailbox).trouble or "")
    assert "wrong" not in (row(database, mailbox).trouble or "")
    assert (dovecot.home / "log").read_text().count("auth failed") == 1


@pytest.mark.parametrize("capability", ["", "IMAP4rev1 IDLE LITERAL+"])  # the second without AUTH=PLAIN: LOGIN
def test_a_password_may_have_spaces_quotes_and_backslashes(database: Database, capability: str) -> None:
    server = Dovecot({"help": 'a "quoted" \\ one'}, capability=capability)
    try:
        server.start()
        seen = look(Account("127.0.0.1", server.port, "none", "help", server.users["help"]), timeout=QUICK.timeout)
        assert seen.trouble is None
    finally:
        server.remove()


@pytest.fixture()
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for «localhost», and for nothing else, that nobody knows; and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return chain, secret


@pytest.mark.parametrize("tls", ["imaps", "starttls"])
def test_the_certificate_and_the_name_in_it_are_verified(
    database: Database, certificate: tuple[Path, Path], tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Dovecot(certificate=certificate)
    try:
        server.start()
        port = server.tls_port if tls == "imaps" else server.port

        def see(host: str) -> str | None:
            return look(Account(host, port, tls, "help", PASSWORD), timeout=QUICK.timeout).trouble

        assert "The certificate of localhost cannot be trusted" in (see("localhost") or "")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert see("localhost") is None
        assert "The certificate of 127.0.0.1 cannot be trusted" in (see("127.0.0.1") or "")
        with database.transaction() as session:
            account = Account("localhost", port, tls, "help", PASSWORD)
            mailbox = mailboxes.add(session, account, agent=None, now=ago(minutes=1)).id
        with running(Fetcher(database, mailbox, pace=QUICK)):
            wait_for(lambda: row(database, mailbox).checked_at)
            server.append(letter("by TLS"))
            wait_for(lambda: subjects(database) == ["by TLS"], seconds=3)
    finally:
        server.remove()


def test_without_starttls_no_password_is_sent(database: Database, dovecot: Dovecot) -> None:
    seen = look(Account("127.0.0.1", dovecot.port, "starttls", "help", PASSWORD), timeout=QUICK.timeout)
    assert "offers no STARTTLS" in (seen.trouble or "")
    assert "Login: user" not in (dovecot.home / "log").read_text()


# A look


def test_a_look_tells_how_much_lies_there_and_changes_nothing(dovecot: Dovecot) -> None:
    _old_and_new(dovecot)
    dovecot.append(letter("x"), folder="B&APw-ro")
    account = account_of(dovecot.url())
    seen = look(account, timeout=QUICK.timeout)
    assert (seen.count, seen.idle, seen.trouble) == (3, True, None)
    assert seen.oldest is not None
    assert abs(seen.oldest - ago(days=400)) < timedelta(minutes=1)
    assert seen.folders == ("Büro", "INBOX")
    assert not any("\\Seen" in message.flags for message in dovecot.messages())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "wrong"}, "refuses the log-in of help"),
        ({"folder": "Nowhere"}, "The folder Nowhere cannot be opened"),
        ({"folder": 'INBOX"\r\nA1 DELETE "INBOX'}, "control characters"),
        ({"username": "help\r\nA1 LOGOUT"}, "control characters"),
        ({"password": "x\r\nA1 LOGOUT"}, "control characters"),
        ({"host": "nowhere.invalid"}, "There is no server named nowhere.invalid"),
        ({"port": 1}, "cannot be reached"),
    ],
)
def test_a_look_says_in_a_sentence_what_is_wrong(dovecot: Dovecot, change: dict[str, object], sentence: str) -> None:
    account = replace(account_of(dovecot.url()), **change)
    seen = look(account, timeout=QUICK.timeout)
    assert sentence in (seen.trouble or "")


def test_a_single_fetch_notes_its_trouble_and_raises_it(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url(folder="Nowhere"))
    with pytest.raises(Trouble, match="The folder Nowhere cannot be opened"):
        fetch_once(database, mailbox, pace=QUICK)
    assert "The folder Nowhere cannot be opened" in (row(database, mailbox).trouble or "")


def test_a_folder_with_a_name_beyond_ascii_is_read(database: Database, dovecot: Dovecot) -> None:
    dovecot.append(letter("in the office"), folder="B&APw-ro")  # Büro in modified UTF-7
    mailbox = connect(database, dovecot.url(folder="B%C3%BCro"), take="all")
    fetch_once(database, mailbox, pace=QUICK)
    assert subjects(database) == ["in the office"]
    assert row(database, mailbox).folder == "Büro"
