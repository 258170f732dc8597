"""The post room: what came in, what became of it, and whether the books agree."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.models import Arrival, InboundMail

OUTCOMES = ("case", "new-case", "follow-up", "held", "refused", "report", "auto", "duplicate", "late")


@dataclass(frozen=True)
class Ledger:
    """Conservation: accepted = the sum over all outcomes + what still waits to be read.

    The two sides are counted from different tables: a mail without a recipient, and an outcome without a name, show as a mismatch.
    """

    accepted: int
    by_outcome: dict[str, int]
    waiting: int

    @property
    def mismatch(self) -> int:
        return self.accepted - sum(self.by_outcome.values()) - self.waiting


def arrivals(session: Session, *, outcome: str | None = None, limit: int = 50, before: int | None = None) -> list[Arrival]:
    """Mail × recipient, the newest first; `outcome` may also be «waiting»."""
    query = select(Arrival).options(joinedload(Arrival.mail)).order_by(Arrival.id.desc()).limit(limit)
    if outcome:
        query = query.where(Arrival.outcome.is_(None) if outcome == "waiting" else Arrival.outcome == outcome)
    return list(session.scalars(query.where(Arrival.id < before) if before else query))


def arrival(session: Session, arrival_id: int) -> Arrival | None:
    return session.scalar(select(Arrival).where(Arrival.id == arrival_id).options(joinedload(Arrival.mail)))


def ledger(session: Session) -> Ledger:
    """The books, counted."""
    rows = session.execute(select(Arrival.outcome, func.count()).group_by(Arrival.outcome)).all()
    found = dict(rows)
    accepted = session.scalar(select(func.count()).select_from(InboundMail).outerjoin(InboundMail.arrivals)) or 0
    return Ledger(accepted, {name: found.get(name, 0) for name in OUTCOMES}, found.get(None, 0))
