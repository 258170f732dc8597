"""Who takes part: somebody leaves, somebody else becomes the customer.  Who joins: `cases.add_participant`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions import addresses
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Participant
from helpdesk.queries import addresses as find


def remove(session: Session, case: Case, participant: Participant, *, agent: Agent, now: datetime) -> None:
    """They take part no more: their addresses are withdrawn, what they said stays, and they may come back.  Raises NotPermitted."""
    if participant.left_at is not None:
        return
    if participant.person_id == case.requester_id:
        raise NotPermitted(
            "%(name)s is the customer of this case. Make somebody else the customer first.", name=participant.person.called
        )
    for row in list(participant.addresses):
        if find.standing_of(row, now) not in ("retired", "revoked"):
            addresses.revoke(session, row, agent=agent, now=now)
    participant.left_at = now
    record(session, "participant-removed", now=now, agent=agent, case=case, after={"name": participant.person.called})
    session.expire(case, ["participants"])


def make_requester(session: Session, case: Case, participant: Participant, *, agent: Agent, now: datetime) -> None:
    """They are the customer from now on; whoever was takes part as before.  A second time changes nothing."""
    if participant.person_id == case.requester_id:
        return
    before = {"requester": case.requester.called}
    for other in case.participants:
        other.role = "requester" if other is participant else "copy"
    case.requester = participant.person
    session.flush()
    after = {"requester": participant.person.called}
    record(session, "requester-changed", now=now, agent=agent, person=participant.person, case=case, before=before, after=after)
