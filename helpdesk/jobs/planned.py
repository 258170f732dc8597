"""Answers leave at the time for which they were planned."""

from __future__ import annotations

from datetime import datetime

import structlog

from helpdesk.actions import sending
from helpdesk.db import Database
from helpdesk.jobs.sweeping import last_run
from helpdesk.policies import timetable
from helpdesk.queries import drafts

log = structlog.get_logger()


def send_planned(database: Database, *, now: datetime, at_your_word: bool = False) -> int:
    """Send the answers whose planned time has come, and stop those that their authors should look at again; how many left.

    Each is a transaction of its own: one that cannot leave holds up no other.  None leaves while the time cannot be believed, unless
    a person said it.
    """
    with database.reading() as session:
        due = drafts.due(session, now)
        if due and not (at_your_word or timetable.clock_is_plausible(last_run(session), now)):
            return 0
    left = 0
    for draft_id in due:
        try:
            with database.transaction() as session:
                left += sending.send_planned(session, draft_id, now=now)
        except Exception as error:  # told without its text, which can hold a customer's words (P6)
            log.error("planned answer not sent", draft=draft_id, error=type(error).__name__)
    return left
