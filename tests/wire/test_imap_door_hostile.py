"""The IMAP door against servers that lie, stall, babble or break: memory stays bounded, nothing is marked unless it is kept."""

from __future__ import annotations

import base64
import logging
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk import clock
from helpdesk.actions import mailboxes
from helpdesk.db import Database
from helpdesk.models import Mailbox
from helpdesk.oauth import OAuthClient
from helpdesk.queries.mailboxes import Account, account_of
from helpdesk.settings import Settings
from mail.fetch import Fetcher, Look, fetch_once, look
from mail.imap.client import connected
from mail.imap.troubles import Trouble
from mail.tokens import Tokens
from tests.fake_imap import POLITE, FakeIMAP, Talk, serving
from tests.imap_door import QUICK, connect, kept, letter, row, running, subjects, wait_for
from tests.token_server import TokenServer

HASTY = replace(QUICK, timeout=QUICK.timeout._replace(read=1))


@pytest.fixture()
def server() -> Iterator[FakeIMAP]:
    """A server with three messages."""
    with serving() as server:
        server.messages = {uid: letter(subject) for uid, subject in [(1, "one"), (2, "two"), (3, "three")]}
        yield server


@contextmanager
def memory_below(octets: int) -> Iterator[None]:
    """Fails where more than so many octets are held at once."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < octets
    finally:
        tracemalloc.stop()


def see(server: FakeIMAP, **account: str) -> Look:
    given = {"tls": "none", "username": "help", "password": "secret", "folder": "INBOX", **account}
    return look(Account("127.0.0.1", server.port, **given), timeout=HASTY.timeout)


def once(before: threading.Event) -> bool:
    """True the first time."""
    first = not before.is_set()
    before.set()
    return first


def test_the_polite_server_is_read(database: Database, server: FakeIMAP) -> None:
    mailbox = connect(database, server.url)
    assert fetch_once(database, mailbox, pace=HASTY) == 3
    assert subjects(database) == ["one", "two", "three"]
    assert server.heard(r"UID STORE 1,2,3 +FLAGS.SILENT (\SEEN $HOLDLINE)") == 1


# What is too much


@pytest.mark.parametrize("size", ["2147483648", "99999999999999999999", "9" * 5000])
def test_a_literal_without_measure_is_not_read(database: Database, server: FakeIMAP, size: str) -> None:
    def lie(talk: Talk, tag: str, command: str) -> None:
        if "SIZE" in command:
            talk.say(*(f"* {uid} FETCH (UID {uid} RFC822.SIZE 100)" for uid in (1, 2, 3)), f"{tag} OK done")
        else:
            talk.send(b"* 1 FETCH (UID 1 BODY[] {%b}\r\n" % size.encode() + b"x" * 1_000_000)

    server.uidnext = 1
    server.lies["UID FETCH"] = lie
    mailbox = connect(database, server.url)
    with memory_below(40_000_000), pytest.raises(Trouble):
        fetch_once(database, mailbox, pace=HASTY)
    assert kept(database) == []
    assert server.heard("UID STORE") == 0


def test_many_literals_that_are_too_much_together_are_not_read(
    database: Database, server: FakeIMAP, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mail.imap.visit.TIMES_LIMIT", 0.1)  # 2.6 MB

    def lie(talk: Talk, tag: str, command: str) -> None:
        for uid in range(1, 200):
            talk.send(b"* 1 FETCH (UID %d BODY[] {500000}\r\n%b)\r\n" % (uid, b"x" * 500_000))

    server.lies["UID FETCH 1,2,3 (BODY"] = lie
    with memory_below(40_000_000), pytest.raises(Trouble, match="announced"):
        fetch_once(database, connect(database, server.url), pace=HASTY)


@pytest.mark.parametrize(
    ("command", "flood"),
    [
        ("CAPABILITY", b"x" * 65536),
        ("SELECT", (b"* OK still here" + b"!" * 1000 + b"\r\n") * 64),
        ("UID FETCH", (b"* 1 FETCH (FLAGS (" + b"x" * 1000 + b"))\r\n") * 64),
    ],
)
def test_an_answer_without_end_is_not_heard_to_the_end(database: Database, server: FakeIMAP, flood: bytes, command: str) -> None:
    def lie(talk: Talk, tag: str, command: str) -> None:
        for _ in range(1500):  # 100 MB
            talk.send(flood)
        talk.hang_up()

    server.lies[command] = lie
    with memory_below(60_000_000), pytest.raises(Trouble, match="no end"):
        fetch_once(database, connect(database, server.url), pace=HASTY)


def test_a_greeting_without_end_is_not_heard_to_the_end(server: FakeIMAP) -> None:
    def lie(talk: Talk) -> None:
        talk.send(b"* OK ")
        for _ in range(1500):
            talk.send(b"x" * 65536)
        talk.hang_up()

    server.greeting = lie
    with memory_below(60_000_000):
        assert "no end" in (see(server).trouble or "")


def test_an_answer_that_drips_is_given_up(database: Database, server: FakeIMAP, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mail.imap.wire.PATIENCE", 0.5)
    monkeypatch.setattr("mail.imap.wire.SLOWEST", 1 << 40)

    def lie(talk: Talk, tag: str, command: str) -> None:
        for _ in range(200):
            talk.send(b"x")
            time.sleep(0.05)
        talk.hang_up()

    server.lies["SELECT"] = lie
    began = time.monotonic()
    with pytest.raises(Trouble, match="too long"):
        fetch_once(database, connect(database, server.url), pace=HASTY)
    assert time.monotonic() - began < 5


def test_a_list_of_a_hundred_thousand_uids_that_are_not_there_keeps_nothing(database: Database, server: FakeIMAP) -> None:
    def lie(talk: Talk, tag: str, command: str) -> None:
        talk.say("* SEARCH " + " ".join(map(str, range(1, 100_001))), f"{tag} OK done")

    stop = threading.Event()

    def nothing(talk: Talk, tag: str, command: str) -> None:
        stop.set()
        talk.say(f"{tag} OK done")

    server.lies |= {"UID SEARCH": lie, "UID FETCH": nothing}
    with memory_below(60_000_000):
        Fetcher(database, connect(database, server.url), pace=replace(HASTY, timeout=QUICK.timeout._replace(read=20))).fetch(stop)
    assert kept(database) == []


@pytest.mark.parametrize("uid", ["0", "4294967296", "99999999999999999999999"])
def test_a_number_that_is_no_uid_is_overlooked(database: Database, server: FakeIMAP, uid: str) -> None:
    def lie(talk: Talk, tag: str, command: str) -> None:
        talk.say(f"* SEARCH 1 2 3 {uid}", f"{tag} OK done")

    server.lies["UID SEARCH"] = lie
    assert fetch_once(database, connect(database, server.url), pace=HASTY) == 3
    asked = {number for command in server.commands if "FETCH" in command for number in command.split()[2].split(",")}
    assert asked == {"1", "2", "3"}


def test_what_a_server_tells_during_a_long_session_does_not_pile_up(server: FakeIMAP) -> None:
    server.lies["IDLE"] = lambda talk, tag, _: talk.say("+ idling", *["* 3 EXISTS"] * 1000) or POLITE["IDLE"](talk, tag, "")
    with connected(account_of(server.url), HASTY.timeout) as connection:
        connection.open_folder("INBOX")
        with memory_below(3_000_000):
            for _ in range(10):
                connection.wait(5, threading.Event())
                connection.uids("ALL")
        assert len(connection._imap.untagged_responses.get("EXISTS", [])) == 0


def test_neither_mail_nor_password_is_written_to_any_log(
    database: Database, server: FakeIMAP, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    server.messages = {1: letter("canary in a subject", body="canary in a body")}
    with caplog.at_level(logging.DEBUG):
        assert fetch_once(database, connect(database, server.url), pace=HASTY) == 1
        server.capability = "IMAP4rev1"
        assert see(server).trouble is None
    written = caplog.text + "".join(capsys.readouterr())
    assert "canary" not in written
    assert "secret" not in written
    assert base64.b64encode(b"\0help\0secret").decode() not in written


# What is wrong


def test_brackets_deeper_than_anything_stop_no_other_message(database: Database, server: FakeIMAP) -> None:
    def lie(talk: Talk, tag: str, command: str) -> None:
        talk.say("* 1 FETCH (UID 1 RFC822.SIZE 10 X " + "(" * 50_000, f"{tag} OK done")

    server.lies["UID FETCH 1 "] = lie
    server.lies["UID FETCH 1,2,3 "] = lie
    assert fetch_once(database, connect(database, server.url), pace=HASTY) == 2
    assert subjects(database) == ["two", "three"]


@pytest.mark.parametrize(
    "said",
    [
        "{tag} NO [UNAVAILABLE] cannot read it",
        "{tag} BAD internal error",
        "* 1 FETCH (UID 1 RFC822.SIZE many)\r\n{tag} OK done",
        "* 1 FETCH (UID 1 FLAGS (x))\r\n{tag} OK done",
        "* 1 FETCH (UID 1 RFC822.SIZE)\r\n{tag} OK done",
        "* 1 FETCH UID\r\n{tag} OK done",
        '* 1 FETCH (UID 1 RFC822.SIZE 1 INTERNALDATE "1-Jan-99999999999999999999 10:00:00 +0000")\r\n{tag} OK done',
    ],
)
def test_a_first_message_that_cannot_be_asked_for_stops_no_other(database: Database, server: FakeIMAP, said: str) -> None:
    server.messages = {uid: letter(str(uid)) for uid in range(1, 51)}

    def lie(talk: Talk, tag: str, command: str) -> None:
        if command.split()[2].split(",")[0] == "1":
            talk.say(said.format(tag=tag))
        else:
            POLITE["UID FETCH"](talk, tag, command)

    server.lies["UID FETCH"] = lie
    mailbox = connect(database, server.url)
    assert fetch_once(database, mailbox, pace=HASTY) == 49
    assert sorted(map(int, subjects(database))) == list(range(2, 51))
    assert "1 of the messages cannot be taken and stay in the mailbox (UID 1: " in (row(database, mailbox).trouble or "")


@pytest.mark.parametrize("body", ["NIL", "12345", "(x)"])
def test_a_message_without_bytes_is_told_of_and_not_marked(database: Database, server: FakeIMAP, body: str) -> None:
    def lie(talk: Talk, tag: str, command: str) -> None:
        if "BODY" in command and "2" in command.split()[2].split(","):
            talk.say(f"* 2 FETCH (UID 2 BODY[] {body})", f"{tag} OK done")
        else:
            POLITE["UID FETCH"](talk, tag, command)

    server.lies["UID FETCH"] = lie
    mailbox = connect(database, server.url)
    fetch_once(database, mailbox, pace=HASTY)
    assert subjects(database) == ["one", "three"]
    assert "UID 2: the server does not give it out" in (row(database, mailbox).trouble or "")
    assert not any("2" in command.split()[2] for command in server.commands if command.startswith("UID STORE"))


@pytest.mark.parametrize("date", ['"soon"', '"21-Nov-9999 10:00:00 -9999"', '"00-Jan-0000 00:00:00 +0000"', "NIL"])
def test_a_message_without_a_sensible_date_is_kept(database: Database, server: FakeIMAP, date: str) -> None:
    def lie(talk: Talk, tag: str, command: str) -> None:
        talk.say(f"* 1 FETCH (UID 1 RFC822.SIZE 10 INTERNALDATE {date})", f"{tag} OK done")

    server.messages, server.uidnext = {1: letter("one")}, 1
    server.lies["UID FETCH 1 (RFC822.SIZE"] = lie
    assert fetch_once(database, connect(database, server.url), pace=HASTY) == 1
    assert kept(database)[0].sent_at is None


def test_days_are_those_of_the_servers_time_zone(database: Database, server: FakeIMAP) -> None:
    def search(talk: Talk, tag: str, command: str) -> None:
        found = " 1" if "SINCE 25-Oct-2026" in command else ""
        talk.say(f"* SEARCH{found}", f"{tag} OK done")

    server.date = '"25-Oct-2026 20:00:00 -0800"'  # the 26th in UTC
    server.lies["UID SEARCH"] = search
    mailbox = connect(database, server.url, take="7", at=datetime(2026, 11, 2, 0, 30, tzinfo=UTC))
    assert fetch_once(database, mailbox, pace=HASTY) == 1


def test_an_answer_about_another_message_is_not_taken_for_the_one_that_was_asked_for(
    database: Database, server: FakeIMAP
) -> None:
    def lie(talk: Talk, tag: str, command: str) -> None:
        raw = letter("planted")
        talk.send(b"* 9 FETCH (UID 9 RFC822.SIZE 10 BODY[] {%d}\r\n%b)\r\n" % (len(raw), raw))
        talk.say(f"{tag} OK done")

    server.lies["UID FETCH"] = lie
    assert fetch_once(database, connect(database, server.url), pace=HASTY) == 0


def test_a_server_that_never_asked_for_a_password_is_not_believed(server: FakeIMAP) -> None:
    server.greeting = lambda talk: talk.say("* PREAUTH welcome")
    assert "did not ask for a password" in (see(server).trouble or "")
    assert server.heard("SELECT") == 0


@pytest.mark.parametrize(
    "greeting", ["HTTP/1.1 400 Bad Request", "* BYE too many of you", "\x00\xff\x00", "", "* OK {999999999999}"]
)
def test_what_is_no_imap_server_is_trouble_in_a_sentence(server: FakeIMAP, greeting: str) -> None:
    server.greeting = lambda talk: talk.say(greeting) or talk.hang_up()
    trouble = see(server).trouble
    assert trouble
    assert trouble.startswith("127.0.0.1") or "The connection to 127.0.0.1 broke off" in trouble
    assert trouble.isprintable()


@pytest.mark.parametrize("numbers", [(0, 5), (2**32, 5), (7, 2**32)])
def test_numbers_that_cannot_last_are_refused(database: Database, server: FakeIMAP, numbers: tuple[int, int]) -> None:
    server.uidvalidity, server.uidnext = numbers
    with pytest.raises(Trouble, match="no lasting numbers"):
        fetch_once(database, connect(database, server.url), pace=HASTY)


def test_after_the_highest_uid_that_there_is_no_higher_one_is_asked_for(database: Database, server: FakeIMAP) -> None:
    last = 2**32 - 1
    server.messages, server.uidnext = {last: letter("the last one")}, last
    assert fetch_once(database, connect(database, server.url), pace=HASTY) == 1
    assert not any(str(last + 1) in command for command in server.commands)


def test_uids_that_are_given_a_second_time_are_taken_for_new_messages(database: Database, server: FakeIMAP) -> None:
    mailbox = connect(database, server.url)
    fetch_once(database, mailbox, pace=HASTY)
    server.messages = {1: letter("restored from a backup, then new")}
    server.uidnext = 2  # lower than before, under the same UIDVALIDITY
    for _ in range(3):
        fetch_once(database, mailbox, pace=HASTY)
    assert subjects(database) == ["one", "two", "three", "restored from a backup, then new"]
    assert len({(mail.uidvalidity, mail.uid) for mail in kept(database)}) == 4


# What may be marked


def test_a_folder_that_may_only_be_read_is_read_and_not_marked(database: Database, server: FakeIMAP) -> None:
    server.access = "READ-ONLY"
    assert fetch_once(database, connect(database, server.url), pace=HASTY) == 3
    assert server.heard("EXAMINE") == 1
    assert server.heard("UID STORE") == 0


@pytest.mark.parametrize(
    ("permanent", "flags"), [("", ""), (r"\Seen", r"(\SEEN)"), (r"\Answered \*", "($HOLDLINE)"), ("$Holdline", "($HOLDLINE)")]
)
def test_only_flags_that_the_folder_keeps_are_set(database: Database, server: FakeIMAP, permanent: str, flags: str) -> None:
    server.permanent = permanent
    fetch_once(database, connect(database, server.url), pace=HASTY)
    assert [command.upper() for command in server.commands if "STORE" in command] == (
        [f"UID STORE 1,2,3 +FLAGS.SILENT {flags}"] if flags else []
    )


# What breaks off


@pytest.mark.parametrize("how", ["bye", "cut", "stall"])
def test_a_message_that_broke_off_in_the_middle_is_read_again_whole(database: Database, server: FakeIMAP, how: str) -> None:
    before = threading.Event()

    def lie(talk: Talk, tag: str, command: str) -> None:
        if not once(before):
            return POLITE["UID FETCH"](talk, tag, command)
        talk.send(b"* 1 FETCH (UID 1 BODY[] {1000}\r\n" + letter("half")[:20])
        if how == "bye":
            talk.say("* BYE shutting down")
        if how == "stall":
            time.sleep(2.5)
        return talk.hang_up()

    server.lies["UID FETCH 1,2,3 (BODY"] = lie
    mailbox = connect(database, server.url)
    with running(Fetcher(database, mailbox, pace=HASTY)):
        wait_for(lambda: len(subjects(database)) == 3)
        wait_for(lambda: row(database, mailbox).trouble is None)
    assert sorted(subjects(database)) == ["one", "three", "two"]


def test_a_message_that_always_breaks_the_connection_is_put_aside_and_the_others_come(
    database: Database, server: FakeIMAP
) -> None:
    def lie(talk: Talk, tag: str, command: str) -> None:
        if "1" in command.split()[2].split(","):
            talk.hang_up()
        POLITE["UID FETCH"](talk, tag, command)

    server.lies["UID FETCH"] = lie
    mailbox = connect(database, server.url)
    with running(Fetcher(database, mailbox, pace=replace(HASTY, longest_pause=0.1))):
        wait_for(lambda: sorted(subjects(database)) == ["three", "two"])
        wait_for(lambda: "UID 1: the connection breaks off over it" in (row(database, mailbox).trouble or ""))


def test_what_was_put_aside_gets_another_chance(database: Database, server: FakeIMAP) -> None:
    broken = threading.Event()
    broken.set()

    def lie(talk: Talk, tag: str, command: str) -> None:
        if broken.is_set() and "1" in command.split()[2].split(","):
            talk.hang_up()
        POLITE["UID FETCH"](talk, tag, command)

    server.lies["UID FETCH"] = lie
    mailbox = connect(database, server.url)
    pace = replace(HASTY, idle=0.1, first_pause=0.05, longest_pause=0.05, visit_in_trouble=0.3)
    with running(Fetcher(database, mailbox, pace=pace)):
        wait_for(lambda: "UID 1: " in (row(database, mailbox).trouble or ""))
        broken.clear()
        wait_for(lambda: sorted(subjects(database)) == ["one", "three", "two"])
        wait_for(lambda: row(database, mailbox).trouble is None)


def test_after_a_while_a_visit_begins_anew_so_that_nothing_is_overlooked_for_ever(database: Database, server: FakeIMAP) -> None:
    low = server.messages.pop(1)  # it will appear below UIDs that were seen already, which no server should do
    with running(Fetcher(database, connect(database, server.url), pace=replace(HASTY, idle=0.1, visit=0.3))):
        wait_for(lambda: subjects(database) == ["two", "three"])
        server.messages[1] = low
        wait_for(lambda: subjects(database) == ["two", "three", "one"])


def test_a_server_that_hangs_up_is_called_less_and_less_often(database: Database, server: FakeIMAP) -> None:
    server.greeting = lambda talk: talk.hang_up()
    mailbox = connect(database, server.url)
    with running(Fetcher(database, mailbox, pace=replace(HASTY, first_pause=0.1, longest_pause=30))):
        time.sleep(2)
    assert 2 <= server.connections <= 7


def test_a_mailbox_that_was_let_go_is_not_visited(database: Database, server: FakeIMAP) -> None:
    mailbox = connect(database, server.url)
    with database.transaction() as session:
        mailboxes.remove(session, session.get_one(Mailbox, mailbox), agent=None, now=clock.now())
    assert fetch_once(database, mailbox, pace=HASTY) == 0
    assert fetch_once(database, mailbox + 1, pace=HASTY) == 0
    assert server.connections == 0


def test_the_end_of_the_connection_while_idling_costs_no_time_and_is_repaired(database: Database, server: FakeIMAP) -> None:
    before = threading.Event()

    def lie(talk: Talk, tag: str, command: str) -> None:
        talk.say("+ idling")
        if once(before):
            talk.hang_up()
        talk.server.stop_idling.wait(20)

    server.lies["IDLE"] = lie
    mailbox = connect(database, server.url)
    began = time.process_time()
    with running(Fetcher(database, mailbox, pace=HASTY)):
        wait_for(lambda: server.connections == 2)
        time.sleep(0.5)
    assert time.process_time() - began < 1.5


@pytest.mark.parametrize("said", ["+ idling\r\n* 4 EXISTS", "* 4 EXISTS\r\n+ idling"])
def test_news_that_come_together_with_the_idle_answer_are_heard_at_once(database: Database, server: FakeIMAP, said: str) -> None:
    before = threading.Event()

    def lie(talk: Talk, tag: str, command: str) -> None:
        if once(before):
            talk.server.messages[4] = letter("four")
            talk.say(said)
        else:
            talk.say("+ idling")
        talk.hear()
        talk.say(f"{tag} OK done")

    server.lies["IDLE"] = lie
    with running(Fetcher(database, connect(database, server.url), pace=HASTY)):
        wait_for(lambda: "four" in subjects(database), seconds=3)


def test_a_server_that_chatters_while_idling_is_not_asked_more_than_a_few_times_a_second(
    database: Database, server: FakeIMAP
) -> None:
    def lie(talk: Talk, tag: str, command: str) -> None:
        talk.say("+ idling", "* OK still here")
        talk.hear()
        talk.say(f"{tag} OK done")

    server.lies["IDLE"] = lie
    with running(Fetcher(database, connect(database, server.url), pace=replace(HASTY, breath=0.2))):
        wait_for(lambda: server.heard("IDLE"))
        time.sleep(1)
    assert server.heard("IDLE") <= 8


def test_where_news_are_shown_only_when_asked_for_and_there_is_no_idle_they_are_asked_for(
    settings: Settings, database: Database, server: FakeIMAP
) -> None:
    news = {4: letter("four")}

    def tell(talk: Talk, tag: str, command: str) -> None:
        talk.server.messages |= news
        talk.say("* 4 EXISTS", f"{tag} OK done")

    server.capability = "IMAP4rev1 AUTH=PLAIN"
    server.lies["NOOP"] = tell
    hasty = Database(settings.model_copy(update={"imap_poll": timedelta(seconds=0.1)}))
    with closing(hasty), running(Fetcher(hasty, connect(database, server.url), pace=HASTY)):
        wait_for(lambda: "four" in subjects(database))
    assert server.heard("IDLE") == 0


# What is said to it


def test_who_offers_no_plain_authentication_hears_a_quoted_login(server: FakeIMAP) -> None:
    server.capability = "IMAP4rev1"
    assert see(server, username='an "odd" name', password="a \\ b").trouble is None
    assert r'LOGIN "an \"odd\" name" "a \\ b"' in server.commands


def test_who_offers_no_plain_authentication_cannot_be_told_every_letter(server: FakeIMAP) -> None:
    assert see(server, password="pässwörd").trouble is None
    server.capability = "IMAP4rev1"
    assert "only plain ASCII" in (see(server, password="pässwörd").trouble or "")


@pytest.mark.parametrize("field", ["username", "password", "folder"])
def test_a_line_break_is_refused_before_anything_is_sent(server: FakeIMAP, field: str) -> None:
    server.capability = "IMAP4rev1"
    assert "control characters" in (see(server, **{field: "x\r\nA9 DELETE INBOX"}).trouble or "")
    assert server.heard("A9") == server.heard("DELETE") == 0
    assert not any("x" in command for command in server.commands)


def test_what_was_said_before_tls_does_not_count_after_it(server: FakeIMAP) -> None:
    server.capability = "IMAP4rev1 STARTTLS AUTH=PLAIN"
    server.lies["STARTTLS"] = lambda talk, tag, _: talk.send(f"{tag} OK begin\r\n* CAPABILITY IMAP4rev1\r\n".encode())
    assert "in the clear after STARTTLS" in (see(server, tls="starttls").trouble or "")
    assert server.heard("AUTHENTICATE") == server.heard("LOGIN") == 0


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("NO [AUTHENTICATIONFAILED] wrong", "refuses the log-in of help"),
        ("NO wrong", "refuses the log-in of help"),
        ("NO [UNAVAILABLE] the user database is away", "cannot check passwords now"),
        ("BYE", "broke off"),
    ],
)
def test_only_a_refusal_is_called_a_refusal(server: FakeIMAP, answer: str, sentence: str) -> None:
    def lie(talk: Talk, tag: str, command: str) -> None:
        talk.say("+ ")
        talk.hear()
        talk.say(f"{tag} {answer}" if answer != "BYE" else "* BYE")
        talk.hang_up()

    server.lies["AUTHENTICATE"] = lie
    assert sentence in (see(server).trouble or "")


@pytest.mark.parametrize("how", ["password", "token"])
def test_a_server_that_asks_for_the_log_in_again_and_again_is_left(server: FakeIMAP, how: str) -> None:
    heard = []

    def lie(talk: Talk, _tag: str, _command: str) -> None:
        while len(heard) < 1000:
            talk.say("+ bW9yZQ==")
            heard.append(talk.hear())

    server.capability = "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2"
    server.lies["AUTHENTICATE"] = lie
    with TokenServer().running() as tokens:
        account = Account("127.0.0.1", server.port, "none", "help", "secret", oauth="office" if how == "token" else "")
        source = Tokens({"office": OAuthClient(**tokens.client())})
        assert "again and again" in (look(account, tokens=source, timeout=HASTY.timeout).trouble or "")
    assert len(heard) < 10


def test_a_server_that_repeats_what_it_was_told_does_not_get_it_into_the_sentence(server: FakeIMAP) -> None:
    def lie(talk: Talk, tag: str, _command: str) -> None:
        talk.say("+ ")
        talk.hear()
        talk.say(f"{tag} NO the password secret of help is wrong")

    server.lies["AUTHENTICATE"] = lie
    assert see(server).trouble == "127.0.0.1 refuses the log-in of help; it says: the password … of help is wrong"
