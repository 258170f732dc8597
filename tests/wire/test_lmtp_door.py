"""The same door for an MTA that speaks LMTP (RFC 2033)."""

from __future__ import annotations

import smtplib

from helpdesk.db import Database
from helpdesk.models import InboundMail
from tests.doors import DESK, LETTER, Talk, kept, open_door


def test_lhlo_greets_and_smtp_greetings_are_refused(database: Database) -> None:
    with open_door(database, protocol="lmtp") as door, Talk(door, greet="") as mta:
        assert mta.greeting == "220 reply.example.org LMTP Holdline"
        assert mta.say("EHLO mta.example").startswith("500")
        assert mta.say("HELO mta.example").startswith("500")
        assert mta.say("MAIL FROM:<a@x.example>").startswith("503")
        assert "8BITMIME" in mta.say("LHLO mta.example")
        assert mta.post().startswith("250")


def test_every_recipient_that_was_taken_gets_an_answer_of_its_own(database: Database) -> None:
    with open_door(database, protocol="lmtp") as door, Talk(door, greet="LHLO mta.example") as mta:
        mta.say("MAIL FROM:<a@x.example>")
        assert mta.say(f"RCPT TO:<{DESK}>").startswith("250")
        assert mta.say("RCPT TO:<nobody@example.org>").startswith("550")
        assert mta.say("RCPT TO:<postmaster@example.org>").startswith("250")
        mta.say("DATA")
        assert mta.say(LETTER + b".").startswith("250 2.0.0")
        assert mta.hear().startswith("250 2.0.0")
        assert mta.say("NOOP").startswith("250 2.0.0 OK")
    assert kept(database) == [("a@x.example", (DESK, "postmaster@example.org"), LETTER)]
    with database.reading() as session:
        assert session.get_one(InboundMail, 1).door == "lmtp"


def test_a_message_that_is_refused_is_refused_to_every_recipient(database: Database) -> None:
    with open_door(database, protocol="lmtp") as door, Talk(door, greet="LHLO mta.example") as mta:
        mta.begin(DESK, "postmaster@example.org")
        assert mta.say(b"bare\nnewline\r\n.").startswith("550 5.5.2")
        assert mta.hear().startswith("550 5.5.2")
        assert mta.say("DATA").startswith("503")
    assert kept(database) == []


def test_pythons_own_client_is_understood(database: Database) -> None:
    with open_door(database, protocol="lmtp") as door, smtplib.LMTP("127.0.0.1", door.port) as client:
        client.sendmail("a@x.example", [DESK], LETTER)
    assert kept(database) == [("a@x.example", (DESK,), LETTER)]
