"""File references: what the other side calls a case, and how a desk calls its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.actions.indexing import reindex
from helpdesk.models import Agent, Case, Desk, Installation
from helpdesk.policies.references import is_pattern

LONGEST = 100  # characters
_TO_INDEX = "references to index"


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


def index_some(session: Session, *, limit: int) -> int:
    """Let some cases of a desk that calls them otherwise by now be found by it, the oldest first; how many."""
    desks = _to_index(session, for_change=True)
    if not desks:
        return 0
    desk_id, after = next(iter(desks.items()))
    query = select(Case).where(Case.desk_id == int(desk_id), Case.number > after).order_by(Case.number).limit(limit)
    found = session.scalars(query).all()
    for case in found:
        reindex(session, case)
    if len(found) < limit:
        del desks[desk_id]
    else:
        desks[desk_id] = found[-1].number
    session.merge(Installation(name=_TO_INDEX, value=desks))
    return len(found)


def are_to_index(session: Session) -> bool:
    """Whether the cases of some desk are still found by what they were called before."""
    return bool(_to_index(session))


def _to_index(session: Session, *, for_change: bool = False) -> dict[str, int]:
    """desk → the number of the case that was indexed last."""
    row = session.get(Installation, _TO_INDEX, with_for_update=for_change)
    return dict(row.value) if row else {}


def call_ours(session: Session, desk: Desk, pattern: str, *, agent: Agent, now: datetime) -> None:
    """Have a desk's cases called «LH-{number}»; "" for their number alone.  Raises NotUsable."""
    pattern = " ".join(pattern.split())
    if pattern and not is_pattern(pattern):
        raise NotUsable("reference", "Write {number} once, with letters and signs around it, like LH-{number}.")
    before, desk.reference = {"reference": desk.reference}, pattern
    if before["reference"] != pattern:
        session.merge(Installation(name=_TO_INDEX, value={**_to_index(session, for_change=True), str(desk.id): 0}))
    record(session, "desk-changed", now=now, agent=agent, thing=f"desk {desk.id}", before=before, after={"reference": pattern})
