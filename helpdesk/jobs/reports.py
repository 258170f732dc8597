"""Reports leave at their hour."""

from __future__ import annotations

from datetime import datetime

import structlog

from helpdesk.actions import report_mails
from helpdesk.db import Database
from helpdesk.jobs.sweeping import last_run, trouble
from helpdesk.jobs.transaction import in_one
from helpdesk.models import ReportSchedule
from helpdesk.policies import timetable
from helpdesk.queries import schedules
from helpdesk.reports import mailing
from helpdesk.reports.shelf import SHELF, Shelf

log = structlog.get_logger()


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
        return in_one(database, lambda session: report_mails.send(session, order, now=now))
    except Exception as error:  # one that cannot be collected holds up no other; its text can hold a customer's words (P6)
        log.error("report not sent", schedule=schedule_id, error=type(error).__name__)
        in_one(database, lambda session: report_mails.failed(session, schedule_id, now=now))
        return False
