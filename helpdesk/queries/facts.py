"""What is known of a case, and what its customer wrote that could be pinned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from helpdesk.models import Case, Entry, Event, Fact
from helpdesk.policies import facts, verification
from helpdesk.policies.doubt import speaks

LOOKED_THROUGH = 5  # of the oldest and of the newest mails of theirs
SHOWN = 8


@dataclass(frozen=True)
class Candidate:
    """Something in a mail that has the form of a fact."""

    kind: facts.Kind
    value: str
    entry: Entry


def of_case(session: Session, case: Case) -> list[Fact]:
    """What is pinned, in the order in which it was."""
    query = select(Fact).where(Fact.case_number == case.number, Fact.dropped_at.is_(None)).options(selectinload(Fact.entry))
    return list(session.scalars(query.order_by(Fact.id)))


def candidates(events: Sequence[Event], pinned: Sequence[Fact], *, most: int | None = SHOWN) -> list[Candidate]:
    """What their mails say that is not pinned yet, the oldest first.  Doubtful mail says nothing, and codes stay hidden."""
    mails = [event.entry for event in events if event.entry is not None and event.entry.kind == "mail-in"]
    told = [mail for mail in mails if speaks(mail.flags, mail.judgement) and verification.FLAG not in mail.flags]
    known = {fact.value for fact in pinned}
    found: dict[str, Candidate] = {}
    for entry in dict.fromkeys((*told[:LOOKED_THROUGH], *told[-LOOKED_THROUGH:])):
        for fact in facts.found(entry.visible):
            if fact.value not in known:
                found.setdefault(fact.value, Candidate(fact.kind, fact.value, entry))
    return list(found.values())[:most]
