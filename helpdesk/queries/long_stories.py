"""A very long story, shortened: of what is left out nothing is fetched but that it is there."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, or_, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Entry, Event
from helpdesk.policies.doubt import DOUBTFUL, waits
from helpdesk.policies.long_stories import LONGEST, Gap, Line, gaps
from helpdesk.queries import cases
from helpdesk.queries.one_of import among, dialect_of


def shortened(
    session: Session, case: Case, agent: Agent, *, holds_others: bool = True, asks_for_somebody: bool = True
) -> tuple[list[Event], list[Gap]]:
    """As cases.timeline, and what was left out of it; `asks_for_somebody` False: it is known that no mail in it does."""
    events = cases.events_of(session, case, agent, holds_others=holds_others)
    said = [event.entry_id for event in events if event.entry_id is not None]
    found = gaps(_lines(session, events, said if asks_for_somebody else [])) if len(said) > LONGEST else []
    hidden = {event_id for gap in found for event_id in gap.hidden}
    return cases.told(session, [event for event in events if event.id not in hidden], agent), found


def asking() -> tuple[ColumnElement[bool], ...]:
    """A mail may still ask somebody to decide: who wrote it is in doubt, or whether the one who forwarded it is the customer."""
    # Of two hundred mails that are nothing but mail no flag has to be read.
    doubtful = or_(*(cast(Entry.flags, Text).contains(flag) for flag in sorted(DOUBTFUL)))
    there = or_(and_(Entry.judgement.is_(None), doubtful), cast(Entry.traits, Text).contains('"forwarded"'))
    return Entry.kind == "mail-in", there


def _lines(session: Session, events: list[Event], said: list[int]) -> list[Line]:
    rows = session.execute(_flagged(dialect_of(session)), {"numbers": said}) if said else ()
    loud = {
        entry_id
        for entry_id, flags, judgement, traits in rows
        if waits(flags, judgement) or traits.get("forwarded", {}).get("state") == "open"
    }
    return [Line(event.id, event.at, event.entry_id is not None, event.entry_id in loud) for event in events]


@cache
def _flagged(dialect: str) -> Select[int, list[str], str | None, dict[str, Any]]:
    return select(Entry.id, Entry.flags, Entry.judgement, Entry.traits).where(among(dialect, Entry.id), *asking())
