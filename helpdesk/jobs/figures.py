"""Cases are measured, days summed, backlogs written down, and what people are told of waiting is worked out."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from helpdesk.actions import alarms, measuring, snapshots, summing
from helpdesk.db import Database
from helpdesk.jobs.transaction import in_one
from helpdesk.models import Installation
from helpdesk.queries import answer_times

MEASURED_AT_ONCE = 200  # cases
SUMMED_AT_ONCE = 10  # days


def measure(database: Database, *, now: datetime, most: int = 10_000) -> int:
    """Measure the cases whose history grew, and make the sums of days that changed; how many cases.  A report sees all of it."""
    with database.reading() as session:
        has_grown, is_stale = measuring.is_behind(session, now=now), summing.is_behind(session, now=now)
    done = 0
    while has_grown and done < most:
        some = in_one(database, lambda session: measuring.measure_some(session, now=now, limit=MEASURED_AT_ONCE))
        has_grown, done = some > 0, done + some
    while (done or is_stale) and in_one(database, lambda session: summing.sum_some(session, now=now, limit=SUMMED_AT_ONCE)):
        pass
    take_snapshots(database, now=now)
    return done


def take_snapshots(database: Database, *, now: datetime) -> int:
    """Write down the backlog of each full hour that has passed; how many.  Two who do it at once write each of them once.

    What is not measured yet would be missing in it, so until then it waits.  Of hours that are made good the clock has to be sure:
    what one that leapt ahead wrote down would never be put right.
    """
    with database.reading() as session:
        hours = snapshots.due(session, now=now)
        if len(hours) > 1 and not (alarms.nobody_looked(session) or alarms.runs_evenly(session, now=now)):
            return 0
        found = snapshots.look(session, hours) if hours and not measuring.is_behind(session, now=now) else {}
    return sum(in_one(database, partial(snapshots.write, hour=hour, cells=cells, now=now)) for hour, cells in found.items())


def work_out_answer_times(database: Database, *, now: datetime) -> None:
    """How long people waited lately, as acknowledgements of the next half hour say it."""
    with database.reading() as session:
        found = answer_times.work_out_all(session, now=now)
    in_one(database, lambda session: session.merge(Installation(name=answer_times.NAME, value=found)))
