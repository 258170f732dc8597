"""What the SMTP door takes, and when it says so."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from helpdesk import clock
from helpdesk.db import Database
from mail.inbound import Parcel
from mail.letter import Envelope
from mail.smtp.keeper import Keeper
from mail.smtp.reception import Limits
from tests.doors import DESK, LETTER, Talk, kept, open_door
from tests.servers import wait_until

OTHER = "sales@example.org"


@contextlib.contextmanager
def writing_blocked(database: Database) -> Iterator[None]:
    """Somebody else holds the database's write lock."""
    other = sqlite3.connect(database.engine.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def test_what_was_answered_250_is_there_byte_for_byte(database: Database) -> None:
    with open_door(database) as door, Talk(door) as anna:
        assert anna.post().startswith("250 2.0.0")
        assert kept(database) == [("anna@customer.example", (DESK,), LETTER)]


def test_250_is_said_only_after_the_commit(database: Database) -> None:
    with open_door(database) as door, Talk(door) as anna:
        anna.begin()
        with writing_blocked(database):
            anna.send(LETTER + b".\r\n")
            assert anna.silent_for(0.3)
            assert kept(database) == []
        assert anna.hear().startswith("250")
        assert len(kept(database)) == 1


@pytest.mark.parametrize("reset", [False, True])
def test_a_letter_whose_sender_hangs_up_before_the_answer_is_kept_all_the_same(database: Database, reset: bool) -> None:
    with open_door(database) as door:
        with Talk(door) as anna:
            anna.begin()
            with writing_blocked(database):
                anna.send(LETTER + b".\r\n")
                assert anna.silent_for(0.2)
                anna.vanish(reset=reset)
        wait_until(lambda: kept(database), seconds=5)
        assert kept(database) == [("anna@customer.example", (DESK,), LETTER)]


def test_whoever_says_that_nothing_more_will_come_still_hears_the_answer(database: Database) -> None:
    with open_door(database) as door, Talk(door) as anna:
        anna.begin()
        anna.send(LETTER + b".\r\n")
        anna.shut()
        assert anna.hear().startswith("250")


def test_a_letter_that_breaks_off_is_not_kept(database: Database) -> None:
    with open_door(database) as door:
        with Talk(door) as anna:
            anna.begin()
            anna.send(LETTER)
        with Talk(door) as anna:
            assert anna.post(LETTER + b"whole\r\n").startswith("250")
        assert [raw for _, _, raw in kept(database)] == [LETTER + b"whole\r\n"]


def test_the_null_sender_is_kept_as_such(database: Database) -> None:
    with open_door(database) as door, Talk(door) as machine:
        assert machine.post(sender="").startswith("250")
        assert kept(database)[0][0] == ""


def test_eight_bits_and_addresses_beyond_ascii_are_kept_as_they_came(database: Database) -> None:
    letter = "From: jörg@müller.example\r\nSubject: größer\r\n\r\n".encode() + bytes(range(128, 256)) + b"\x00\x01\r\n"
    with open_door(database) as door, Talk(door) as anna:
        assert "8BITMIME" in anna.offers
        assert "SMTPUTF8" in anna.offers
        assert anna.say("MAIL FROM:<jörg@müller.example> SMTPUTF8 BODY=8BITMIME SIZE=200").startswith("250")
        assert anna.say(f"RCPT TO:<{DESK}>").startswith("250")
        assert anna.say("DATA").startswith("354")
        assert anna.say(letter + b".").startswith("250")
        assert kept(database) == [("jörg@müller.example", (DESK,), letter)]


def test_dots_that_the_sender_doubled_are_taken_off(database: Database) -> None:
    with open_door(database) as door, Talk(door) as anna:
        assert anna.post(b"..\r\n...a\r\n.b\r\nc.\r\n").startswith("250")
        assert kept(database)[0][2] == b".\r\n..a\r\nb\r\nc.\r\n"


def test_a_message_without_a_word_is_a_message(database: Database) -> None:
    with open_door(database) as door, Talk(door) as anna:
        assert anna.post(b"").startswith("250")
        assert kept(database)[0][2] == b""


def test_a_connection_may_bring_many_letters_and_none_gets_into_another(database: Database) -> None:
    with open_door(database, front_desks=(DESK, OTHER)) as door, Talk(door) as mta:
        mta.post(b"first\r\n", DESK, sender="a@x.example")
        mta.post(b"second\r\n", OTHER, sender="b@x.example")
        mta.begin(DESK, OTHER, DESK, sender="c@x.example")
        assert mta.say(b"third\r\n.").startswith("250 2.0.0 Your")
        assert mta.say("NOOP") == "250 2.0.0 OK"  # one answer for all recipients: only LMTP gives one to each
        assert kept(database) == [
            ("a@x.example", (DESK,), b"first\r\n"),
            ("b@x.example", (OTHER,), b"second\r\n"),
            ("c@x.example", (DESK, OTHER), b"third\r\n"),
        ]


def test_what_is_pipelined_behind_a_letter_is_obeyed_after_it(database: Database) -> None:
    with open_door(database) as door, Talk(door) as mta:
        mta.begin()
        mta.send(b"first\r\n.\r\nMAIL FROM:<b@x.example>\r\nRCPT TO:<help@example.org>\r\nDATA\r\nsecond\r\n.\r\n")
        assert [mta.hear()[:3] for _ in range(5)] == ["250", "250", "250", "354", "250"]
        assert [(sender, raw) for sender, _, raw in kept(database)] == [
            ("anna@customer.example", b"first\r\n"),
            ("b@x.example", b"second\r\n"),
        ]


def test_many_senders_at_once_are_all_kept(database: Database) -> None:
    def send(number: int) -> str:
        with Talk(door) as mta:
            return "".join(mta.post(b"letter %d-%d\r\n" % (number, turn))[:3] for turn in range(3))

    with open_door(database) as door, ThreadPoolExecutor(12) as pool:
        assert set(pool.map(send, range(12))) == {"250250250"}
    assert {raw for _, _, raw in kept(database)} == {b"letter %d-%d\r\n" % (n, t) for n in range(12) for t in range(3)}


def parcel(number: int, sender: str = "anna@customer.example") -> Parcel:
    return Parcel(b"letter %d" % number, Envelope("smtp", sender, (DESK,), "127.0.0.1", clock.now()))


def test_letters_that_wait_share_a_commit(database: Database) -> None:
    counting = CountingDatabase(database.house.settings)
    keeper = Keeper(counting)
    futures = [keeper.keep(parcel(number)) for number in range(10)]
    keeper.start()
    assert [future.result(5).mail_id for future in futures] == list(range(1, 11))
    keeper.stop()
    assert counting.transactions == 1
    counting.close()


def test_a_letter_that_cannot_be_kept_does_not_hurt_the_others(database: Database) -> None:
    keeper = Keeper(database)
    good, bad, better = (keeper.keep(parcel(1)), keeper.keep(parcel(2, sender="\udcff@x")), keeper.keep(parcel(3)))
    keeper.start()
    assert isinstance(bad.exception(5), UnicodeEncodeError)
    assert good.result(5).mail_id != better.result(5).mail_id
    keeper.stop()
    assert [raw for _, _, raw in kept(database)] == [b"letter 1", b"letter 3"]


def test_what_was_handed_over_is_kept_before_the_keeper_ends(database: Database) -> None:
    keeper = Keeper(database)
    futures = [keeper.keep(parcel(number)) for number in range(100)]
    keeper.start()
    keeper.stop()
    assert all(future.done() for future in futures)
    assert len(kept(database)) == 100


class CountingDatabase(Database):
    transactions = 0

    def transaction(self):
        self.transactions += 1
        return super().transaction()


def test_a_door_that_closes_lets_a_letter_under_way_finish_and_nobody_in(database: Database) -> None:
    with open_door(database) as door, Talk(door) as idle, Talk(door) as anna:
        anna.begin()
        anna.send(b"first half\r\n")
        stopping = threading.Thread(target=door.stop)
        stopping.start()
        assert idle.hear().startswith("421 4.3.2")
        assert idle.has_ended()
        with Talk(door, greet="") as late:
            assert late.greeting.startswith("421 4.3.2")
        assert anna.say(b"second half\r\n.").startswith("250")
        assert anna.say("QUIT").startswith("221")
        stopping.join(5)
        assert not stopping.is_alive()
        assert not door.is_open
    assert [raw for _, _, raw in kept(database)] == [b"first half\r\nsecond half\r\n"]


def test_a_door_that_closes_begins_no_further_letter(database: Database) -> None:
    with open_door(database) as door, Talk(door) as anna:
        anna.begin()
        stopping = threading.Thread(target=door.stop)
        stopping.start()
        assert anna.silent_for(0.1)
        anna.send(b"letter\r\n.\r\nMAIL FROM:<a@x.example>\r\n")
        assert anna.hear().startswith("250")
        assert anna.hear().startswith("421 4.3.2")
        assert anna.has_ended()
        stopping.join(5)


def test_a_door_that_closes_does_not_wait_for_whoever_has_nothing_more_to_say(database: Database) -> None:
    with open_door(database) as door, Talk(door) as anna:
        anna.begin()
        stopping = threading.Thread(target=door.stop)
        stopping.start()
        assert anna.silent_for(0.1)
        assert anna.say(LETTER + b".").startswith("250")
        began = time.monotonic()
        assert anna.hear().startswith("421 4.3.2")
        stopping.join(5)
        assert time.monotonic() - began < 4


def test_a_door_does_not_wait_for_ever_for_a_letter(database: Database) -> None:
    with open_door(database, limits=Limits(drain_seconds=0.2)) as door, Talk(door) as anna:
        anna.begin()
        door.stop()
        assert anna.has_ended()


def test_a_port_that_is_taken_is_said_at_once(database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"), open_door(database, port=port):
            pass
