"""What is dead is forgotten, and what is old follows an upgrade or a new setting."""

from __future__ import annotations

from datetime import datetime

from helpdesk.actions import agents, beginnings, drafts, indexing, person_figures, presence, recall, references, webhooks
from helpdesk.db import Database
from helpdesk.jobs.sweeping import last_run
from helpdesk.jobs.transaction import in_one
from helpdesk.policies import timetable

FOLDED_AT_ONCE = 500  # entries; a second or so
REFERENCED_AT_ONCE = 100  # cases, with all their entries


def housekeeping(database: Database, *, now: datetime) -> None:
    """Forget dead log-ins, used links, old throttles and discarded drafts; nothing while the time cannot be believed."""
    with database.transaction() as session:
        if not timetable.clock_is_plausible(last_run(session), now):
            return
        agents.forget_old(session, now=now)
        drafts.forget_old(session, now=now)
        beginnings.forget_old(session, now=now)
        recall.forget_old(session, now=now)
        presence.forget_old(session, now=now)
        webhooks.forget_old(session, now=now)


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


def follow_settings(database: Database, *, now: datetime) -> None:
    """At the start: what was changed in the environment, and belongs on the record, is written there."""
    with database.reading() as session:
        has_changed = person_figures.has_changed(session)
    if has_changed:
        in_one(database, lambda session: person_figures.follow_setting(session, now=now))
