"""Where it hurt, and what was praised, as it was marked at customers' words in a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select

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
    now, before = (
        Counter(kind for kind, _number in _marks(reading, one)) for one in (reading.scope.period, reading.scope.before)
    )
    bars = [Bar(kind, amounts.count(now[kind]), amounts.count(before[kind]), Behind("friction", group=kind)) for kind in HURTS]
    return Bars("friction", sorted(bars, key=lambda bar: -(bar.value.value or 0)))


def waiting_by_kind(reading: Reading) -> Bars:
    """Where it hurt, by how long the customers of those cases had waited for answers that came in the period."""
    bars = [
        Bar(kind, _waited(reading, kind, reading.scope.period), _waited(reading, kind, reading.scope.before), Behind("waited-hours", group=kind))
        for kind in HURTS
    ]  # fmt: skip
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
    numbers = Counter(number for kind, number in _marks(reading, reading.scope.period) if kind != PRAISE)
    shown = numbers.most_common(SHOWN)
    subjects = subjects_of(reading, [number for number, _times in shown])
    cells: list[list[Cell]] = [[CaseLink(number, subjects[number]), times] for number, times in shown]
    return Listing("hurt", ("case", "count"), cells, more=len(numbers) - len(shown))


def behind(reading: Reading, wanted: Behind, period: Period) -> list[int]:
    """The cases of marks, one number for each."""
    if wanted.figure == "waited-hours":
        return list(
            reading.session.scalars(
                reading.measured(["wait"], period).where(Measure.case_number.in_(_of(reading, wanted.group, period)))
            )
        )
    marks = _marks(reading, period)
    if wanted.figure == PRAISE:
        return [number for kind, number in marks if kind == PRAISE]
    return [number for kind, number in marks if kind != PRAISE and wanted.group in ("", kind)]


def _both(reading: Reading, *, praise: bool) -> tuple[int, int]:
    marks = [_marks(reading, one) for one in (reading.scope.period, reading.scope.before)]
    now, before = (len([kind for kind, _number in some if (kind == PRAISE) is praise]) for some in marks)
    return now, before


def _marks(reading: Reading, period: Period) -> list[tuple[str, int]]:
    """(kind, case) of each mark that stands."""

    def read() -> list[tuple[str, int]]:
        query = _wanted(reading, period, select(Friction.kind, Friction.case_number)).order_by(Friction.id)
        return [(row.kind, row.case_number) for row in reading.session.execute(query)]

    return reading.once(("marks", period), read)


def _wanted(reading: Reading, period: Period, query: Any) -> Any:
    there = Case.merged_into.is_(None), Case.spam_at.is_(None), Case.withdrawn_at.is_(None), is_of(Case.team_id, reading.teams)
    within = Friction.at >= period.begins_at, Friction.at < period.ends_at, Friction.undone_at.is_(None)
    return query.join(Case, Case.number == Friction.case_number).where(*there, *within, reading.cases(Friction.case_number))


def _waited(reading: Reading, kind: str, period: Period) -> Amount:
    numbers = _of(reading, kind, period)
    if not numbers:
        return Amount("seconds", None, 0)
    column = Measure.working if reading.scope.time == "working" else Measure.value
    ids = (
        reading.measured(["wait"], period)
        .where(Measure.case_number.in_(_of(reading, kind, period)))
        .with_only_columns(Measure.id)
    )
    total, number = reading.session.execute(select(func.sum(column), func.count()).where(Measure.id.in_(ids))).one()
    return Amount("seconds", float(total) if total is not None else None, number)


def _of(reading: Reading, kind: str, period: Period) -> Collection[int]:
    return {number for its, number in _marks(reading, period) if its == kind}
