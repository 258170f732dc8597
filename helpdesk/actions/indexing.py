"""What can be found: who said something, to whom, its files and words; with the first entry what the case is besides its mail."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from helpdesk.models import Case, CaseField, CaseTag, Entry, Outcome, Person, PersonWord, SearchText, Tag
from helpdesk.policies.folding import EDITION, findable, fold
from helpdesk.policies.verification import FLAG, masked


def index(session: Session, case: Case, entry: Entry) -> None:
    """Let this entry be found by its words, its files and whom it is about, as it and its case are now."""
    row = session.get(SearchText, entry.id) or SearchText(entry_id=entry.id)
    row.case_number, row.edition = case.number, EDITION
    row.sender = findable(f"{entry.author} {_address(case, entry)}")
    row.recipients = findable(_recipients(case, entry))
    row.files = findable(" ".join(file.name for file in entry.attachments))
    row.body = findable(_body(session, case, entry))
    session.add(row)


def index_person(session: Session, person: Person) -> None:
    """Let somebody be found by the words of their name and address as they are now."""
    person.sorted_as = fold(person.called)
    session.flush()
    words = set(findable(f"{person.name} {person.mail or person.phone}").split())
    rows = {row.word: row for row in session.scalars(select(PersonWord).where(PersonWord.person_id == person.id))}
    session.add_all(PersonWord(word=word, person_id=person.id) for word in sorted(words - rows.keys()))
    for word in rows.keys() - words:
        session.delete(rows[word])
    session.flush()


def reindex_details(session: Session, case: Case) -> None:
    """A tag or a field has changed: they are found by the first entry of the case."""
    session.flush()
    first = session.scalar(select(Entry).where(*_said_in(case)).order_by(Entry.id).limit(1))
    if first is not None:
        index(session, case, first)


def reindex(session: Session, case: Case) -> None:
    """Its subject, its customer, its references or what lies in it changed: that is found by all of its entries."""
    session.flush()
    query = select(Entry).where(*_said_in(case)).order_by(Entry.id)
    for entry in session.scalars(query.options(selectinload(Entry.attachments), selectinload(Entry.deliveries))).all():
        index(session, case, entry)


def is_behind(session: Session) -> bool:
    """Whether something was folded by an older edition of the rules."""
    return session.scalar(select(SearchText.entry_id).where(SearchText.edition < EDITION).limit(1)) is not None


def index_older(session: Session, *, limit: int) -> int:
    """Fold anew what was folded by an older edition of the rules; how many entries."""
    query = select(Entry).join(SearchText, SearchText.entry_id == Entry.id).where(SearchText.edition < EDITION).limit(limit)
    entries = session.scalars(query.options(selectinload(Entry.attachments), selectinload(Entry.deliveries))).all()
    for entry in entries:
        index(session, session.get_one(Case, entry.case_number), entry)
    return len(entries)


def _said_in(case: Case) -> tuple[ColumnElement[bool], ...]:
    return Entry.case_number == case.number, Entry.kind != "taken-back"


def _body(session: Session, case: Case, entry: Entry) -> str:
    said = f"{entry.subject} {entry.text}"
    said = masked(said) if FLAG in entry.flags else said  # what is hidden is not found either
    tickets = " ".join(participant.their_ticket for participant in case.participants)
    names = f"{case.number} {case.reference} {case.their_reference} {tickets}"
    people = [case.requester, *(one.person for one in case.participants if one.person_id != case.requester_id)]
    who = " ".join(f"{person.name} {person.mail} {person.phone}" for person in people) + f" {entry.author} {entry.sender}"
    return f"{names} {case.subject} {who} {_details(session, case, entry)} {said}"


def _address(case: Case, entry: Entry) -> str:
    if entry.sender:
        return entry.sender
    if entry.kind in ("mail-out", "system"):
        return case.desk.address
    return entry.person.mail if entry.person is not None else ""


def _recipients(case: Case, entry: Entry) -> str:
    if entry.kind == "mail-in":
        return f"{case.desk.name} {case.desk.address}"
    if entry.kind not in ("mail-out", "system"):
        return ""
    if entry.deliveries:
        return " ".join(f"{row.recipient_name} {row.recipient}" for row in entry.deliveries)
    return " ".join(f"{one.person.name} {one.person.mail}" for one in case.participants)


def _details(session: Session, case: Case, entry: Entry) -> str:
    first = session.scalar(select(func.min(Entry.id)).where(*_said_in(case)))
    if first is not None and first < entry.id:
        return ""
    tags = session.scalars(select(Tag.name).join(CaseTag, CaseTag.tag_id == Tag.id).where(CaseTag.case_number == case.number))
    fields = session.scalars(select(CaseField.value).where(CaseField.case_number == case.number, CaseField.value != "1"))
    outcome = session.get(Outcome, case.number)
    came_to = (outcome.office, outcome.cause.name if outcome.cause else "") if outcome else ()
    return " ".join([*tags, *fields, *came_to])
