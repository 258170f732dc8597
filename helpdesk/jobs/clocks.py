"""Clocks ring, promises are watched, and both follow new rules."""

from __future__ import annotations

from datetime import datetime

import structlog

from helpdesk.actions import alarms, clocks, promise_watch
from helpdesk.db import Database
from helpdesk.jobs.transaction import in_one
from helpdesk.policies import timetable
from helpdesk.queries import promises

log = structlog.get_logger()
AT_ONCE = 100  # cases whose clocks are set, or clocks that ring, in one transaction


def set_clocks(database: Database, *, now: datetime, most: int = 1_000) -> int:
    """After the rules changed, or an upgrade: have the clocks of some cases follow; how many cases.  0 once all do."""
    with database.reading() as session:
        if not clocks.are_behind(session):
            return 0
    done = 0
    while done < most and (some := in_one(database, lambda session: clocks.set_some_anew(session, now=now, limit=AT_ONCE))):
        done += some
    return done


def ring_clocks(database: Database, *, now: datetime) -> int:
    """Write down whose warning or deadline has come; how many.  Nothing where the time may have jumped."""
    if not in_one(database, lambda session: alarms.is_believed(session, now=now)):
        return 0
    rang = _ring_all(database, now)
    return rang if _would_be_a_storm(database, now) else rang + _watch_all(database, now)


def ring_at_your_word(database: Database, *, now: datetime, is_present: bool = False) -> int:
    """The same without a guard: a person said the instant.  `is_present`: it is today's, so the timetable goes on from it."""
    if is_present:
        in_one(database, lambda session: alarms.believe(session, now=now))
    return _ring_all(database, now) + _watch_all(database, now)


def _ring_all(database: Database, now: datetime) -> int:
    done = 0
    while some := in_one(database, lambda session: alarms.ring(session, now=now, limit=AT_ONCE)):
        done += some
    return done


def _watch_all(database: Database, now: datetime) -> int:
    done = 0
    while some := watch_promises(database, now=now):
        done += some
    return done


def _would_be_a_storm(database: Database, now: datetime) -> bool:
    """Whether so many promises ask for something at once that a wrong clock is the likelier reason (D21): the next hour will tell."""
    with database.reading() as session:
        due, of = promises.how_many_to_look_at(session, now)
        is_storm = timetable.too_many(due, of) and not alarms.runs_evenly(session, now=now)
    if is_storm:
        log.error("promises wait until the clock was watched", due=due, of=of)
    return is_storm


def watch_promises(database: Database, *, now: datetime) -> int:
    """Tell whoever holds a case that a promise is near, then the customer, and write down what is broken; how many.

    Each is a transaction of its own: one at which something fails holds up no other.
    """
    with database.reading() as session:
        due = promises.due_to_look(session, now, limit=AT_ONCE)
    done = 0
    for promise_id in due:
        try:
            done += bool(in_one(database, lambda session, one=promise_id: promise_watch.look(session, one, now=now)))  # type: ignore[misc]
        except Exception as error:  # told without its text, which can hold a customer's words (P6)
            log.error("promise not looked at", promise=promise_id, error=type(error).__name__)
    return done
