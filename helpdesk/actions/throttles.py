"""Who tries too often waits, each time longer: passwords, and asking for a new one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from helpdesk.models import Throttle

FREE_TRIES, SLOWEST = 5, timedelta(minutes=15)


class Throttled(Exception):
    """Too many tries; `until` is when the next one is heard."""

    def __init__(self, until: datetime) -> None:
        super().__init__("Too many tries. Please wait a little.")
        self.until = until


def slow_down(session: Session, name: str, now: datetime) -> None:
    """Raises Throttled where the next try under this name comes too soon."""
    row = session.get(Throttle, name)
    if row is None or row.failures < FREE_TRIES:
        return
    pause = min(timedelta(seconds=2 ** min(row.failures - FREE_TRIES, 20)), SLOWEST)
    if now < row.last_at + pause:
        raise Throttled(row.last_at + pause)


def failed(session: Session, name: str, now: datetime) -> None:
    """Count a try under this name that was wrong."""
    row = session.get(Throttle, name)
    if row is None:
        session.add(Throttle(name=name, failures=1, last_at=now))
    else:
        row.failures, row.last_at = row.failures + 1, now


def forget(session: Session, *names: str) -> None:
    """Begin to count anew under these names."""
    session.execute(delete(Throttle).where(Throttle.name.in_(names)))


def forget_old(session: Session, *, now: datetime) -> None:
    """Strike off what nobody tried for a day."""
    session.execute(delete(Throttle).where(Throttle.last_at < now - timedelta(days=1)))
