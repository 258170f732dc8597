"""Who takes part: somebody leaves, somebody else becomes the customer.  Who joins: `cases.add_participant`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.actions import addresses
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Event, Participant
from helpdesk.queries import addresses as find


def remove(session: Session, case: Case, participant: Participant, *, agent: Agent, now: datetime) -> Event | None:
    """They take part no more: their addresses are withdrawn, what they said stays, and they may come back.  Raises NotPermitted."""
    if participant.left_at is not None:
        return None
    if participant.person_id == case.requester_id:
        raise NotPermitted(
            "%(name)s is the customer of this case. Make somebody else the customer first.", name=participant.person.called
        )
    closed = [row for row in participant.addresses if find.standing_of(row, now) not in ("retired", "revoked")]
    for row in closed:
        addresses.revoke(session, row, agent=agent, now=now)
    participant.left_at = now
    after = {"name": participant.person.called, "participant_id": participant.id, "addresses": [row.id for row in closed]}
    told = record(session, "participant-removed", now=now, agent=agent, case=case, after=after)
    session.expire(case, ["participants"])
    return told


def make_requester(session: Session, case: Case, participant: Participant, *, agent: Agent, now: datetime) -> Event | None:
    """They are the customer from now on; whoever was takes part as before.  A second time changes nothing."""
    if participant.person_id == case.requester_id:
        return None
    was = next((other for other in case.participants if other.person_id == case.requester_id), None)
    before = {"requester": case.requester.called} | ({"participant_id": was.id} if was else {})
    _put_first(session, case, participant)
    after = {"requester": participant.person.called}
    return record(
        session, "requester-changed", now=now, agent=agent, person=participant.person, case=case, before=before, after=after
    )


def take_back(session: Session, case: Case, event: Event, *, now: datetime) -> dict[str, Any]:
    """Whoever took part, and whoever was the customer, does again, by the addresses that they had.  Raises NotPermitted."""
    known = event.before if event.deed == "requester-changed" else event.after
    participant = session.get(Participant, known.get("participant_id", 0))
    if participant is None:
        raise NotPermitted("This cannot be taken back.")
    name = participant.person.called
    match event.deed:
        case "requester-changed":
            _put_first(session, case, participant)
        case "participant-removed":
            participant.left_at = None
            for row in participant.addresses:
                if row.id in event.after["addresses"]:
                    row.revoked_at = None
        case "participant-added":
            _never_came(session, case, participant, event, now)
    session.flush()
    session.expire(case, ["participants"])
    return {"name": name}


def _put_first(session: Session, case: Case, participant: Participant) -> None:
    for other in case.participants:
        other.role = "requester" if other is participant else "copy"
    case.requester = participant.person
    session.flush()


def _never_came(session: Session, case: Case, participant: Participant, event: Event, now: datetime) -> None:
    """Nobody knows of the address that was issued to them, so it is struck off; whoever had left has left as before."""
    issued = [row for row in participant.addresses if row.issued_at >= participant.since]
    if not all(addresses.is_unknown(session, row) for row in issued):
        raise NotPermitted("Something has happened in the case since, so it stays as it is.")
    for row in issued:
        addresses.forget(session, row, now=now)
    addresses.give_lives_back(session, case, event.before.get("doors", {}))
    session.expire(participant, ["addresses"])
    left_at = event.before.get("left_at")
    if left_at:
        participant.left_at = datetime.fromisoformat(left_at)
    else:
        session.delete(participant)
