"""File references: what the other side calls a case, and how a desk calls its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.actions.indexing import reindex
from helpdesk.models import Agent, Case, Desk
from helpdesk.policies.references import is_pattern

LONGEST = 100  # characters


def say_theirs(session: Session, case: Case, text: str, *, agent: Agent, now: datetime) -> None:
    """Keep what the other side calls this case; "" takes it away.  Raises NotUsable."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise NotUsable("reference", "That is too long for a reference.")
    if text == case.their_reference:
        return
    before, case.their_reference = {"reference": case.their_reference}, text
    record(session, "their-reference", now=now, agent=agent, case=case, before=before, after={"reference": text})
    reindex(session, case)


def call_ours(session: Session, desk: Desk, pattern: str, *, agent: Agent, now: datetime) -> None:
    """Have a desk's cases called «LH-{number}»; "" for their number alone.  Raises NotUsable."""
    pattern = " ".join(pattern.split())
    if pattern and not is_pattern(pattern):
        raise NotUsable("reference", "Write {number} once, with letters and signs around it, like LH-{number}.")
    before, desk.reference = {"reference": desk.reference}, pattern
    record(session, "desk-changed", now=now, agent=agent, thing=f"desk {desk.id}", before=before, after={"reference": pattern})
