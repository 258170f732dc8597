"""What runs by the timetable for the desk: addresses expire and retire, dead log-ins are forgotten."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from helpdesk.actions import addresses, agents
from helpdesk.db import Database
from helpdesk.models import Installation
from helpdesk.policies import timetable

log = structlog.get_logger()

LAST_SWEEP = "last sweep"


class Stopped(Exception):
    """The sweep did not run, because the clock cannot be believed.  `str()` says why."""


def sweep(database: Database, *, now: datetime, said_explicitly: bool = False) -> int:
    """Expire and retire what is due at `now`; how many addresses changed.

    Raises Stopped where the clock jumped or too much would change at once (D21), unless the instant was said explicitly:
    then it also does not count as the timetable's last run.
    """
    with database.transaction() as session:
        if not said_explicitly:
            _believe(session, now)
        due, of = addresses.due_to_expire(session, now)
        if not said_explicitly and timetable.too_many(len(due), of):
            _stop(session, f"{len(due)} of {of} reply addresses would expire at once")
            return 0
        for row in due:
            addresses.expire(session, row, now=now)
        retiring = addresses.due_to_retire(session, now)
        for row in retiring:
            addresses.retire(session, row, now=now)
        if not said_explicitly:
            _remember(session, {"at": now.isoformat()})
        return len(due) + len(retiring)


def housekeeping(database: Database, *, now: datetime) -> None:
    """Forget dead log-ins, used links and old throttles."""
    with database.transaction() as session:
        agents.forget_old(session, now=now)


def trouble(session: Session) -> str | None:
    """Why the timetable stands still, or None."""
    row = session.get(Installation, LAST_SWEEP)
    return row.value.get("stopped") if row else None


def resume(session: Session) -> None:
    """A person looked at the clock and says that it is right."""
    row = session.get(Installation, LAST_SWEEP)
    if row is not None:
        session.delete(row)


def _believe(session: Session, now: datetime) -> None:
    row = session.get(Installation, LAST_SWEEP)
    last = datetime.fromisoformat(row.value["at"]) if row and "at" in row.value else None
    if not timetable.clock_is_plausible(last, now):
        raise Stopped(f"the clock says {now:%Y-%m-%d %H:%M} UTC, the last sweep was at {last:%Y-%m-%d %H:%M} UTC")


def _stop(session: Session, why: str) -> None:
    row = session.get(Installation, LAST_SWEEP)
    _remember(session, {**(row.value if row else {}), "stopped": why})
    log.error("sweep stopped", why=why)


def _remember(session: Session, value: dict[str, str]) -> None:
    session.merge(Installation(name=LAST_SWEEP, value=value))
