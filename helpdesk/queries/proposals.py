"""Who is proposed as a participant."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Case, Participant, Person, Proposal


def waiting(session: Session, case: Case) -> list[Proposal]:
    """Those about whom nobody has decided and who do not take part yet, in their order."""
    there = select(Person.address).join(Participant).where(Participant.case_number == case.number, Participant.left_at.is_(None))
    query = select(Proposal).where(Proposal.case_number == case.number, Proposal.state == "open", Proposal.address.not_in(there))
    return list(session.scalars(query.order_by(Proposal.id)))


def of_case(session: Session, case: Case, proposal_id: int) -> Proposal | None:
    """This proposal, if it belongs to the case."""
    found = session.get(Proposal, proposal_id) if 0 < proposal_id < 2**31 else None
    return found if found is not None and found.case_number == case.number else None
