"""What the page of search results shows of each hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Entry
from helpdesk.policies.permissions import may
from helpdesk.queries.one_of import among, dialect_of
from helpdesk.queries.search import Hit
from helpdesk.queries.sight import hidden_from_reader
from helpdesk.queries.words import with_files


@dataclass(frozen=True)
class Shown:
    """A case, and the message that was found in it."""

    case: Case
    entry: Entry | None


def shown(session: Session, agent: Agent, hits: Sequence[Hit]) -> list[Shown]:
    """The rows of these hits, in their order; one to three questions, however many they are."""
    asked = {"numbers": [hit.number for hit in hits], "reader": agent.id}
    may_read = bool(hits) and may(agent, "case.read")
    cases = {case.number: case for case in session.scalars(_cases(dialect_of(session)), asked)} if may_read else {}
    ids = [hit.entry_id for hit in hits if hit.entry_id is not None]
    entries = {entry.id: entry for entry in session.scalars(_entries(dialect_of(session)), {"numbers": ids})} if ids else {}
    with_files(session, entries)
    return [Shown(cases[hit.number], entries.get(hit.entry_id or 0)) for hit in hits if hit.number in cases]


@cache
def _cases(dialect: str) -> Select[Case]:
    return select(Case).where(among(dialect, Case.number), Case.number.not_in(hidden_from_reader()))


@cache
def _entries(dialect: str) -> Select[Entry]:
    return select(Entry).where(among(dialect, Entry.id))
