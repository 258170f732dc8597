"""Ask whether we were able to help, in the mail that solves a case, and keep what they say to it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions.events import record
from helpdesk.models import Case, Entry, Participant, Person, Rating
from helpdesk.policies import satisfaction as policy
from helpdesk.queries import satisfaction as find


def ask(session: Session, case: Case, entry: Entry, readers: Collection[Participant], *, now: datetime) -> None:
    """This answer solves the case: where its desk wants to know, its mail to the requester asks whether it helped."""
    if case.desk.asks_satisfaction and any(one.person_id == case.requester_id for one in readers):
        session.add(Rating(asked_in_id=entry.id, case_number=case.number, asked_at=now))


def rate(session: Session, case: Case, entry: Entry, person: Person | None, *, now: datetime) -> bool:
    """Whether their mail says yes, and nothing else: then nobody waits for an answer, and nothing is opened again.

    A no is kept as well, and counts as the word that it is.  Only the requester is asked, and their first word is the answer.
    """
    if case.state != "resolved" or person is None or person.id != case.requester_id:
        return False
    said = policy.answer(entry.visible, entry.author)
    row = find.open_question(session, case, entry) if said is not None else None
    if row is None:
        return False
    row.answered_in_id, row.answered_at, row.satisfied = entry.id, now, said
    if said:
        entry.flags = [*entry.flags, policy.FLAG]
    after = {"satisfied": said, "author": person.called}
    record(session, "rated", now=now, person=person, case=case, thing=f"entry {entry.id}", after=after)
    return bool(said)
