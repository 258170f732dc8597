"""What can be found of an entry, and what changes it."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from helpdesk import jobs
from helpdesk.actions import cases, entries, references
from helpdesk.actions.entries import Incoming, Upload
from helpdesk.db import Database
from helpdesk.jobs import upkeep
from helpdesk.models import Agent, Case, Desk, Entry, Person, SearchText
from helpdesk.policies.folding import EDITION


@pytest.fixture()
def mail(session: Session, case: Case, anna: Person, monday: datetime) -> Entry:
    said = Incoming(
        "Anna Müller", "Es brennt", "Es brennt", sender="anna@customer.example", files=[Upload("Foto.jpg", "image/jpeg", b"x")]
    )
    return entries.receive(session, case, said, person=anna, counts=True, now=monday)


def test_who_wrote_to_whom_and_what_is_kept_apart(
    session: Session, case: Case, mail: Entry, bob: Agent, monday: datetime
) -> None:
    theirs = session.get_one(SearchText, mail.id)
    assert theirs.sender == "anna muller anna customer example mueller"
    assert theirs.recipients.endswith("help example org")
    assert theirs.files == "foto jpg"
    assert theirs.body.startswith(f"{case.number} ")
    assert "the printer is on fire anna anna customer example anna muller anna customer example es brennt" in theirs.body
    assert theirs.body.endswith(" mueller")  # as it is spelled too
    ours = session.get_one(SearchText, entries.reply(session, case, "Löschen", agent=bob, now=monday).id)
    assert (ours.sender, ours.recipients) == ("bob builder help example org", "anna anna customer example")
    note = session.get_one(SearchText, entries.note(session, case, "Hm", agent=bob, now=monday).id)
    assert note.recipients == ""


def test_what_their_helpdesk_calls_the_case_is_found_by_all_of_its_entries(
    session: Session, case: Case, mail: Entry, monday: datetime
) -> None:
    cases.learn_ticket(session, case.participants[0], "[#4711-x]", now=monday)
    assert " 4711 x " in session.get_one(SearchText, mail.id).body


def test_cases_are_found_by_what_their_desk_calls_them_now(
    session: Session,
    database: Database,
    desk: Desk,
    anna: Person,
    mail: Entry,
    bob: Agent,
    monday: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = cases.open_case(session, desk, anna, "Another", now=monday)
    later = entries.receive(session, other, Incoming("Anna", "Hm", "Hm"), person=anna, counts=True, now=monday)
    references.call_ours(session, desk, "LH-{number}", agent=bob, now=monday)
    session.commit()
    monkeypatch.setattr(upkeep, "REFERENCED_AT_ONCE", 1)
    assert [jobs.find_by_references(database) for _ in range(4)] == [1, 1, 0, 0]
    with database.reading() as reader:
        assert not references.are_to_index(reader)
        for entry in (mail, later):
            row = reader.get_one(SearchText, entry.id)
            assert f" lh {row.case_number} " in row.body
    references.call_ours(session, desk, "LH-{number}", agent=bob, now=monday)
    assert not references.are_to_index(session), "nothing changed"


def test_what_was_folded_by_older_rules_is_folded_anew(session: Session, database: Database, mail: Entry) -> None:
    session.execute(update(SearchText).values(edition=EDITION - 1, body="", sender=""))
    session.commit()
    assert jobs.fold_anew(database) == 1
    assert jobs.fold_anew(database) == 0
    with database.reading() as later:
        assert later.get_one(SearchText, mail.id).sender.startswith("anna muller")
