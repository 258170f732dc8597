"""Clocks ring: a warning once, a breach once.  Each is written down as an alarm; telling somebody is another's work.

Whoever tells reads the alarms with no `told_at`, looks whether the clock still runs (no alert for a case that has been solved in
between), and sets it.  An alarm is no event: it is nobody's deed, and «something has happened in this case» must not be said of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.actions import measuring
from helpdesk.models import Case, CaseAlarm, CaseClock, Installation
from helpdesk.policies.sla import may_ring, rung
from helpdesk.policies.timetable import LONGEST_PAUSE
from helpdesk.queries.clocks import as_clock

LAST_LOOK = "last look at the clocks"
EVEN_FOR = timedelta(hours=1)

log = structlog.get_logger()


def is_believed(session: Session, *, now: datetime) -> bool:
    """Whether the time can be believed enough to ring, and that it was looked at.  After days of silence a person has to say so."""
    row = session.get(Installation, LAST_LOOK)
    last = datetime.fromisoformat(row.value["at"]) if row else None
    if last is not None and abs(now - last) > LONGEST_PAUSE:
        log.error("no clock rings: the time jumped", last=str(last), now=str(now))
        return False
    believe(session, now=now)
    return may_ring(last, now)


def believe(session: Session, *, now: datetime) -> None:
    """It is now, by all that is known."""
    row = session.get(Installation, LAST_LOOK)
    last = datetime.fromisoformat(row.value["at"]) if row else None
    even_since = row.value.get("even_since") if row and may_ring(last, now) else None
    session.merge(Installation(name=LAST_LOOK, value={"at": now.isoformat(), "even_since": even_since or now.isoformat()}))
    session.flush()


def nobody_looked(session: Session) -> bool:
    """Whether the timetable never ran here."""
    return session.get(Installation, LAST_LOOK) is None


def follows(session: Session, *, now: datetime) -> bool:
    """Whether this instant follows looks that came closely one after another; as long as nobody ever looked, any does.

    The first look after a silence may be a leap of the clock, and after days of it a person has to say that it is none.
    """
    row = session.get(Installation, LAST_LOOK)
    if row is None:
        return True
    last, since = datetime.fromisoformat(row.value["at"]), row.value.get("even_since")
    return abs(now - last) <= LONGEST_PAUSE and (since is None or datetime.fromisoformat(since) < last)


def runs_evenly(session: Session, *, now: datetime) -> bool:
    """Whether time was watched pass for an hour without a gap or a jump: then much at once is what happens, and no wrong clock."""
    row = session.get(Installation, LAST_LOOK)
    since = row.value.get("even_since") if row else None
    is_fresh = row is not None and may_ring(datetime.fromisoformat(row.value["at"]), now)
    return is_fresh and since is not None and now - datetime.fromisoformat(since) >= EVEN_FOR


def ring(session: Session, *, now: datetime, limit: int) -> int:
    """Ring some of the clocks whose alarm time has come; how many rang.

    Two who ring at once tell nothing twice: a clock changes only if it is as it was seen, and a case that somebody is at work on is
    left for the next time, for it may be answered at this moment.  What is late and was answered before anybody looked rings when it
    is our turn again.
    """
    is_due = CaseClock.alarm_at <= now, CaseClock.paused_at.is_(None)
    due = select(CaseClock.case_number).where(*is_due).order_by(CaseClock.alarm_at).limit(limit)
    numbers = sorted(set(session.scalars(due)))
    # The cases first, as every deed does it: the other way round each would wait for the other.
    free = select(Case.number).where(Case.number.in_(numbers)).order_by(Case.number).with_for_update(of=Case, skip_locked=True)
    query = select(CaseClock).where(CaseClock.case_number.in_(session.scalars(free).all()), *is_due)
    found = session.scalars(query.order_by(CaseClock.id).execution_options(populate_existing=True)).all()
    return sum(_ring(session, row, now) for row in found)


def _ring(session: Session, row: CaseClock, now: datetime) -> bool:
    clock, level = rung(as_clock(row), now)
    unchanged = (
        CaseClock.id == row.id,
        CaseClock.alarm_at == row.alarm_at,
        CaseClock.stopped_at.is_(None),
        CaseClock.paused_at.is_(None),
    )
    changes = {"warned_at": clock.warned_at, "breached_at": clock.breached_at, "alarm_at": clock.alarm_at}
    found = session.execute(update(CaseClock).where(*unchanged).values(**changes).execution_options(synchronize_session=False))
    if found.rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.add(
        CaseAlarm(
            clock_id=row.id, case_number=row.case_number, level=level, due_at=clock.due_at, raised_at=now, team_id=row.team_id
        )
    )
    session.flush()
    measuring.follow(session, row.case_number)
    session.expire(row)
    return True
