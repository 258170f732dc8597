"""The junk folder of a mailbox is read, too: what lies there is held, is there to be seen, and is never a second case."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import agents, desks, mailboxes, post
from helpdesk.db import Database, House
from helpdesk.models import Arrival, Case, Entry, Mailbox
from helpdesk.queries import mailboxes as find
from mail.fetch import fetch_once
from mail.inbound import process
from tests.dovecot import Dovecot
from tests.imap_door import QUICK, connect, kept
from tests.ways import ReadsHere

pytestmark = pytest.mark.needs("dovecot")


@pytest.fixture()
def server() -> Iterator[Dovecot]:
    """A Dovecot that names its junk folder, «Spam»."""
    server = Dovecot(junk="Spam")
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture()
def mailbox(database: Database, server: Dovecot) -> int:
    """Its INBOX, connected, with the junk folder found."""
    with database.transaction() as session:
        desks.sync_from_settings(session, now=clock.now())
    mailbox = connect(database, server.url())
    look_into_all(database)
    return mailbox


def letter(subject: str, to: str = "help@example.org") -> bytes:
    fields = ["Return-Path: <anna@customer.example>", f"Delivered-To: {to}", "From: Anna <anna@customer.example>"]
    more = [f"To: {to}", f"Subject: {subject}", f"Message-ID: <{subject}@customer.example>", "", "Still burning."]
    return "\r\n".join([*fields, *more, ""]).encode()


def look_into_all(database: Database) -> list[tuple[str | None, str]]:
    """Fetch from every mailbox in use, twice (the first visit may find a junk folder), and read; (outcome, reason) of all mail."""
    for _ in range(2):
        with database.reading() as session:
            active = [box.id for box in find.active(session)]
        for box in active:
            fetch_once(database, box, pace=QUICK)
    for mail in kept(database):
        process(database, ReadsHere(), mail.id)
    with database.reading() as session:
        return [(row.outcome, row.reason) for row in session.scalars(select(Arrival).order_by(Arrival.id))]


def test_what_lies_in_the_junk_folder_is_held_and_a_click_frees_it(database: Database, server: Dovecot, mailbox: int) -> None:
    server.append(letter("junk"), folder="Spam")
    server.append(letter("mail"))
    outcomes = dict(look_into_all(database))
    assert set(outcomes) == {"new-case", "held"}
    assert f"it lay in the junk folder of help@127.0.0.1:{server.port}/Spam" in outcomes["held"]
    with database.transaction() as session:
        bob = agents.create(session, "bob@example.org", "Bob", role="agent", now=clock.now())
        held = session.scalars(select(Arrival).where(Arrival.outcome == "held")).one()
        post.release(session, held, agent=bob, now=clock.now())
    assert [outcome for outcome, _reason in look_into_all(database)] == ["new-case", "new-case"]


def test_a_mail_that_somebody_moves_out_of_the_junk_folder_is_one_case(database: Database, server: Dovecot, mailbox: int) -> None:
    uid = server.append(letter("junk"), folder="Spam")
    assert [outcome for outcome, _reason in look_into_all(database)] == ["held"]
    with server.session(folder="Spam") as box:
        move(box, uid, "INBOX")
    assert [outcome for outcome, _reason in look_into_all(database)] == ["duplicate", "new-case"]
    with database.reading() as session:
        assert len(session.scalars(select(Case)).all()) == 1


def test_a_customer_s_answer_is_taken_out_of_the_junk_folder_into_its_case(
    database: Database, server: Dovecot, mailbox: int
) -> None:
    server.append(letter("first"))
    look_into_all(database)
    with database.reading() as session:
        case = session.scalars(select(Case)).one()
        address = case.participants[0].addresses[0].address
    server.append(letter("answer", to=address), folder="Spam")
    assert [outcome for outcome, _reason in look_into_all(database)] == ["new-case", "case"]
    with database.reading() as session:
        assert session.scalars(select(Entry).order_by(Entry.id.desc())).first().flags == ["spam"]  # type: ignore[union-attr]


def test_what_lay_in_the_junk_folder_before_it_was_connected_stays_there(database: Database, server: Dovecot) -> None:
    server.append(letter("old"), folder="Spam")
    connect(database, server.url())
    assert look_into_all(database) == []


def test_each_folder_has_its_own_place_and_both_rest_together(database: Database, server: Dovecot, mailbox: int) -> None:
    with database.transaction() as session:
        inbox = session.get_one(Mailbox, mailbox)
        [junk] = find.junk_folders(session, inbox)
        assert junk.uidvalidity != inbox.uidvalidity
        assert find.account(session, junk).password == find.account(session, inbox).password
        with pytest.raises(desks.NotUsable):
            mailboxes.remove(session, junk, agent=None, now=clock.now())
        mailboxes.remove(session, inbox, agent=None, now=clock.now())
        assert find.active(session) == []


def test_a_desk_may_leave_junk_folders_alone_or_name_them(database: Database, server: Dovecot) -> None:
    change(database, "off")
    mailbox = connect(database, server.url())
    look_into_all(database)
    assert folders(database, mailbox) == []
    with server.session(folder="Unwanted"):
        change(database, "Unwanted")
    look_into_all(database)
    assert folders(database, mailbox) == ["Unwanted"]
    change(database, "auto")
    look_into_all(database)
    assert folders(database, mailbox) == ["Spam"]


def folders(database: Database, mailbox: int) -> list[str]:
    with database.reading() as session:
        return [junk.folder for junk in find.junk_folders(session, session.get_one(Mailbox, mailbox)) if junk.active]


def change(database: Database, junk: str) -> None:
    database.house = House(database.house.settings.model_copy(update={"imap_junk": junk}), database.house.keys)


def move(box: imaplib.IMAP4, uid: int, folder: str) -> None:
    said, _data = box.uid("MOVE", str(uid), folder)
    assert said == "OK"
