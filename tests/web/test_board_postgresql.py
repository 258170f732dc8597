"""The board on PostgreSQL, which is stricter about types than SQLite."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from helpdesk import db
from helpdesk.actions import agents, desks
from tests.web.browsing import Browser, anna_writes, begin_session, open_pages, words_of

pytestmark = pytest.mark.needs("postgresql")


def test_the_board_and_its_lists_are_the_same_on_postgresql(postgresql_database: db.Database, monday: datetime) -> None:
    database = postgresql_database
    with database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        carol = agents.create(session, "carol@example.org", "Carol", role="supervisor", now=monday)
        carol.capacity = 3
    for hours in (94, 71, 1):
        anna_writes(database, subject=f"since {hours} hours", at=monday - timedelta(hours=hours))
    window = Browser(open_pages(database))
    window.client.set_cookie("holdline", begin_session(database, carol))
    page = words_of(window.get("/now"))
    assert "One promise is broken, one is at risk. Anna Kundin waits longest: for 4 days" in page
    assert "Carol 0 of 3" in page
    for view in ("broken", "risk", "due-2", "due-8", "unsolved"):
        assert window.get(f"/cases?view={view}&due={int(monday.timestamp())}-{int(monday.timestamp()) + 9000}").status_code == 200
