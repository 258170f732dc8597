"""The pipe door: what a local MTA reads from our exit status and from standard error."""

from __future__ import annotations

import os
from datetime import datetime

import pytest
from sqlalchemy import text

from helpdesk.actions import desks
from helpdesk.db import Database
from helpdesk.models import InboundMail
from mail.receive import receive
from tests.doors import DESK, kept

LETTER = b"From anna Mon Nov  2\nFrom: anna@customer.example\nSubject: fire\n\nIt burns.\n.\nStill.\n"
OK, TRY_AGAIN, NOBODY, UNAVAILABLE, NOT_PERMITTED = 0, 75, 67, 69, 77


@pytest.fixture()
def desk(database: Database, monday: datetime) -> Database:
    with database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
    return database


def test_a_letter_is_kept_byte_for_byte(desk: Database, monday: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    assert receive(desk, LETTER, "anna@customer.example", [DESK], now=monday) == OK
    assert kept(desk) == [("anna@customer.example", (DESK,), LETTER)]
    assert capsys.readouterr().err == ""
    with desk.reading() as session:
        mail = session.get_one(InboundMail, 1)
        assert (mail.door, mail.received_at) == ("pipe", monday)
        assert mail.peer


@pytest.mark.parametrize("sender", ["", "<>"])
def test_the_null_sender_may_be_written_in_two_ways(desk: Database, monday: datetime, sender: str) -> None:
    assert receive(desk, LETTER, sender, [f"<{DESK}>"], now=monday) == OK
    assert kept(desk)[0][:2] == ("", (DESK,))


@pytest.mark.parametrize(
    ("recipient", "status", "sentence"),
    [
        ("nobody@example.org", NOBODY, "550 5.1.1"),
        ("re-3tsb-4zer-buwb-k7w4-jyaz-qsx7@reply.example.org", NOBODY, "looks mistyped"),
        ("not an address", NOBODY, "553 5.1.3"),
        ("", NOBODY, "553 5.1.3"),
        ("anna@elsewhere.example", NOT_PERMITTED, "550 5.7.1"),
        ("help", NOT_PERMITTED, "550 5.7.1"),
    ],
)
def test_a_refusal_is_an_exit_status_and_a_sentence(
    desk: Database, monday: datetime, capsys: pytest.CaptureFixture[str], recipient: str, status: int, sentence: str
) -> None:
    assert receive(desk, LETTER, "anna@customer.example", [recipient], now=monday) == status
    assert sentence in capsys.readouterr().err
    assert kept(desk) == []


@pytest.mark.parametrize(
    "raw",
    [b"x" * 26 * 1024 * 1024, b"Received: a\n" * 101 + b"\n", b"Subject: x\n\n" + b"y" * 70_000 + b"\n"],
    ids=["too big", "a loop", "a line without end"],
)
def test_a_letter_that_cannot_be_taken_is_unavailable(desk: Database, monday: datetime, raw: bytes) -> None:
    assert receive(desk, raw, "anna@customer.example", [DESK], now=monday) == UNAVAILABLE
    assert kept(desk) == []


def test_with_some_recipients_refused_it_is_kept_for_the_others(
    desk: Database, monday: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert receive(desk, LETTER, "anna@customer.example", ["nobody@example.org", DESK, "x@elsewhere.example"], now=monday) == OK
    assert kept(desk)[0][1] == (DESK,)
    assert capsys.readouterr().err.count("550 ") == 2


def test_a_broken_database_asks_the_mta_to_try_again(
    desk: Database, monday: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk.transaction() as session:
        session.execute(text("DROP TABLE arrival"))
    assert receive(desk, LETTER, "anna@customer.example", [DESK], now=monday) == TRY_AGAIN
    with desk.transaction() as session:
        session.execute(text("ALTER TABLE desk RENAME TO elsewhere"))
    assert receive(desk, LETTER, "anna@customer.example", [DESK], now=monday) == TRY_AGAIN
    said = capsys.readouterr().err
    assert said.count("451 4.3.0") == 2
    assert "arrival" not in said


def test_a_full_disk_asks_the_mta_to_try_again(desk: Database, monday: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    small = Database(desk.house.settings.model_copy(update={"max_mail_bytes": 2**60}))
    assert receive(small, LETTER, "anna@customer.example", [DESK], now=monday) == TRY_AGAIN
    assert "452 4.3.1" in capsys.readouterr().err
    small.close()


def test_an_odd_sender_is_no_reason_to_refuse_a_letter(desk: Database, monday: datetime) -> None:
    odd = os.fsdecode(b"j\xf6rg\x1b@customer.example")
    assert receive(desk, LETTER, odd, [DESK], now=monday) == OK
    assert kept(desk)[0][0] == "j?rg?@customer.example"


def test_without_a_recipient_nothing_is_said_to_be_kept(desk: Database, monday: datetime) -> None:
    assert receive(desk, LETTER, "anna@customer.example", [], now=monday) != OK
