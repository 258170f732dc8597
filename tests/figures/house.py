"""The house in which the cases of the figures play: its teams, what they promise, and when they work.

Told twice: to the product, and to the models in plain values; the holidays of the models are read off a calendar on paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import agents, calendars, desks
from helpdesk.models import Calendar, ClosedDays, DeadlinePolicy, Desk, Team
from tests.figures.working_time import Spans, WorkingTime

WEEKDAYS, EVERY_DAY = range(5), range(7)
OUTING = date(2024, 10, 8), date(2024, 10, 9)
FIRST, LAST = date(2024, 9, 1), date(2025, 7, 1)  # of the days that the models know

ALL_OF_GERMANY = [
    date(2024, 10, 3),
    date(2024, 12, 25),
    date(2024, 12, 26),
    date(2025, 1, 1),
    date(2025, 4, 18),
    date(2025, 4, 21),
]
ALL_OF_GERMANY += [date(2025, 5, 1), date(2025, 5, 29), date(2025, 6, 9)]
OF_BAVARIA = [date(2024, 11, 1), date(2025, 1, 6), date(2025, 6, 19)]
OF_SAXONY = [date(2024, 10, 31), date(2024, 11, 20)]
OF_AMERICA = [date(2024, 9, 2), date(2024, 10, 14), date(2024, 11, 11), date(2024, 11, 28), date(2024, 12, 25), date(2025, 1, 1)]
OF_AMERICA += [date(2025, 1, 20), date(2025, 2, 17), date(2025, 5, 26), date(2025, 6, 19)]


@dataclass(frozen=True)
class Promise:
    """(first response, next reply, resolution) as the settings spell them."""

    first_response: str
    next_reply: str
    resolution: str


URGENT = Promise("2 hours", "90 minutes", "16 hours")
LEGAL = Promise("2 days", "3 days", "1 months")
OVERSEAS = Promise("4 hours", "6 hours", "30 hours")
USUAL = Promise("8 hours", "8 hours", "40 hours")

TEAMS: dict[str, tuple[str, dict[int, Spans], list[date], str, str]] = {
    "Billing": ("Europe/Berlin", {key: [(9, 17)] for key in WEEKDAYS}, ALL_OF_GERMANY + OF_BAVARIA, "DE", "BY"),
    "Repairs": (
        "Europe/Berlin", {**{key: [(8, 12), (13, 18)] for key in WEEKDAYS}, 5: [(9, 12)]},
        [*ALL_OF_GERMANY, *OF_SAXONY, *OUTING], "DE", "SN",
    ),
    "Overseas": ("America/New_York", {key: [(9, 17)] for key in WEEKDAYS}, OF_AMERICA, "US", ""),
    "Nights": ("Europe/Berlin", {key: [(0, 6), (20, 24)] for key in EVERY_DAY}, [], "", ""),
}  # fmt: skip
AGENTS = {"Ben": "Billing", "Bea": "Billing", "Rolf": "Repairs", "Rita": "Repairs", "Otto": "Overseas", "Olive": "Overseas",
          "Nora": "Nights", "Nils": "Nights"}  # fmt: skip


@lru_cache(maxsize=1)
def working_times() -> Mapping[str, WorkingTime]:
    """Team → its working time."""
    return {name: WorkingTime(zone, week, closed, FIRST, LAST) for name, (zone, week, closed, *_) in TEAMS.items()}


def promised(team: str, priority: str) -> Promise:
    """What is promised in a case: by the first policy that fits it."""
    if priority == "urgent":
        return URGENT
    if priority == "high":
        return LEGAL
    return OVERSEAS if team == "Overseas" else USUAL


def furnish(session: Session, now: datetime, staff: Mapping[str, str] = AGENTS, *, idle: int = 9) -> dict[str, int]:
    """Set the product up; name → id of teams and agents.  `idle`: so many make their teams large enough for figures to tell them apart."""
    desks.sync_from_settings(session, now=now)
    admin = agents.create(session, "carol@example.org", "Carol", role="admin", now=now)
    ids = {}
    for name, (zone, week, _closed, country, region) in TEAMS.items():
        hours = [[day, first * 60, last * 60] for day, spans in week.items() for first, last in spans]
        calendar = Calendar(name=name, zone=zone, hours=hours, country=country, region=region)
        if name == "Repairs":
            calendar.closed = [ClosedDays(first_day=OUTING[0], last_day=OUTING[1], name="Outing")]
        session.add(calendar)
        team = desks.add_team(session, name, agent=admin, now=now)
        session.flush()
        calendars.give(session, calendar, [team], agent=admin, now=now)
        ids[name] = team.id
    for name, team in staff.items():
        agent = agents.create(session, f"{name.lower()}@example.org", name, role="agent", now=now)
        agent.teams.append(session.get_one(Team, ids[team]))
        agent.notify = False
        ids[name] = agent.id
    for n in range(idle):
        agent = agents.create(session, f"extra{n}@example.org", f"Extra {n}", role="agent", now=now)
        agent.teams.append(session.get_one(Team, ids[("Billing", "Repairs", "Overseas" if n < 3 else "Billing")[n % 3]]))
    for policy in session.scalars(select(DeadlinePolicy)):
        policy.place = 9
    for place, (name, promise, more) in enumerate((
        ("Urgent", URGENT, {"priority": "urgent"}), ("Legal", LEGAL, {"priority": "high"}),
        ("Overseas", OVERSEAS, {"team_id": ids["Overseas"], "warn_percent": 50}),
    )):  # fmt: skip
        session.add(DeadlinePolicy(name=name, place=place, **vars(promise), **more))
    desk = session.scalars(select(Desk)).one()
    desk.team_id, desk.asks_satisfaction = ids["Billing"], True
    session.flush()
    return ids


def after(now: datetime, **passed: float) -> datetime:
    """A whole second so much later."""
    return (now + timedelta(**passed)).replace(microsecond=0)
