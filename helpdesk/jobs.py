"""What runs by the timetable for the desk: addresses expire and retire, planned answers leave, clocks ring, what is dead is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session

from helpdesk.actions import (
    addresses,
    agents,
    alarms,
    beginnings,
    clocks,
    drafts,
    indexing,
    measuring,
    person_figures,
    presence,
    promise_watch,
    recall,
    references,
    report_mails,
    sending,
    snapshots,
    summing,
    webhooks,
)
from helpdesk.db import Database
from helpdesk.models import Installation, ReportSchedule
from helpdesk.policies import timetable
from helpdesk.queries import answer_times, schedules
from helpdesk.queries import drafts as find_drafts
from helpdesk.queries import promises as find_promises
from helpdesk.reports import mailing
from helpdesk.reports.shelf import SHELF, Shelf

log = structlog.get_logger()
Result = TypeVar("Result")

LAST_SWEEP = "last sweep"
AT_ONCE = 100  # cases whose clocks are set, or clocks that ring, in one transaction
FOLDED_AT_ONCE = 500  # entries; a second or so
MEASURED_AT_ONCE = 200  # cases
SUMMED_AT_ONCE = 10  # days
REFERENCED_AT_ONCE = 100  # cases, with all their entries


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
        _remember(session, now, why)
    if why:
        log.error("sweep stopped", why=why)
        raise Stopped(why)
    return changed


def sweep_at_your_word(database: Database, *, now: datetime, is_present: bool) -> int:
    """The same without a guard: a person said the instant.  `is_present`: it is today's, so the timetable goes on from it."""
    with database.transaction() as session:
        changed = _expire_and_retire(session, now)
        if is_present:
            _remember(session, now, None)
    return changed


def housekeeping(database: Database, *, now: datetime) -> None:
    """Forget dead log-ins, used links, old throttles and discarded drafts."""
    with database.transaction() as session:
        agents.forget_old(session, now=now)
        drafts.forget_old(session, now=now)
        beginnings.forget_old(session, now=now)
        recall.forget_old(session, now=now)
        presence.forget_old(session, now=now)
        webhooks.forget_old(session, now=now)


def send_planned(database: Database, *, now: datetime) -> int:
    """Send the answers whose planned time has come, and stop those that their authors should look at again; how many left.

    Each is a transaction of its own: one that cannot leave holds up no other.
    """
    with database.reading() as session:
        due = find_drafts.due(session, now)
    left = 0
    for draft_id in due:
        try:
            with database.transaction() as session:
                left += sending.send_planned(session, draft_id, now=now)
        except Exception as error:  # told without its text, which can hold a customer's words (P6)
            log.error("planned answer not sent", draft=draft_id, error=type(error).__name__)
    return left


def fold_anew(database: Database) -> int:
    """After an upgrade: some of the entries that were folded by older rules can be found by the new ones; how many."""
    with database.reading() as session:
        if not indexing.is_behind(session):
            return 0
    with database.transaction() as session:
        return indexing.index_older(session, limit=FOLDED_AT_ONCE)


def find_by_references(database: Database) -> int:
    """After a desk's pattern changed: some of its cases are found by what they are called now; how many."""
    with database.reading() as session:
        if not references.are_to_index(session):
            return 0
    with database.transaction() as session:
        return references.index_some(session, limit=REFERENCED_AT_ONCE)


def set_clocks(database: Database, *, now: datetime, most: int = 1_000) -> int:
    """After the rules changed, or an upgrade: have the clocks of some cases follow; how many cases.  0 once all do."""
    with database.reading() as session:
        if not clocks.are_behind(session):
            return 0
    done = 0
    while done < most and (some := _in_one(database, lambda session: clocks.set_some_anew(session, now=now, limit=AT_ONCE))):
        done += some
    return done


def ring_clocks(database: Database, *, now: datetime) -> int:
    """Write down whose warning or deadline has come; how many.  Nothing where the time may have jumped."""
    return ring_at_your_word(database, now=now) if _in_one(database, lambda session: alarms.is_believed(session, now=now)) else 0


def ring_at_your_word(database: Database, *, now: datetime, is_present: bool = False) -> int:
    """The same without a guard: a person said the instant.  `is_present`: it is today's, so the timetable goes on from it."""
    if is_present:
        _in_one(database, lambda session: alarms.believe(session, now=now))
    done = 0
    while some := _in_one(database, lambda session: alarms.ring(session, now=now, limit=AT_ONCE)):
        done += some
    while some := watch_promises(database, now=now):
        done += some
    return done


def measure(database: Database, *, now: datetime, most: int = 10_000) -> int:
    """Measure the cases whose history grew, and make the sums of days that changed; how many cases.  A report sees all of it."""
    with database.reading() as session:
        has_grown, is_stale = measuring.is_behind(session, now=now), summing.is_behind(session, now=now)
    done = 0
    while has_grown and done < most:
        some = _in_one(database, lambda session: measuring.measure_some(session, now=now, limit=MEASURED_AT_ONCE))
        has_grown, done = some > 0, done + some
    while (done or is_stale) and _in_one(database, lambda session: summing.sum_some(session, now=now, limit=SUMMED_AT_ONCE)):
        pass
    take_snapshots(database, now=now)
    return done


def follow_settings(database: Database, *, now: datetime) -> None:
    """At the start: what was changed in the environment, and belongs on the record, is written there."""
    with database.reading() as session:
        has_changed = person_figures.has_changed(session)
    if has_changed:
        _in_one(database, lambda session: person_figures.follow_setting(session, now=now))


def take_snapshots(database: Database, *, now: datetime) -> int:
    """Write down the backlog of each full hour that has passed; how many.  Two who do it at once write each of them once.

    What is not measured yet would be missing in it, so until then it waits.
    """
    with database.reading() as session:
        hours = snapshots.due(session, now=now)
        found = snapshots.look(session, hours) if hours and not measuring.is_behind(session, now=now) else {}
    return sum(_in_one(database, partial(snapshots.write, hour=hour, cells=cells, now=now)) for hour, cells in found.items())


def watch_promises(database: Database, *, now: datetime) -> int:
    """Tell whoever holds a case that a promise is near, then the customer, and write down what is broken; how many.

    Each is a transaction of its own: one at which something fails holds up no other.
    """
    with database.reading() as session:
        due = find_promises.due_to_look(session, now, limit=AT_ONCE)
    done = 0
    for promise_id in due:
        try:
            done += bool(_in_one(database, lambda session, one=promise_id: promise_watch.look(session, one, now=now)))  # type: ignore[misc]
        except Exception as error:  # told without its text, which can hold a customer's words (P6)
            log.error("promise not looked at", promise=promise_id, error=type(error).__name__)
    return done


def work_out_answer_times(database: Database, *, now: datetime) -> None:
    """How long people waited lately, as acknowledgements of the next half hour say it."""
    with database.reading() as session:
        found = answer_times.work_out_all(session, now=now)
    _in_one(database, lambda session: session.merge(Installation(name=answer_times.NAME, value=found)))


def send_reports(database: Database, *, now: datetime, at_your_word: bool = False, shelf: Shelf = SHELF) -> int:
    """Have the reports leave whose time has come, each once; how many.  Of those that were missed the newest is sent, late.

    A report is collected while nothing is locked, and put into the outbox in a transaction of its own.  None leaves while the time
    cannot be believed, unless a person said it.
    """
    with database.reading() as session:
        due = schedules.due(session, now)
        if not due or not (at_your_word or (trouble(session) is None and timetable.clock_is_plausible(last_run(session), now))):
            return 0
    return sum(_send_report(database, schedule_id, shelf, now) for schedule_id in due)


def _send_report(database: Database, schedule_id: int, shelf: Shelf, now: datetime) -> bool:
    try:
        with database.reading() as session:
            row = session.get_one(ReportSchedule, schedule_id)
            words = mailing.mail_of(session, row, shelf, now=now)
            day, due_at = report_mails.newest(session, row, now)
        said = words._asdict() if words is not None else None
        order = report_mails.Due(schedule_id, row.next_at, day, due_at, said)
        return _in_one(database, lambda session: report_mails.send(session, order, now=now))
    except Exception as error:  # one that cannot be collected holds up no other; its text can hold a customer's words (P6)
        log.error("report not sent", schedule=schedule_id, error=type(error).__name__)
        return False


def _in_one(database: Database, what: Callable[[Session], Result]) -> Result:
    with database.transaction() as session:
        return what(session)


def trouble(session: Session) -> str | None:
    """Why the timetable stands still, or None."""
    row = session.get(Installation, LAST_SWEEP)
    return row.value.get("stopped") if row else None


def last_run(session: Session) -> datetime | None:
    """When the timetable last swept; None before the first time."""
    row = session.get(Installation, LAST_SWEEP)
    return datetime.fromisoformat(row.value["at"]) if row else None


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


def _remember(session: Session, now: datetime, why: str | None) -> None:
    """When the timetable last ran; while it is stopped, that stays what it was."""
    row = session.get(Installation, LAST_SWEEP)
    at = row.value["at"] if row and why else now.isoformat()
    value = {"at": at, "stopped": why} if why else {"at": at}
    session.merge(Installation(name=LAST_SWEEP, value=value))
