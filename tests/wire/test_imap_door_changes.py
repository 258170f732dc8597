"""What people and servers do to a mailbox while we read it: flags, moves, folders made anew.  Nothing is lost, nothing comes twice."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import desks
from helpdesk.db import Database
from helpdesk.models import Arrival, InboundMail
from mail import inbound
from mail.fetch import fetch_once
from mail.parse import parse
from tests.dovecot import Dovecot
from tests.imap_door import QUICK, connect, letter, subjects

pytestmark = pytest.mark.needs("dovecot")


class ReadsHere:
    def read(self, raw: bytes):
        return parse(raw)


def outcomes(database: Database) -> list[str | None]:
    """What became of each mail, once all of them are read."""
    with database.transaction() as session:
        desks.sync_from_settings(session, now=clock.now())
    with database.reading() as session:
        ids = list(session.scalars(select(InboundMail.id).order_by(InboundMail.id)))
    for mail_id in ids:
        inbound.process(database, ReadsHere(), mail_id)
    with database.reading() as session:
        return list(session.scalars(select(Arrival.outcome).order_by(Arrival.id)))


def test_flags_that_people_and_programs_set_and_take_away_change_nothing(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url())
    for name in ("one", "two", "three"):
        dovecot.append(letter(name))
    assert fetch_once(database, mailbox, pace=QUICK) == 3
    with dovecot.session() as box:
        box.store("1", "-FLAGS", r"(\Seen $Holdline)")
        box.store("2", "+FLAGS", r"(\Flagged \Deleted)")
        box.store("3", "FLAGS", "()")
    dovecot.append(letter("four"), flags=[r"\Seen", r"\Answered", r"\Deleted"])
    assert fetch_once(database, mailbox, pace=QUICK) == 1
    assert subjects(database) == ["one", "two", "three", "four"]
    assert len(dovecot.messages()) == 4


def test_mail_between_whose_numbers_others_were_deleted_is_all_taken(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url())
    for number in range(6):
        dovecot.append(letter(str(number)))
    with dovecot.session() as box:
        box.store("1,3,6", "+FLAGS", r"(\Deleted)")
        box.expunge()
    assert fetch_once(database, mailbox, pace=QUICK) == 3
    assert subjects(database) == ["1", "3", "4"]


def test_a_message_that_was_moved_away_and_back_is_known_again(database: Database, dovecot: Dovecot) -> None:
    mailbox = connect(database, dovecot.url())
    dovecot.append(letter("wandering"))
    assert fetch_once(database, mailbox, pace=QUICK) == 1
    with dovecot.session() as box:
        box.create("Archive")
        box.uid("MOVE", "1", "Archive")
    assert fetch_once(database, mailbox, pace=QUICK) == 0
    with dovecot.session(folder="Archive") as box:
        box.uid("MOVE", "1", "INBOX")
    assert fetch_once(database, mailbox, pace=QUICK) == 1  # it has another UID now
    assert outcomes(database) == ["new-case", "duplicate"]


def test_a_folder_that_was_deleted_and_made_anew_loses_nothing_and_doubles_nothing(database: Database, dovecot: Dovecot) -> None:
    with dovecot.session(folder="Complaints"):
        pass
    mailbox = connect(database, dovecot.url(folder="Complaints"))
    dovecot.append(letter("kept"), folder="Complaints")
    assert fetch_once(database, mailbox, pace=QUICK) == 1
    with dovecot.session() as box:
        assert box.delete("Complaints")[0] == "OK"
    with pytest.raises(Exception, match="The folder Complaints cannot be opened"):
        fetch_once(database, mailbox, pace=QUICK)
    dovecot.append(letter("kept"), folder="Complaints")  # a backup was restored
    dovecot.append(letter("came since"), folder="Complaints")
    assert fetch_once(database, mailbox, pace=QUICK) == 2
    assert outcomes(database) == ["new-case", "duplicate", "new-case"]
    assert fetch_once(database, mailbox, pace=QUICK) == 0
