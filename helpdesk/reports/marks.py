"""Where it hurt, and what was praised, as it was marked at customers' words in a period."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Select, func, select, union_all

from helpdesk.models import Agent, Case, Friction, Measure
from helpdesk.policies.friction import HURTS
from helpdesk.reports import amounts
from helpdesk.reports.hands import subjects_of
from helpdesk.reports.reading import Reading, is_of
from helpdesk.reports.report import Amount, Bar, Bars, Behind, CaseLink, Cell, Figure, Listing, Period

SHOWN = 20
BEHIND = ("friction", "praise", "waited-hours")
PRAISE = "praise"


def figures(reading: Reading) -> list[Figure]:
    """How often it hurt, and how often somebody was praised."""
    hurts, praises = (_both(reading, praise=praise) for praise in (False, True))
    running = reading.scope.period.ends_at > reading.scope.now
    return [
        Figure("friction", amounts.count(hurts[0]), before=amounts.count(hurts[1]), so_far=running, behind=Behind("friction")),
        Figure("praise", amounts.count(praises[0]), before=amounts.count(praises[1]), so_far=running, behind=Behind("praise")),
    ]


def by_kind(reading: Reading) -> Bars:
    """Where it hurt, by count."""
    now, before = (_numbers(reading, one) for one in (reading.scope.period, reading.scope.before))
    bars = [Bar(kind, amounts.count(now[kind]), amounts.count(before[kind]), Behind("friction", group=kind)) for kind in HURTS]
    return Bars("friction", sorted(bars, key=lambda bar: -(bar.value.value or 0)))


def waiting_by_kind(reading: Reading) -> Bars:
    """Where it hurt, by how long the customers of those cases had waited for answers that came in the period."""
    now, before = (_waited(reading, one) for one in (reading.scope.period, reading.scope.before))
    bars = [Bar(kind, now[kind], before[kind], Behind("waited-hours", group=kind)) for kind in HURTS]
    return Bars("waited-hours", sorted(bars, key=lambda bar: -(bar.value.value or 0)))


def praised(reading: Reading) -> Listing:
    """Who was praised, by name: that is theirs, whatever is said of figures about people."""
    period = reading.scope.period
    query = select(Friction.at, Friction.case_number, Agent.name).outerjoin(Agent, Agent.id == Friction.praised_id)
    query = _wanted(reading, period, query.where(Friction.kind == PRAISE)).order_by(Friction.at, Friction.id)
    rows = reading.session.execute(query).all()
    subjects = subjects_of(reading, [row.case_number for row in rows[:SHOWN]])
    cells: list[list[Cell]] = [
        [row.at, CaseLink(row.case_number, subjects[row.case_number]), row.name or ":everybody"] for row in rows[:SHOWN]
    ]
    return Listing("praise", ("at", "case", "name"), cells, more=max(0, len(rows) - SHOWN), behind=Behind("praise"))


def hurt(reading: Reading) -> Listing:
    """The cases in which it hurt most often."""
    marks = _wanted(reading, reading.scope.period, select(Friction.case_number, func.count()).where(Friction.kind.in_(HURTS)))
    often = marks.group_by(Friction.case_number).order_by(func.count().desc(), func.min(Friction.id)).limit(SHOWN)
    shown = reading.session.execute(often).all()
    cases = select(func.count(Friction.case_number.distinct())).where(Friction.kind.in_(HURTS))
    number = reading.session.scalar(_wanted(reading, reading.scope.period, cases)) or 0
    subjects = subjects_of(reading, [number for number, _times in shown])
    cells: list[list[Cell]] = [[CaseLink(number, subjects[number]), times] for number, times in shown]
    return Listing("hurt", ("case", "count"), cells, more=number - len(shown))


def behind(reading: Reading, wanted: Behind, period: Period) -> Select[int]:
    """The cases of marks, one number for each."""
    if wanted.figure == "waited-hours":
        return reading.measured(["wait"], period).where(Measure.case_number.in_(_of(reading, wanted.group, period)))
    kinds = [PRAISE] if wanted.figure == PRAISE else [kind for kind in HURTS if wanted.group in ("", kind)]
    found: Select[int] = _wanted(reading, period, select(Friction.case_number).where(Friction.kind.in_(kinds)))
    return found


def _both(reading: Reading, *, praise: bool) -> tuple[int, int]:
    now, before = (
        sum(number for kind, number in _numbers(reading, one).items() if (kind == PRAISE) is praise)
        for one in (reading.scope.period, reading.scope.before)
    )
    return now, before


def _numbers(reading: Reading, period: Period) -> Counter[str]:
    """How many marks of each kind stand."""
    query = _wanted(reading, period, select(Friction.kind, func.count())).group_by(Friction.kind)
    return reading.once(("marks", period), lambda: Counter(dict(reading.session.execute(query).all())))


def _wanted(reading: Reading, period: Period, query: Any) -> Any:
    """The marks of a period, for a query of them.  Cases that do not count are few and are left out by their numbers, not looked up."""
    gone = union_all(
        select(Case.number).where(Case.merged_into.is_not(None)), select(Case.number).where(Case.spam_at.is_not(None))
    )
    within = Friction.at >= period.begins_at, Friction.at < period.ends_at, Friction.undone_at.is_(None)
    query = query.where(*within, Friction.case_number.not_in(gone), reading.cases(Friction.case_number))
    if reading.teams is None:
        return query
    return query.where(Friction.case_number.in_(select(Case.number).where(is_of(Case.team_id, reading.teams))))


def _waited(reading: Reading, period: Period) -> dict[str, Amount]:
    """How long the customers of the cases of each kind of mark waited."""
    column = Measure.working if reading.scope.time == "working" else Measure.value
    marks = _wanted(reading, period, select(Friction.kind.label("hurt"), Friction.case_number).where(Friction.kind.in_(HURTS)))
    cases = marks.distinct().subquery()
    # Of each case its own waits: joined, SQLite would read all waits of the period.
    of_case = reading.measured(["wait"], period).where(Measure.case_number == cases.c.case_number)
    total, number = (
        func.sum(of_case.with_only_columns(counted).correlate(cases).scalar_subquery())
        for counted in (func.sum(column), func.count())
    )
    query = select(cases.c.hurt, total, number).group_by(cases.c.hurt)
    found = {row[0]: (row[1], row[2]) for row in reading.session.execute(query)} if _numbers(reading, period) else {}
    return {
        kind: Amount("seconds", float(waited) if waited is not None else None, int(times))
        for kind, (waited, times) in ((kind, found.get(kind, (None, 0))) for kind in HURTS)
    }


def _of(reading: Reading, kind: str, period: Period) -> Select[int]:
    found: Select[int] = _wanted(reading, period, select(Friction.case_number).where(Friction.kind == kind))
    return found
