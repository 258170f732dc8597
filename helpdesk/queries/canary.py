"""How the canary does: when the newest probe that came back was sent, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Installation, OutboxMail, ReplyAddress

NAME = "canary"
PROBE = "probe"


@dataclass(frozen=True)
class Canary:
    """`began_at`: since when probes leave; `sent_at`: the last one; `back`: when the newest that came back was sent, `took` how long."""

    began_at: datetime | None = None
    sent_at: datetime | None = None
    back: datetime | None = None
    took: timedelta | None = None

    @property
    def since(self) -> datetime | None:
        """The newest instant at which the line is known to have held, or was begun to be tried."""
        return max(filter(None, (self.began_at, self.back)), default=None)


def state(session: Session) -> Canary:
    row = session.get(Installation, NAME)
    if row is None:
        return Canary()
    began_at, sent_at, back = (_instant(row.value.get(name)) for name in ("began_at", "sent_at", "back"))
    took = row.value.get("took")
    return Canary(began_at, sent_at, back, None if took is None else timedelta(seconds=took))


def address(session: Session) -> ReplyAddress | None:
    """The hidden address to which probes go."""
    return session.scalar(select(ReplyAddress).where(ReplyAddress.purpose == PROBE).order_by(ReplyAddress.id.desc()).limit(1))


def unsent(session: Session, now: datetime) -> list[OutboxMail]:
    """Probes that have not left, and nobody is sending now."""
    waiting = select(OutboxMail).where(OutboxMail.kind == PROBE, OutboxMail.state.in_(("queued", "deferred")))
    return [row for row in session.scalars(waiting) if row.lease_until is None or row.lease_until <= now]


def by_message_id(session: Session, message_id: str) -> OutboxMail | None:
    return session.scalar(select(OutboxMail).where(OutboxMail.message_id == message_id, OutboxMail.kind == PROBE))


def _instant(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
