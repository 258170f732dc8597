"""What becomes of a mail when something breaks on its way in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from helpdesk import clock
from helpdesk.actions import desks
from helpdesk.db import Database
from helpdesk.models import Arrival, InboundMail
from mail import inbound
from mail.inbound import Parcel
from mail.letter import Envelope, Letter, Unreadable
from mail.parse import parse

RAW = b"From: Anna <anna@customer.example>\r\nTo: help@example.org\r\nSubject: Fire\r\nMessage-ID: <1@customer.example>\r\n\r\nHelp\r\n"


class Reads:
    """A reader that does what it is told."""

    def __init__(self, read: Callable[[bytes], Letter]) -> None:
        self.read = read


@pytest.fixture()
def mail_id(database: Database) -> int:
    with database.transaction() as session:
        desks.sync_from_settings(session, now=clock.now())
    envelope = Envelope("smtp", "anna@customer.example", ("help@example.org",), "127.0.0.1", clock.now())
    return inbound.accept(database, [Parcel(RAW, envelope)])[0].mail_id


def settled(database: Database, mail_id: int) -> Arrival:
    with database.reading() as session:
        arrival = session.get_one(InboundMail, mail_id).arrivals[0]
        session.expunge(arrival)
        return arrival


def test_a_mail_that_kills_its_reader_three_times_is_held_with_its_reason(database: Database, mail_id: int) -> None:
    def die(_raw: bytes) -> Letter:
        raise Unreadable("its reader died")

    for _ in range(3):
        with pytest.raises(Unreadable):
            inbound.process(database, Reads(die), mail_id)
        assert settled(database, mail_id).outcome is None
    inbound.process(database, Reads(die), mail_id)
    arrival = settled(database, mail_id)
    assert arrival.outcome == "held"
    assert "its reader died" in arrival.reason


def killed(_raw: bytes) -> Letter:
    raise KeyboardInterrupt  # nothing is written any more, as after kill -9


def test_a_mail_is_not_held_because_the_desk_was_killed_while_it_was_read(database: Database, mail_id: int) -> None:
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            inbound.process(database, Reads(killed), mail_id)
    inbound.process(database, Reads(parse), mail_id)
    assert settled(database, mail_id).outcome == "new-case"


def test_a_mail_at_which_the_whole_desk_dies_time_and_again_is_held(database: Database, mail_id: int) -> None:
    for _ in range(inbound.STARTS):
        with pytest.raises(KeyboardInterrupt):
            inbound.process(database, Reads(killed), mail_id)
    inbound.process(database, Reads(killed), mail_id)
    arrival = settled(database, mail_id)
    assert arrival.outcome == "held"
    assert "begun twenty times" in arrival.reason


def test_a_fault_of_ours_never_counts_against_the_mail(database: Database, mail_id: int) -> None:
    broken = "ALTER TABLE reply_address RENAME TO away"
    with database.engine.begin() as connection:
        connection.exec_driver_sql(broken)
    for _ in range(5):
        with pytest.raises(Exception, match="no such table"):
            inbound.process(database, Reads(parse), mail_id)
    assert settled(database, mail_id).outcome is None
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO reply_address")
    inbound.process(database, Reads(parse), mail_id)
    assert settled(database, mail_id).outcome == "new-case"


def test_a_damaged_mail_is_held_and_says_so(database: Database, mail_id: int) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE blob SET content = x'00'")
    inbound.process(database, Reads(parse), mail_id)
    assert "no longer what came" in settled(database, mail_id).reason
