"""People whom a participant wrote to as well: proposed, shown, and nothing else until an agent says yes (I8, R4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import addresses, cases, people
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Entry, Event, Participant, Person, Proposal
from helpdesk.policies.automatic import is_machine
from helpdesk.queries import addresses as find
from helpdesk.queries.drafts import last_event
from helpdesk.queries.people import agent_by_email

MOST = 20  # of one case: a mail to a thousand people proposes no thousand


def propose(session: Session, case: Case, entry: Entry, named: Iterable[tuple[str, str]], *, now: datetime) -> None:
    """Propose these (name, address) of a participant's mail; never ourselves, a machine, or whom somebody decided about."""
    known = set(session.scalars(select(Proposal.address).where(Proposal.case_number == case.number)))
    room = MOST - len(known)
    for name, address in named:
        if room <= 0:
            return
        if address in known or not _may_take_part(session, case, address):
            continue
        known.add(address)
        room -= 1
        session.add(
            Proposal(case_number=case.number, name=name[:200], address=address, entry=entry, state="open", proposed_at=now)
        )
        session.flush()
        after = {"name": name[:200] or address, "by": entry.author}
        record(session, "proposed", now=now, person=entry.person, case=case, after=after)


def accept(session: Session, case: Case, proposal: Proposal, *, agent: Agent, now: datetime) -> Participant:
    """Let them take part; a second time changes nothing.  Raises NotPermitted."""
    proposal.state = "accepted"
    person = people.known(session, proposal.address, proposal.name, now=now)
    return cases.add_participant(session, case, person, now=now, agent=agent)


def let_in(session: Session, case: Case, proposal: Proposal, *, agent: Agent, now: datetime) -> dict[str, Any]:
    """As `accept`, with an answer that can be taken back: what `part` has to know."""
    last, person = last_event(session, case), session.scalar(select(Person).where(Person.address == proposal.address))
    theirs = (Participant.case_number == case.number, Participant.person_id == (person.id if person else 0))
    known = session.scalar(select(Participant).where(*theirs))
    left_at = known.left_at if known is not None else None
    participant = accept(session, case, proposal, agent=agent, now=now)
    session.flush()
    told = select(Event.id).where(Event.case_number == case.number, Event.id > last).order_by(Event.id)
    return {
        "proposal": proposal.id,
        "participant": participant.id,
        "took_part": known is not None and left_at is None,
        "left_at": left_at.isoformat() if left_at else None,
        "is_known": person is not None,
        "events": list(session.scalars(told)),
    }


def part(session: Session, case: Case, came: dict[str, Any], *, now: datetime) -> bool:
    """They were let in by an answer that was taken back: they take no part, and are proposed as before; whether they went.

    Whoever wrote meanwhile, or was written to, stays.
    """
    proposal, participant = session.get_one(Proposal, came["proposal"]), session.get_one(Participant, came["participant"])
    doors = [row for row in participant.addresses if row.issued_at >= participant.since]
    wrote = select(Entry.id).where(Entry.person_id == participant.person_id, Entry.at >= participant.since)
    if not came["took_part"]:
        if session.scalar(wrote.limit(1)) is not None or not all(addresses.is_unknown(session, row) for row in doors):
            return False
        _leave(session, participant, came, now)
        session.expire(case, ["participants"])
    proposal.state = "open"
    return True


def _leave(session: Session, participant: Participant, came: dict[str, Any], now: datetime) -> None:
    for row in [row for row in participant.addresses if row.issued_at >= participant.since]:
        addresses.forget(session, row, now=now)
    session.expire(participant, ["addresses"])
    if came["left_at"]:
        participant.left_at = datetime.fromisoformat(came["left_at"])
        return
    person = participant.person
    session.delete(participant)
    session.flush()
    if not came["is_known"]:
        people.forget_unused(session, person)


def decline(session: Session, case: Case, proposal: Proposal, *, agent: Agent, now: datetime) -> None:
    """They do not take part, and nobody asks again.  Whoever takes part already stays."""
    if proposal.state != "open":
        return
    proposal.state = "declined"
    record(session, "proposal-declined", now=now, agent=agent, case=case, after={"name": proposal.name or proposal.address})


def _may_take_part(session: Session, case: Case, address: str) -> bool:
    return not (
        "@" not in address
        or find.is_own(session, address)
        or is_machine(address)
        or find.participant(session, case.number, address)
        or agent_by_email(session, address)
    )
