"""Who holds how much, beside what was agreed and who is away.

Who holds which case now is the work itself, and is shown whatever HOLDLINE_PERSON_FIGURES says.  How many messages somebody sent is
a figure about a person: it is not even counted where that setting does not permit it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from helpdesk.db import house
from helpdesk.models import Agent, Team
from helpdesk.policies.permissions import may
from helpdesk.queries import absences, people
from helpdesk.queries import board as find
from helpdesk.web.access import agent, session
from helpdesk.web.language import gettext as _
from helpdesk.web.language import ngettext, plain_day


@dataclass(frozen=True)
class Row:
    """What one agent holds.  `percent` and `mark` are lengths on the same scale; `mark` None: nothing was agreed."""

    agent: Agent
    said: str
    waits: int
    percent: float
    mark: float | None
    away: str
    sent: int | None  # messages today; None where it is not to be known


def rows(team: Team | None, now: datetime) -> list[Row]:
    """Everybody who holds a case or of whom something was agreed, of a team or of all; who holds most comes first."""
    loads = find.loads(session(), agent())
    staff = [one for one in people.agents(session()) if may(one, "case.answer") and (team is None or team in one.teams)]
    shown = [one for one in staff if one.id in loads or one.capacity is not None]
    longest = max((max(loads.get(one.id, find.Load()).cases, one.capacity or 0) for one in shown), default=0) or 1
    away, sent = absences.now_away(session(), now), _sent(shown, now)
    found = []
    for one in shown:
        load = loads.get(one.id, find.Load())
        until = plain_day(away[one.id].last_day) if one.id in away else ""
        found.append(
            Row(
                one,
                _said(load.cases, one.capacity),
                load.waits,
                round(load.cases / longest * 100, 1),
                round(one.capacity / longest * 100, 1) if one.capacity is not None else None,
                _("away until %(day)s", day=until) if until else "",
                sent.get(one.id),
            )
        )
    return sorted(found, key=lambda row: (-loads.get(row.agent.id, find.Load()).cases, row.agent.name))


def _said(cases: int, capacity: int | None) -> str:
    """«24 of 20, 4 too many», «17 of 20», «4»"""
    if capacity is None:
        return str(cases)
    if cases > capacity:
        return ngettext(
            "%(cases)s of %(capacity)s, one too many",
            "%(cases)s of %(capacity)s, %(num)s too many",
            cases - capacity,
            cases=cases,
            capacity=capacity,
        )
    return _("%(cases)s of %(capacity)s", cases=cases, capacity=capacity)


def _sent(shown: list[Agent], now: datetime) -> dict[int, int]:
    """Agent id → messages sent today, of those of whom this reader may know it."""
    settings = house(session()).settings
    permitted = {"none": [], "self": [agent().id], "named": [one.id for one in shown]}[settings.person_figures]
    if not permitted:
        return {}
    midnight = datetime.combine(now.astimezone(settings.zone).date(), time(0), settings.zone)
    counted = find.sent_since(session(), permitted, midnight)
    return {agent_id: counted.get(agent_id, 0) for agent_id in permitted}
