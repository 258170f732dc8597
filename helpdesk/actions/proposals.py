"""People whom a participant wrote to as well: proposed, shown, and nothing else until an agent says yes (I8, R4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import cases, people
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Entry, Participant, Proposal
from helpdesk.policies.automatic import is_machine
from helpdesk.queries import addresses as find
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
