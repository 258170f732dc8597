"""The IMAP door stays at its mailboxes: new mail is there at once, and mailboxes come, change and go."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from helpdesk import clock
from helpdesk.actions import mailboxes
from helpdesk.db import Database
from helpdesk.models import Mailbox
from helpdesk.settings import Settings
from mail.fetch import Fetcher, Fetchers
from tests.dovecot import PASSWORD, WITHOUT_IDLE, Dovecot
from tests.imap_door import QUICK, change, connect, kept, letter, row, running, subjects, wait_for

pytestmark = pytest.mark.needs("dovecot")


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
