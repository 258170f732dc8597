"""What can be found: the words of an entry, and with the first of a case what the case is besides its mail."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import Case, CaseField, CaseTag, Entry, Outcome, SearchText, Tag
from helpdesk.policies.folding import fold
from helpdesk.policies.verification import FLAG, masked


def index(session: Session, case: Case, entry: Entry) -> None:
    """Let this entry be found by its words, its files and whom it is about."""
    text = body(session, case, entry)
    known = session.get(SearchText, entry.id)
    if known is None:
        session.add(SearchText(entry_id=entry.id, case_number=case.number, body=text))
    else:
        known.body = text


def reindex_details(session: Session, case: Case) -> None:
    """A tag or a field has changed: they are found by the first entry of the case."""
    session.flush()
    first = session.scalar(select(Entry).where(Entry.case_number == case.number).order_by(Entry.id).limit(1))
    if first is not None:
        index(session, case, first)


def body(session: Session, case: Case, entry: Entry) -> str:
    """The folded words by which an entry is found."""
    who = f"{case.requester.name} {case.requester.mail} {case.requester.phone} {entry.author}"
    names = " ".join(file.name for file in entry.attachments)
    said = f"{entry.subject} {entry.text}"
    said = masked(said) if FLAG in entry.flags else said  # what is hidden is not found either
    return fold(f"{case.number} {case.subject} {who} {_details(session, case, entry)} {names} {said}")


def _details(session: Session, case: Case, entry: Entry) -> str:
    first = session.scalar(select(func.min(Entry.id)).where(Entry.case_number == case.number))
    if first is not None and first < entry.id:
        return ""
    tags = session.scalars(select(Tag.name).join(CaseTag, CaseTag.tag_id == Tag.id).where(CaseTag.case_number == case.number))
    fields = session.scalars(select(CaseField.value).where(CaseField.case_number == case.number, CaseField.value != "1"))
    outcome = session.get(Outcome, case.number)
    came_to = (outcome.office, outcome.cause.name if outcome.cause else "") if outcome else ()
    return " ".join([*tags, *fields, *came_to])
