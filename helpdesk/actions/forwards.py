"""Mail that a colleague forwarded to the desk: who wrote it first is offered as the requester, and a person says yes or no."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions import addresses, people
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Entry
from helpdesk.queries import addresses as find


def offer(entry: Entry, name: str, address: str) -> None:
    """Offer whoever this entry's mail names as its first writer.  It says nothing of who they are (C21)."""
    entry.traits = {**entry.traits, "forwarded": {"name": name[:200], "address": address, "state": "open"}}


def accept(session: Session, case: Case, entry: Entry, *, agent: Agent, now: datetime) -> None:
    """Make the offered writer the requester, with an address of their own; whoever forwarded it takes part no more.

    Nobody is mailed.  Raises NotPermitted.
    """
    offered = entry.traits["forwarded"]
    address = offered["address"]
    if find.is_own(session, address):
        raise NotPermitted("%(address)s is an address of this desk; it cannot take part in a case.", address=address)
    if find.participant(session, case.number, address) is not None:
        raise NotPermitted("%(address)s takes part in this case already.", address=address)
    requester = next(participant for participant in case.participants if participant.person_id == case.requester_id)
    before = {"requester": case.requester.called}
    for row in list(requester.addresses):
        if find.standing_of(row, now) not in ("retired", "revoked"):
            addresses.revoke(session, row, agent=agent, now=now)
    person = people.known(session, address, offered["name"], now=now)
    requester.person, requester.since, case.requester = person, now, person
    session.flush()
    _answer(entry, "accepted")
    after = {"requester": person.called}
    record(session, "requester-changed", now=now, agent=agent, person=person, case=case, before=before, after=after)
    addresses.issue(session, requester, now=now)


def decline(session: Session, case: Case, entry: Entry, *, agent: Agent, now: datetime) -> None:
    """They are not the customer; nobody asks again."""
    _answer(entry, "declined")
    after = {"name": entry.traits["forwarded"]["name"] or entry.traits["forwarded"]["address"]}
    record(session, "requester-declined", now=now, agent=agent, case=case, after=after)


def _answer(entry: Entry, state: str) -> None:
    entry.traits = {**entry.traits, "forwarded": {**entry.traits["forwarded"], "state": state}}
