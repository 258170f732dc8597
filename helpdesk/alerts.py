"""What runs by the timetable so that trouble reaches people: escalations are told, never in a storm, and webhooks hear of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session

from helpdesk.actions import alarms, telling, webhooks
from helpdesk.db import Database
from helpdesk.models import Installation
from helpdesk.policies import timetable
from helpdesk.remote import Caller, NotTaken

log = structlog.get_logger()
Result = TypeVar("Result")

LAST_TELLING = "last telling"
PATIENCE_FOR_HOOKS = 10.0  # seconds of one sweep
AT_ONCE = 100  # alarms, steps or mails in one transaction


class Stopped(Exception):
    """Nobody is told, because the clock cannot be believed.  `str()` says why."""


def tell(database: Database, *, now: datetime) -> int:
    """Tell of what has to reach somebody; how many alarms, steps and mails were taken.

    Raises Stopped where so much would be told at once that a wrong clock is the likelier reason (D21), until a person runs `holdline
    tick`.  A clock that was watched run evenly for an hour is right: on a Monday at five all that came over the weekend is due at once.
    Mails that wait for the morning are no sign of anything: they were decided before.
    """
    with database.reading() as session:
        if not telling.is_anything_due(session, now=now) and trouble(session) is None:
            return 0  # as nearly always: no lock is taken for that
    why = _in_one(database, lambda session: _doubt_of_telling(session, now))
    if why is not None:
        log.error("telling stopped", why=why)
        raise Stopped(why)
    if not _in_one(database, lambda session: alarms.follows(session, now=now)):
        return 0  # the clock may have leapt: what is told then is told too early, and again only long after it came back
    return _tell_all(database, now)


def tell_at_your_word(database: Database, *, now: datetime, is_present: bool = False) -> int:
    """The same without a guard: a person said the instant.  `is_present`: it is today's, so the timetable goes on from it."""
    done = _tell_all(database, now)
    if is_present:
        _in_one(database, lambda session: session.merge(Installation(name=LAST_TELLING, value={"at": now.isoformat()})) and None)
    return done


def _tell_all(database: Database, now: datetime) -> int:
    done = 0
    for what in (telling.raise_for_alarms, telling.take_steps, telling.send_mails):
        while some := _in_one(database, lambda session, what=what: what(session, now=now, limit=AT_ONCE)):  # type: ignore[misc]
            done += some
    return done


def _doubt_of_telling(session: Session, now: datetime) -> str | None:
    """Why nothing is told, which is remembered for the dashboard; None where all is well."""
    count = telling.waiting(session, now=now)
    why = None
    is_much = count > timetable.FEW and timetable.too_many(count, of := telling.unsolved(session))
    if is_much and not alarms.runs_evenly(session, now=now):
        why = f"{count} escalations in {of} open cases would be told at once"
    if why is not None or trouble(session) is not None:
        session.merge(Installation(name=LAST_TELLING, value={"at": now.isoformat()} | ({"stopped": why} if why else {})))
    return why


def call_webhooks(database: Database, caller: Caller, *, now: datetime) -> int:
    """Have webhooks hear what waits for them; how many messages were taken.

    No transaction is open meanwhile.  One that does not answer is left alone until the next time, so it holds up no other.
    """
    with database.reading() as session:
        if not webhooks.is_anything_due(session, now=now):
            return 0
    end, done, tired = time.monotonic() + PATIENCE_FOR_HOOKS, 0, set[int]()
    while time.monotonic() < end:
        call = _in_one(database, lambda session: webhooks.claim(session, now=now, but=tired))
        if call is None:
            break
        answer = _call(caller, call)
        if answer:
            tired.add(call.webhook_id)
        _in_one(database, lambda session, call=call, answer=answer: webhooks.settle(session, call, answer, now=now))  # type: ignore[misc]
        done += not answer
    return done


def _call(caller: Caller, call: webhooks.Call) -> str:
    """Why it was not taken; "" where it was."""
    if call.trouble:
        return call.trouble
    try:
        caller.tell(call.url, call.content, call.fields, private=call.private)
    except NotTaken as error:
        return str(error)
    return ""


def trouble(session: Session) -> str | None:
    """Why nobody is told of escalations, or None."""
    row = session.get(Installation, LAST_TELLING)
    return row.value.get("stopped") if row else None


def _in_one(database: Database, what: Callable[[Session], Result]) -> Result:
    with database.transaction() as session:
        return what(session)
