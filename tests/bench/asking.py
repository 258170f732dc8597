"""What is asked of the reports at a desk's size, each by a name: whole reports, the lists behind their figures, and the backlog of an hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import measuring, snapshots
from helpdesk.db import Database
from helpdesk.models import Agent, Case
from helpdesk.queries import reports as find
from helpdesk.reports import asked, behind
from helpdesk.reports.collecting import COLLECT, collect
from helpdesk.reports.report import Behind, Name, Scope
from tests.bench import besides

BERLIN = ZoneInfo("Europe/Berlin")
YEAR, WEEK, HOUR = timedelta(days=364), timedelta(days=6), timedelta(hours=1)
FILTERED: tuple[Name, ...] = ("escalation", "service-levels", "friction")
LISTS = (
    Behind("arrivals"), Behind("opened"), Behind("first-response"), Behind("first-response", "waiting"), Behind("compliance", "missed"),
    Behind("escalations"), Behind("backlog"), Behind("backlog", group=">28"), Behind("reopened", "met"), Behind("friction"),
)  # fmt: skip
PAGE = 51
MEASURED = 200

Ask = Callable[[Database], object]


def of_reports(now: datetime) -> dict[str, Ask]:
    """Whole reports: of a year, of one team, of a week, and of the cases with a tag or an answer of a field."""
    found: dict[str, Ask] = {}
    for name in COLLECT:
        for what, days, team in (("a year", YEAR, False), ("a year of one team", YEAR, True), ("a week", WEEK, False)):
            found[f"{name}, {what}"] = partial(report, now=now, name=name, days=days, of_team=team)
    for name in FILTERED:
        found[f"{name}, a year, one tag of {besides.TAGGED}"] = partial(report, now=now, name=name, days=YEAR, tag=besides.TAG)
        field = {besides.FIELD: besides.PRODUCTS[0]}
        found[f"{name}, a year, a field of {len(besides.PRODUCTS)}"] = partial(
            report, now=now, name=name, days=YEAR, fields=field
        )
    return found


def of_lists(now: datetime) -> dict[str, Ask]:
    """The first page of the list behind a figure of a year."""
    names = {wanted: " ".join(filter(None, (wanted.figure, wanted.part, wanted.group))) for wanted in LISTS}
    return {f"list of {names[wanted]}": partial(_list, now=now, wanted=wanted) for wanted in LISTS}


def of_the_timetable(now: datetime) -> dict[str, Ask]:
    """What the timetable does for reports: the backlog of an hour, and measuring some cases anew (it is undone)."""
    return {"backlog of an hour": partial(_snapshot, now=now), f"measuring {MEASURED} cases": partial(_measure, now=now)}


def report(database: Database, *, now: datetime, name: Name, days: timedelta, of_team: bool = False, **more: Any) -> None:
    """Collect one."""
    with database.reading() as session:
        team_id = session.scalar(select(Case.team_id).limit(1)) if of_team else None
        collect(session, name, _scope(now, days, team_id=team_id, **more), _carol(session))


def _list(database: Database, *, now: datetime, wanted: Behind) -> None:
    with database.reading() as session:
        carol = _carol(session)
        find.page(session, carol, behind.parts(session, wanted, _scope(now, YEAR), carol), limit=PAGE)


def _snapshot(database: Database, *, now: datetime) -> None:
    with database.reading() as session:
        snapshots.look(session, [now.replace(minute=0)])


def _measure(database: Database, *, now: datetime) -> None:
    with database.reading() as session:
        numbers = session.scalars(select(Case.number).where(Case.state != "resolved").limit(MEASURED)).all()
        measuring.measure(session, numbers, now=now)


def _scope(now: datetime, days: timedelta, **more: Any) -> Scope:
    """So many days until yesterday."""
    last = now.astimezone(BERLIN).date() - timedelta(days=1)
    return asked.scope_of((last - days, last), zone=BERLIN, now=now, **more)


def _carol(session: Session) -> Agent:
    return session.scalars(select(Agent).where(Agent.role == "admin")).one()
