"""Of a very long story, what is never left out: on both databases."""

from __future__ import annotations

from datetime import datetime

from helpdesk.actions import agents, desks
from helpdesk.db import Database
from helpdesk.models import Case
from helpdesk.queries import long_stories
from helpdesk.queries.cases import events_of
from tests.web.browsing import anna_writes, mail_comes


def test_what_somebody_has_to_decide_is_loud(each_database: Database, monday: datetime) -> None:
    with each_database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        bob = agents.create(session, "bob@example.org", "Bob", role="agent", now=monday)
    number = anna_writes(each_database)
    mails = {
        "plain": mail_comes(each_database, number, "One", flags=("unverified",)),
        "stranger": mail_comes(each_database, number, "Two", counts=False, flags=("stranger",)),
        "suspect": mail_comes(each_database, number, "Three", counts=False, flags=("unverified", "suspect")),
        "forwarded": mail_comes(each_database, number, "Four", traits={"forwarded": {"state": "open", "name": "", "address": "a@b.example"}}),
        "answered": mail_comes(each_database, number, "Five", traits={"forwarded": {"state": "accepted"}, "form": "forms@shop.example"}),
    }  # fmt: skip
    with each_database.reading() as session:
        events = events_of(session, session.get_one(Case, number), bob)
        lines = long_stories._lines(session, events, list(mails.values()))
        loud = {event.entry_id for event, line in zip(events, lines, strict=True) if line.is_loud}
    assert loud == {mails["stranger"], mails["suspect"], mails["forwarded"]}
