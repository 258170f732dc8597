"""Where it hurt, and what was praised, as customers said it in a period and somebody marked it at their words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Entry, Friction, Measure
from helpdesk.policies.friction import HURTS
from helpdesk.policies.measures import seconds_between
from helpdesk.reports import amounts
from helpdesk.reports.hands import subjects_of
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Amount, Bar, Bars, Behind, CaseLink, Cell, Figure, Listing, Period

SHOWN = 20
BEHIND = ("friction", "praise", "waited-hours")
PRAISE = "praise"


def figures(reading: Reading) -> list[Figure]:
    """How often it hurt, and how often somebody was praised."""
    running = reading.scope.period.ends_at > reading.scope.now
    both = {"friction": _both(reading, HURTS), PRAISE: _both(reading, (PRAISE,))}
    return [Figure(key, now, before=before, so_far=running, behind=Behind(key)) for key, (now, before) in both.items()]


def by_kind(reading: Reading) -> Bars:
    """Where it hurt, by count."""
    bars = [Bar(kind, *_both(reading, (kind,)), Behind("friction", group=kind)) for kind in HURTS]
    return Bars("friction", sorted(bars, key=lambda bar: -(bar.value.value or 0)))


def waiting_by_kind(reading: Reading) -> Bars:
    """Where it hurt, by how long those waited for an answer who said so."""
    now, before = (_waited(reading, one) for one in (reading.scope.period, reading.scope.before))
    bars = [Bar(kind, now[kind], before[kind], Behind("waited-hours", group=kind)) for kind in HURTS]
    return Bars("waited-hours", sorted(bars, key=lambda bar: -(bar.value.value or 0)))


def praised(reading: Reading) -> Listing:
    """Who was praised, by name: that is theirs, whatever is said of figures about people."""
    of_praise = reading.measured(measured((PRAISE,)), reading.scope.period)
    first = list(reading.session.scalars(of_praise.order_by(Measure.at, Measure.case_number).limit(SHOWN)))
    subjects = subjects_of(reading, first)
    rows = _praises(reading.session, first, reading.scope.period)[:SHOWN]
    cells: list[list[Cell]] = [[at, CaseLink(number, subjects[number]), name or ":everybody"] for at, number, name in rows]
    more = sum(reading.number(kind, reading.scope.period) for kind in measured((PRAISE,))) - len(rows)
    return Listing(PRAISE, ("at", "case", "name"), cells, more=more, behind=Behind(PRAISE))


def hurt(reading: Reading) -> Listing:
    """The cases in which it hurt most often."""
    hurts = reading.measured(measured(HURTS), reading.scope.period)
    often = hurts.add_columns(func.count()).group_by(Measure.case_number).order_by(func.count().desc(), func.min(Measure.at))
    shown = reading.session.execute(often.order_by(Measure.case_number).limit(SHOWN)).all()
    number = reading.session.scalar(hurts.with_only_columns(func.count(Measure.case_number.distinct()))) or 0
    subjects = subjects_of(reading, [number for number, _times in shown])
    cells: list[list[Cell]] = [[CaseLink(number, subjects[number]), times] for number, times in shown]
    return Listing("hurt", ("case", "count"), cells, more=number - len(shown))


def behind(reading: Reading, wanted: Behind, period: Period) -> Select[int]:
    """The cases of marks, one number for each."""
    if wanted.figure == "waited-hours":
        found = reading.measured(measured((wanted.group,)), period)
        return found.where(Measure.value.is_not(None) | Measure.began_at.is_not(None))
    kinds = (PRAISE,) if wanted.figure == PRAISE else [kind for kind in HURTS if wanted.group in ("", kind)]
    return reading.measured(measured(kinds), period)


def measured(marks: Sequence[str]) -> list[str]:
    """How marks are measured (policies.measures_of_words)."""
    return [f"mark-{mark}" for mark in marks]


def _both(reading: Reading, marks: Sequence[str]) -> tuple[Amount, Amount]:
    """How often one of these was marked at words of the period, and of the one before."""
    now, before = (
        sum(reading.number(kind, one) for kind in measured(marks)) for one in (reading.scope.period, reading.scope.before)
    )
    return amounts.count(now), amounts.count(before)


def _waited(reading: Reading, period: Period) -> dict[str, Amount]:
    """Each kind of mark → how long all those waited, and how many they were; who waits still, until now."""
    waits, going_on = Counter[str](), Counter[str]()
    for kind, began_at, team_id in reading.session.execute(_going_on(reading, period)):
        going_on[kind] += 1
        is_working, now = reading.scope.time == "working", reading.scope.now
        waits[kind] += reading.hours_of(team_id).between(began_at, now) if is_working else seconds_between(began_at, now)
    found: dict[str, Amount] = {}
    for mark, kind in zip(HURTS, measured(HURTS), strict=True):
        over = reading.values(kind, period)
        times = len(over) + going_on[kind]
        found[mark] = Amount("seconds", float(over.total + waits[kind]) if times else None, times)
    return found


def _going_on(reading: Reading, period: Period) -> Any:
    query = reading.measured(measured(HURTS), period).with_only_columns(Measure.kind, Measure.began_at, Measure.team_id)
    return query.where(Measure.value.is_(None), Measure.began_at.is_not(None))


def _praises(session: Session, numbers: Sequence[int], period: Period) -> list[tuple[datetime, int, str | None]]:
    """(when, case, who was praised) of the praises in these cases; the oldest first."""
    home = func.coalesce(Case.merged_into, Case.number)
    query = select(Entry.at, home, Agent.name).select_from(Friction).join(Entry, Entry.id == Friction.entry_id)
    query = query.join(Case, Case.number == Friction.case_number).outerjoin(Agent, Agent.id == Friction.praised_id)
    query = query.where(Friction.kind == PRAISE, Friction.undone_at.is_(None), home.in_(numbers))
    query = query.where(Entry.at >= period.begins_at, Entry.at < period.ends_at).order_by(Entry.at, home, Friction.id)
    return [(at, number, name) for at, number, name in session.execute(query)]
