"""What single people did, where HOLDLINE_PERSON_FIGURES permits it: their own to each (self), all to supervisors (named), else nothing."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.db import house
from helpdesk.models import Agent, Measure
from helpdesk.reports import amounts
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Cell, Listing

KINDS = ("sent", "wait", "resolution")


def listing(reading: Reading) -> list[Listing]:
    """Who sent how many messages, ended how many waits and how soon, and solved how many cases; no list at all where it is not permitted."""
    wanted = house(reading.session).settings.person_figures
    if wanted == "none":
        return []
    seconds = Measure.working if reading.scope.time == "working" else Measure.value
    columns = (Agent.name, Agent.id, Measure.kind, seconds.label("seconds"))
    ids = reading.measured(KINDS, reading.scope.period).with_only_columns(Measure.id)
    query = select(*columns).join(Agent, Agent.id == Measure.agent_id).where(Measure.id.in_(ids))
    if wanted == "self":
        query = query.where(Measure.agent_id == reading.reader.id)
    found: dict[tuple[str, int], dict[str, list[int]]] = {}
    for row in reading.session.execute(query):
        found.setdefault((row.name, row.id), {kind: [] for kind in KINDS})[row.kind].append(row.seconds or 0)
    rows: list[list[Cell]] = [
        [name, len(of["sent"]), amounts.median(sorted(of["wait"])), len(of["resolution"])]
        for (name, _id), of in sorted(found.items())
    ]
    return [Listing("people", ("name", "sent", "next-reply", "resolved"), rows)]
