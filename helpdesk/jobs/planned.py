"""Answers leave at the time for which they were planned."""

from __future__ import annotations

from datetime import datetime

import structlog

from helpdesk.actions import sending
from helpdesk.db import Database
from helpdesk.queries import drafts

log = structlog.get_logger()


def send_planned(database: Database, *, now: datetime) -> int:
    """Send the answers whose planned time has come, and stop those that their authors should look at again; how many left.

    Each is a transaction of its own: one that cannot leave holds up no other.
    """
    with database.reading() as session:
        due = drafts.due(session, now)
    left = 0
    for draft_id in due:
        try:
            with database.transaction() as session:
                left += sending.send_planned(session, draft_id, now=now)
        except Exception as error:  # told without its text, which can hold a customer's words (P6)
            log.error("planned answer not sent", draft=draft_id, error=type(error).__name__)
    return left
