"""The demo desk shows what it can do: among other things promises that were kept, renewed and broken."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import select

from helpdesk import jobs, seeds
from helpdesk.actions import desks
from helpdesk.db import Database
from helpdesk.models import Promise


def test_its_agents_kept_a_promise_renewed_one_broke_one_and_owe_one(database: Database, monday: datetime) -> None:
    with database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
    with database.transaction() as session:
        seeds.fill(session, now=monday)
    jobs.ring_at_your_word(database, now=monday)
    with database.reading() as session:
        told = Counter(session.scalars(select(Promise.standing).where(Promise.kind == "agent")))
    assert told == {"kept": 2, "renewed": 1, "broken": 1, "running": 1}
