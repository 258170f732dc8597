"""The IMAP door against a real Dovecot: what is taken, and how it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from helpdesk import clock
from helpdesk.db import Database
from helpdesk.settings import Settings
from mail import inbound
from mail.fetch import Fetcher, fetch_once
from mail.inbound import Parcel
from mail.letter import Receipt
from tests.dovecot import Dovecot
from tests.imap_door import QUICK, ago, change, connect, kept, letter, old_and_new, row, subjects

pytestmark = pytest.mark.needs("dovecot")


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


@pytest.mark.parametrize(
    ("take", "quiet"), [("new", []), ("7", ["3 days old"]), ("all", ["400 days old", "20 days old", "3 days old"])]
)
def test_of_a_full_mailbox_only_what_was_chosen_is_taken_and_quietly(
    database: Database, dovecot: Dovecot, take: str, quiet: list[str]
) -> None:
    old_and_new(dovecot)
    mailbox = connect(database, dovecot.url(), take=take)
    fetch_once(database, mailbox, pace=QUICK)
    dovecot.append(letter("new"))
    fetch_once(database, mailbox, pace=QUICK)
    assert subjects(database) == [*quiet, "new"]
    assert [mail.quiet for mail in kept(database)] == [True] * len(quiet) + [False]


def test_who_asks_for_more_of_the_old_mail_later_gets_it(database: Database, dovecot: Dovecot) -> None:
    old_and_new(dovecot)
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
    old_and_new(dovecot)
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
