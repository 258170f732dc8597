"""Whose eyes have seen the codes of a verification mail."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Entry, Event
from helpdesk.policies.verification import FLAG

SHOWN = "codes-shown"


def is_masked(session: Session, entry: Entry, agent: Agent) -> bool:
    """Whether the codes and links of this entry are hidden from this agent."""
    if FLAG not in entry.flags:
        return False
    seen = select(Event.id).where(Event.deed == SHOWN, Event.agent_id == agent.id, Event.thing == f"entry {entry.id}")
    return session.scalar(seen.limit(1)) is None


def hides_mail(session: Session, mail_id: int, agent: Agent) -> bool:
    """Whether a raw mail holds codes that are hidden from this agent."""
    return any(is_masked(session, entry, agent) for entry in session.scalars(select(Entry).where(Entry.mail_id == mail_id)))


def seen_by(timeline: Iterable[Event], agent: Agent) -> frozenset[int]:
    """The entries whose codes this agent has asked for, out of the whole timeline of a case."""
    things = (event.thing for event in timeline if event.deed == SHOWN and event.agent_id == agent.id)
    return frozenset(int(thing.removeprefix("entry ")) for thing in things)
