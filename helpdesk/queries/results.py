"""What the page of search results shows of each hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from helpdesk.models import Agent, Case, Entry
from helpdesk.queries.cases import seen_by
from helpdesk.queries.one_of import one_of
from helpdesk.queries.search import Hit


@dataclass(frozen=True)
class Shown:
    """A case, and the message that was found in it."""

    case: Case
    entry: Entry | None


def shown(session: Session, agent: Agent, hits: Sequence[Hit]) -> list[Shown]:
    """The rows of these hits, in their order; two or three questions, however many they are."""
    cases = {case.number: case for case in session.scalars(
        select(Case).where(one_of(session, Case.number, [hit.number for hit in hits]), seen_by(agent))
    )}  # fmt: skip
    ids = [hit.entry_id for hit in hits if hit.entry_id is not None]
    if not ids:
        return [Shown(cases[hit.number], None) for hit in hits if hit.number in cases]
    query = select(Entry).where(one_of(session, Entry.id, ids)).options(selectinload(Entry.attachments))
    entries = {entry.id: entry for entry in session.scalars(query)}
    return [Shown(cases[hit.number], entries.get(hit.entry_id or 0)) for hit in hits if hit.number in cases]
