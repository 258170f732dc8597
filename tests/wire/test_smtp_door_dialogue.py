"""The dialogue: what is understood, what is refused, and that nothing is taken for a command which is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.db import Database
from helpdesk.settings import Settings
from mail.listen import SmtpDoor
from tests.doors import DESK, LETTER, Talk, kept, open_door


@pytest.fixture(scope="module")
def door(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmtpDoor]:
    """One door for all conversations that leave nothing behind."""
    folder = tmp_path_factory.mktemp("door")
    shutil.copy(migrated_sqlite, folder / "holdline.db")
    database = Database(Settings(_env_file=None, secret_key="a secret of this door, long enough: 0123456789", data_dir=folder))
    with open_door(database) as door:
        yield door
    database.close()


@pytest.fixture()
def talk(door: SmtpDoor) -> Iterator[Talk]:
    with Talk(door) as talk:
        yield talk


def test_the_door_says_what_it_offers_and_nothing_else(talk: Talk) -> None:
    assert talk.greeting == "220 reply.example.org ESMTP Holdline"
    assert talk.offers.split("\n") == [
        "250-reply.example.org",
        f"250-SIZE {25 * 1024 * 1024}",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250 ENHANCEDSTATUSCODES",
    ]


def test_an_old_client_may_say_helo(database: Database) -> None:
    with open_door(database) as door, Talk(door, greet="") as old:
        assert old.say("MAIL FROM:<a@x.example>").startswith("503 5.5.1")
        assert old.say("HELO old.example").startswith("250 ")
        assert old.say("MAIL FROM:<a@x.example> SIZE=10").startswith("555 5.5.4")
        assert old.post().startswith("250")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("EHLO", "501 5.5.4"),
        ("NOOP", "250 2.0.0"),
        ("noop with a word", "250 2.0.0"),
        ("VRFY anna", "252 "),
        ("EXPN anna", "502 5.5.1"),
        ("HELP", "502 5.5.1"),
        ("ETRN example.org", "502 5.5.1"),
        ("STARTTLS", "502 5.5.1"),
        ("XCLIENT ADDR=192.0.2.1", "502 5.5.1"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 25 25", "502 5.5.1"),
        ("AUTH PLAIN AGEAYg==", "530 5.7.0"),
        ("WHAT", "500 5.5.2"),
        ("", "500 5.5.2"),
        ("RSET now", "501 5.5.4"),
        ("DATA", "503 5.5.1"),
        ("RCPT TO:<help@example.org>", "503 5.5.1"),
        ("MAIL", "501 5.5.4"),
        ("MAIL TO:<a@x.example>", "501 5.5.4"),
        ("MAIL FROM:a@x.example", "501 5.5.4"),
        ("MAIL FROM:<a@x.example", "501 5.5.4"),
        ("MAIL FROM:<a@x.example>SIZE=10", "501 5.5.4"),
        ("MAIL FROM:<a@x.example> SIZE=", "501 5.5.4"),
        ("MAIL FROM:<a@x.example> SIZE=ten", "501 5.5.4"),
        ("MAIL FROM:<a@x.example> SIZE=1 SIZE=1", "501 5.5.4"),
        ("MAIL FROM:<a@x.example> SMTPUTF8=yes", "501 5.5.4"),
        ("MAIL FROM:<a@x.example> BODY", "501 5.5.4"),
        ("MAIL FROM:<a@x.example> BODY=BINARYMIME", "555 5.5.4"),
        ("MAIL FROM:<a@x.example> RET=HDRS", "555 5.5.4"),
        ("MAIL FROM:<a@x.example> ENVID=1", "555 5.5.4"),
        ("MAIL FROM:<a@x.example> AUTH=<>", "555 5.5.4"),
        ("MAIL FROM:<jörg@x.example>", "553 5.6.7"),
        ("mail from: <a@x.example>  size=10  body=8bitmime", "250 2.1.0"),
    ],
)
def test_every_command_has_its_answer(talk: Talk, said: str, heard: str) -> None:
    assert talk.say(said).startswith(heard)
    assert talk.say("RSET").startswith("250")
    assert talk.post().startswith("250")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "@",
        "@example.org",
        "help@",
        "help@@example.org",
        "help desk@example.org",
        "help(comment)@example.org",
        "help@example..org",
        "help@-example.org",
        "<help@example.org>",
        '"help@example.org',
        '"he"lp@example.org',
        "help,x@example.org",
        "x" * 65 + "@example.org",
        "x@" + "y" * 300 + ".org",
        "help@[127.0.0.1",
        "x" * 400,
    ],
)
def test_what_is_no_address_is_refused_as_recipient_and_as_sender(talk: Talk, path: str) -> None:
    if path:
        assert talk.say(f"MAIL FROM:<{path}>")[:9] in ("553 5.1.7", "501 5.5.4")
    assert talk.say("MAIL FROM:<a@x.example>").startswith("250")
    assert talk.say(f"RCPT TO:<{path}>")[:9] in ("553 5.1.3", "501 5.5.4")


@pytest.mark.parametrize("path", ["anna", "@relay.example:anna@x.example"])
def test_a_sender_without_a_domain_of_its_own_is_none(talk: Talk, path: str) -> None:
    assert talk.say(f"MAIL FROM:<{path}>").startswith("553 5.1.7")


@pytest.mark.parametrize(
    "path",
    [
        "a..b.@x.example",
        '"a b\\"c"@x.example',
        "a+b=c@my_host.example",
        "x" * 64 + "@x.example",
        "a@[192.0.2.1]",
        "a@[IPv6:::1]",
        "A@X.",
    ],
)
def test_odd_senders_that_exist_are_taken_as_they_are(database: Database, path: str) -> None:
    with open_door(database) as door, Talk(door) as talk:
        assert talk.post(sender=path).startswith("250")
    local, _, domain = path.rpartition("@")
    assert kept(database)[0][0] == f"{local}@{domain.lower()}"


@pytest.mark.parametrize("octet", [b"\x00", b"\r", b"\n", b"\t", b"\x7f", b"\x1b"], ids=repr)
def test_a_control_character_in_a_command_is_refused(talk: Talk, octet: bytes) -> None:
    assert talk.say(b"MAIL FROM:<a" + octet + b"b@x.example>").startswith("501 5.5.2")
    assert talk.say("MAIL FROM:<a@x.example>").startswith("250")
    assert talk.say(b"RCPT TO:<help" + octet + b"@example.org>").startswith("501 5.5.2")
    assert talk.say(b'RCPT TO:<"help' + octet + b'"@example.org>').startswith("501 5.5.2")


def test_an_address_that_is_no_utf8_is_refused(talk: Talk) -> None:
    assert talk.say(b"MAIL FROM:<j\xf6rg@x.example> SMTPUTF8").startswith("553 5.1.7")
    assert talk.say("MAIL FROM:<jörg@x.example> SMTPUTF8").startswith("250")
    assert talk.say(b"RCPT TO:<j\xf6rg@example.org>").startswith("553 5.1.3")
    assert talk.say("RCPT TO:<jörg@example.org>").startswith("550 5.1.1")
    assert talk.say("RSET").startswith("250")
    assert talk.say("MAIL FROM:<anna@x.example>").startswith("250")
    assert talk.say("RCPT TO:<jörg@example.org>").startswith("553 5.6.7")


def test_a_line_feed_alone_ends_no_command(database: Database) -> None:
    with open_door(database) as door, Talk(door) as talk:
        talk.send(b"MAIL FROM:<a@x.example>\nRCPT TO:<help@example.org>\nDATA\r\n")
        assert talk.hear().startswith("501 5.5.2")
        assert talk.say("RCPT TO:<help@example.org>").startswith("503")


def test_parameters_that_rcpt_does_not_know_are_refused(talk: Talk) -> None:
    talk.say("MAIL FROM:<a@x.example>")
    assert talk.say(f"RCPT TO:<{DESK}> NOTIFY=NEVER").startswith("555 5.5.4")
    assert talk.say("DATA").startswith("503")


def test_a_second_sender_is_refused_and_the_first_stays(database: Database) -> None:
    with open_door(database) as door, Talk(door) as talk:
        talk.say("MAIL FROM:<a@x.example>")
        assert talk.say("MAIL FROM:<b@x.example>").startswith("503 5.5.1")
        talk.say(f"RCPT TO:<{DESK}>")
        talk.say("DATA")
        assert talk.say("x\r\n.").startswith("250")
    assert kept(database)[0][0] == "a@x.example"


def test_the_null_sender_counts_as_one(talk: Talk) -> None:
    assert talk.say("MAIL FROM:<>").startswith("250")
    assert talk.say("MAIL FROM:<b@x.example>").startswith("503")


@pytest.mark.parametrize("again", ["RSET", "EHLO anna", "HELO anna"])
def test_beginning_anew_forgets_sender_and_recipients(talk: Talk, again: str) -> None:
    talk.say("MAIL FROM:<a@x.example>")
    talk.say(f"RCPT TO:<{DESK}>")
    assert talk.say(again).startswith("250")
    assert talk.say("DATA").startswith("503")
    assert talk.say(f"RCPT TO:<{DESK}>").startswith("503")
    assert talk.post().startswith("250")


def test_data_with_a_word_behind_it_is_refused(talk: Talk) -> None:
    talk.say("MAIL FROM:<a@x.example>")
    talk.say(f"RCPT TO:<{DESK}>")
    assert talk.say("DATA now").startswith("501 5.5.4")
    assert talk.say("DATA").startswith("354")


def test_five_unknown_commands_are_enough(talk: Talk) -> None:
    for _ in range(4):
        assert talk.say("WHAT").startswith("500 5.5.2")
    assert talk.say("WHAT").startswith("421 4.7.0")
    assert talk.has_ended()


def test_an_endless_command_is_refused(talk: Talk) -> None:
    talk.send(b"MAIL FROM:<" + b"a" * 100_000)
    assert talk.hear().startswith("500 5.5.2")
    assert talk.has_ended()


@pytest.mark.parametrize("line", ["GET / HTTP/1.1", "POST /x HTTP/1.1", "Host: example.org", "Subject: hello"])
def test_a_browser_is_sent_away(talk: Talk, line: str) -> None:
    assert talk.say(line).startswith("554 5.5.1")
    assert talk.has_ended()


@pytest.mark.parametrize("command", ["BDAT 80 LAST", "BDAT 80"])
def test_chunks_are_never_taken_for_commands(database: Database, command: str) -> None:
    with open_door(database) as door, Talk(door) as talk:
        talk.say("MAIL FROM:<a@x.example>")
        talk.say(f"RCPT TO:<{DESK}>")
        talk.send(f"{command}\r\nRSET\r\nMAIL FROM:<b@x.example>\r\nRCPT TO:<{DESK}>\r\nDATA\r\nx\r\n.\r\n".encode())
        assert talk.hear().startswith("502 5.5.1")
        assert talk.has_ended()
    assert kept(database) == []


def test_a_message_that_follows_a_refused_data_is_not_obeyed(database: Database) -> None:
    inside = f"\r\nMAIL FROM:<b@x.example>\r\nRCPT TO:<{DESK}>\r\nDATA\r\nsmuggled\r\n.\r\n".encode()
    with open_door(database) as door:
        with Talk(door) as hasty:
            hasty.send(b"MAIL FROM:<a@x.example>\r\nRCPT TO:<nobody@example.org>\r\nDATA\r\n" + LETTER + inside)
            assert [hasty.hear()[:3] for _ in range(3)] == ["250", "550", "554"]
            assert hasty.has_ended()
        with Talk(door) as slower:
            assert slower.say("DATA").startswith("503")
            slower.send(LETTER.replace(b": ", b" ") + inside)
            assert slower.hear().startswith("554")
            assert slower.has_ended()
    assert kept(database) == []


ENDS = [
    b"\n.\n",
    b"\n.\r\n",
    b"\r\n.\n",
    b"\r.\r",
    b"\r.\r\n",
    b"\r\n.\r",
    b"\n.\r",
    b"\r.\n",
    b"\r\n\x00.\r\n",
    b"\r\n.\x00\r\n",
    b"\r\r\n.\r\r\n",
    b"\r\n.\r\r\n",
]


@pytest.mark.parametrize("end", ENDS, ids=repr)
@pytest.mark.parametrize("bare_newlines", ["refuse", "normalise"])
def test_no_other_end_of_a_message_smuggles_a_second_one_in(database: Database, end: bytes, bare_newlines: str) -> None:
    smuggled = b"MAIL FROM:<ceo@example.org>\r\nRCPT TO:<help@example.org>\r\nDATA\r\nsmuggled"
    with open_door(database, bare_newlines=bare_newlines) as door, Talk(door) as mallory:
        mallory.begin()
        said = mallory.say(b"Subject: x\r\n\r\nhello" + end + smuggled + b"\r\n.")
        bare = end.count(b"\r") != end.count(b"\r\n") or end.count(b"\n") != end.count(b"\r\n")
        assert said.startswith("550 5.5.2" if bare and bare_newlines == "refuse" else "250")
        assert mallory.say("NOOP").startswith("250")
    found = kept(database)
    assert [sender for sender, _, _ in found] in ([], ["anna@customer.example"])
    assert all(raw.replace(b"\r\n", b"").count(b"\r") == raw.replace(b"\r\n", b"").count(b"\n") == 0 for _, _, raw in found)


def test_a_bare_newline_becomes_a_space_where_the_mta_in_front_should_have_seen_to_it(database: Database) -> None:
    with open_door(database, bare_newlines="normalise") as door, Talk(door) as mta:
        assert mta.post(b"X-Junk: x\rAuthentication-Results: ours\nBcc: y\r\n\r\nz\r\n").startswith("250")
    assert kept(database)[0][2] == b"X-Junk: x Authentication-Results: ours Bcc: y\r\n\r\nz\r\n"
