"""Where it hurt and what was praised, at the messages of a case."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Friction


def at_entries(session: Session, entry_ids: Collection[int]) -> dict[int, list[Friction]]:
    """Entry id → the marks that stand there, the oldest first."""
    query = select(Friction).where(Friction.entry_id.in_(entry_ids), Friction.undone_at.is_(None)).order_by(Friction.id)
    found: dict[int, list[Friction]] = {}
    for row in session.scalars(query):
        found.setdefault(row.entry_id, []).append(row)
    return found


def in_case(session: Session, numbers: Collection[int], friction_id: int) -> Friction | None:
    """One mark at a message of this case (and of those that were merged into it)."""
    found = session.get(Friction, friction_id) if 0 < friction_id < 2**31 else None
    return found if found is not None and found.entry.case_number in numbers else None
