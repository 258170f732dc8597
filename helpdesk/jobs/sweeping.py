"""Addresses expire and retire; nothing does while the clock cannot be believed."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from helpdesk.actions import addresses
from helpdesk.db import Database
from helpdesk.models import Installation
from helpdesk.policies import timetable

log = structlog.get_logger()
LAST_SWEEP = "last sweep"


class Stopped(Exception):
    """The sweep did not run, because the clock cannot be believed.  `str()` says why."""


def sweep(database: Database, *, now: datetime) -> int:
    """Expire and retire what is due at `now`; how many addresses changed.

    Raises Stopped where the clock jumped against the last run, or where so much would change at once that a wrong clock is
    the likelier reason (D21).  It then says so on the dashboard until a person runs `holdline tick`.
    """
    with database.transaction() as session:
        why = _doubt(session, now)
        changed = 0 if why else _expire_and_retire(session, now)
        remember(session, now, why)
    if why:
        log.error("sweep stopped", why=why)
        raise Stopped(why)
    return changed


def sweep_at_your_word(database: Database, *, now: datetime, is_present: bool) -> int:
    """The same without a guard: a person said the instant.  `is_present`: it is today's, so the timetable goes on from it."""
    with database.transaction() as session:
        changed = _expire_and_retire(session, now)
        if is_present:
            remember(session, now, None)
    return changed


def trouble(session: Session) -> str | None:
    """Why the timetable stands still, or None."""
    row = session.get(Installation, LAST_SWEEP)
    return row.value.get("stopped") if row else None


def last_run(session: Session) -> datetime | None:
    """When the timetable last swept; None before the first time."""
    row = session.get(Installation, LAST_SWEEP)
    return datetime.fromisoformat(row.value["at"]) if row else None


def remember(session: Session, now: datetime, why: str | None) -> None:
    """When the timetable last ran; while it is stopped, that stays what it was."""
    row = session.get(Installation, LAST_SWEEP)
    at = row.value["at"] if row and why else now.isoformat()
    value = {"at": at, "stopped": why} if why else {"at": at}
    session.merge(Installation(name=LAST_SWEEP, value=value))


def _expire_and_retire(session: Session, now: datetime) -> int:
    due, _of = addresses.due_to_expire(session, now)
    for row in due:
        addresses.expire(session, row, now=now)
    retiring = addresses.due_to_retire(session, now)
    for row in retiring:
        addresses.retire(session, row, now=now)
    return len(due) + len(retiring)


def _doubt(session: Session, now: datetime) -> str | None:
    row = session.get(Installation, LAST_SWEEP)
    last = datetime.fromisoformat(row.value["at"]) if row else None
    if not timetable.clock_is_plausible(last, now):
        return f"the clock says {now:%Y-%m-%d %H:%M} UTC, but the last sweep was at {last:%Y-%m-%d %H:%M} UTC"
    due, of = addresses.due_to_expire(session, now)
    if timetable.too_many(len(due), of):
        return f"{len(due)} of {of} reply addresses would expire at once"
    return None
