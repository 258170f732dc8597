"""Pin what is known of a case, so that nobody asks for it again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Entry, Fact
from helpdesk.policies.facts import KINDS

LONGEST_NAME, LONGEST_VALUE = 60, 300


class Nameless(Exception):
    """A fact needs a name and a value."""


def pin(
    session: Session,
    case: Case,
    name: str,
    value: str,
    *,
    agent: Agent,
    now: datetime,
    kind: str = "",
    entry: Entry | None = None,
) -> Fact:
    """Pin a fact; what is pinned already stays as it is.  Raises Nameless."""
    name, value = " ".join(name.split())[:LONGEST_NAME], " ".join(value.split())[:LONGEST_VALUE]
    if not name or not value:
        raise Nameless
    same = select(Fact).where(Fact.case_number == case.number, Fact.name == name, Fact.value == value, Fact.dropped_at.is_(None))
    if (known := session.scalar(same)) is not None:
        return known
    fact = Fact(case_number=case.number, name=name, value=value, entry=entry, pinned_by_id=agent.id, pinned_at=now)
    fact.kind = kind if kind in KINDS else ""
    session.add(fact)
    record(session, "fact-pinned", now=now, agent=agent, case=case, after={"name": name, "value": value})
    return fact


def drop(session: Session, case: Case, fact: Fact, *, agent: Agent, now: datetime) -> None:
    """It is wrong, or was never one."""
    if fact.dropped_at is None:
        fact.dropped_at = now
        record(session, "fact-dropped", now=now, agent=agent, case=case, before={"name": fact.name, "value": fact.value})


def restore(session: Session, case: Case, fact: Fact, *, agent: Agent, now: datetime) -> None:
    """It was one after all."""
    if fact.dropped_at is not None:
        fact.dropped_at = None
        record(session, "fact-pinned", now=now, agent=agent, case=case, after={"name": fact.name, "value": fact.value})
