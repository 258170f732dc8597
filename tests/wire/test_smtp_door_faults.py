"""A fault of ours is one line of 451, never a bounce, and never gets into the next letter."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError

from helpdesk.actions import desks
from helpdesk.db import Database
from mail.smtp.keeper import has_room
from mail.smtp.reception import Limits
from tests.doors import DESK, Talk, kept, open_door

SECRET = "INSERT INTO inbound_mail\r\n[parameters: ('secret customer text', '/var/lib/holdline')]"
FAULT = "451 4.3.0 Something is wrong on our side; your message is not lost, please let your server try again"
OTHER = "sales@example.org"


class Failing(Database):
    """A database whose next commits raise, one error each."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.errors: list[BaseException] = []

    def transaction(self):
        if self.errors:
            raise self.errors.pop(0)
        return super().transaction()


@pytest.fixture()
def failing(database: Database) -> Iterator[Failing]:
    failing = Failing(database.house.settings)
    yield failing
    failing.close()


@pytest.mark.parametrize(
    "error",
    [
        OperationalError(SECRET, {}, Exception("database is locked")),
        InterfaceError(SECRET, {}, Exception("connection already closed")),
        OSError(errno.ENOSPC, SECRET),
        OSError(errno.EIO, SECRET),
        ConnectionResetError(SECRET),
        TimeoutError(SECRET),
        RuntimeError(SECRET),
        UnicodeEncodeError("utf-8", SECRET, 0, 1, SECRET),
        MemoryError(SECRET),
        AssertionError(SECRET),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_goes_wrong_is_one_line_that_says_try_again(failing: Failing, error: Exception) -> None:
    with open_door(failing) as door, Talk(door) as anna:
        failing.errors = [error]
        assert anna.post() == FAULT
        assert kept(failing) == []
        assert anna.post().startswith("250")


@pytest.fixture()
def two_desks(failing: Failing, monday: datetime) -> Failing:
    with failing.transaction() as session:
        desks.add(session, OTHER, "Sales", language="en", agent=None, now=monday)
    return failing


def test_after_a_fault_the_next_letter_reaches_only_its_own_recipients(two_desks: Failing) -> None:
    with open_door(two_desks) as door, Talk(door) as mta:
        two_desks.errors = [RuntimeError(SECRET)]
        assert mta.post(b"for a\r\n", DESK, sender="a@x.example") == FAULT
        assert mta.post(b"for b\r\n", OTHER, sender="b@x.example").startswith("250")
    assert kept(two_desks) == [("b@x.example", (OTHER,), b"for b\r\n")]


def test_the_same_holds_for_a_sender_who_does_not_wait_for_answers(two_desks: Failing) -> None:
    with open_door(two_desks) as door, Talk(door) as mta:
        two_desks.errors = [RuntimeError(SECRET)]
        for sender, recipient, text in (("a@x.example", DESK, "for a"), ("b@x.example", OTHER, "for b")):
            mta.send(f"MAIL FROM:<{sender}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n{text}\r\n.\r\n".encode())
        assert [mta.hear()[:3] for _ in range(8)] == ["250", "250", "354", "451", "250", "250", "354", "250"]
    assert kept(two_desks) == [("b@x.example", (OTHER,), b"for b\r\n")]


def test_what_is_left_of_a_letter_that_met_a_fault_is_not_obeyed(two_desks: Failing) -> None:
    with open_door(two_desks, limits=Limits(data_rate=0)) as door, Talk(door) as mta:  # a division by zero, while it comes in
        mta.begin()
        mta.send(b"RSET\r\nMAIL FROM:<mallory@evil.example>\r\n")
        assert mta.hear() == FAULT
        mta.send(b"RCPT TO:<sales@example.org>\r\nDATA\r\nsmuggled\r\n.\r\n")
        assert mta.has_ended()
    assert kept(two_desks) == []


def test_a_fault_on_the_way_to_a_letter_is_said_and_the_conversation_goes_on(two_desks: Failing) -> None:
    with open_door(two_desks, limits=Limits(strangers="ten")) as door, Talk(door) as mta:  # type: ignore[arg-type]
        assert mta.say("MAIL FROM:<a@x.example>").startswith("250")
        assert mta.say(f"RCPT TO:<{DESK}>") == FAULT
        assert mta.say("DATA").startswith("503")
        assert mta.say("MAIL FROM:<b@x.example>").startswith("250")


def test_a_disk_without_room_for_a_large_letter_is_said_before_data(database: Database) -> None:
    free = shutil.disk_usage(database.house.settings.data_dir).free
    with open_door(database, max_mail_bytes=free) as door, Talk(door) as anna:
        assert anna.say("MAIL FROM:<anna@customer.example>").startswith("452 4.3.1")
        assert anna.say("RCPT TO:<help@example.org>").startswith("503")


def test_the_disk_is_looked_at_anew_for_every_letter(database: Database, tmp_path: Path) -> None:
    settings = database.house.settings
    free = shutil.disk_usage(tmp_path).free
    assert has_room(settings)
    assert has_room(settings.model_copy(update={"max_mail_bytes": free // 2}))
    assert not has_room(settings.model_copy(update={"max_mail_bytes": free * 2 // 3 + 2**30}))


def test_the_disk_of_the_database_counts_wherever_it_lies(database: Database, tmp_path: Path) -> None:
    elsewhere = database.house.settings.model_copy(update={"data_dir": tmp_path / "not made yet", "max_mail_bytes": 2**60})
    assert has_room(elsewhere.model_copy(update={"database_url": SecretStr("postgresql://db.example/holdline")}))
    assert not has_room(elsewhere.model_copy(update={"database_url": SecretStr(f"sqlite:///{tmp_path}/holdline.db")}))


def test_a_table_that_is_gone_is_our_fault_and_not_the_senders(database: Database) -> None:
    with open_door(database) as door, Talk(door) as anna:
        anna.begin()
        with database.transaction() as session:
            session.execute(text("ALTER TABLE inbound_mail RENAME TO elsewhere"))
        assert anna.say("x\r\n.") == FAULT
        with database.transaction() as session:
            session.execute(text("ALTER TABLE elsewhere RENAME TO inbound_mail"))
        assert anna.post().startswith("250")
