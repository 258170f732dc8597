"""Through how many hands cases went: people who answered, handovers, moves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from helpdesk.models import Case, Measure
from helpdesk.reports import amounts, figures
from helpdesk.reports.reading import Reading
from helpdesk.reports.report import Bar, Bars, Behind, CaseLink, Cell, Figure, Listing, Period

REPLIERS = ("one-person", "two-people", "three-people", "more-people")  # who answered
MANY = 3  # people; more of them are listed
SHOWN = 20
BEHIND = ("repliers", "several-repliers", "many-repliers")


def repliers(reading: Reading) -> Bars:
    """The cases whose solution held, by how many people had answered."""
    now, before = (_by_repliers(reading, period) for period in (reading.scope.period, reading.scope.before))
    return Bars(
        "repliers",
        [
            Bar(name, amounts.count(now[place]), amounts.count(before[place]), Behind("repliers", group=name))
            for place, name in enumerate(REPLIERS)
        ],
    )


def several_repliers(reading: Reading) -> Figure:
    """How many of those cases had answers of more than one person."""
    period, before = reading.scope.period, reading.scope.before
    now, then = (amounts.share(_several(reading, one), reading.number("resolution", one)) for one in (period, before))
    return Figure(
        "several-repliers", now, before=then, so_far=figures.window_runs(reading), behind=Behind("several-repliers", "met")
    )


def many_repliers(reading: Reading) -> Listing:
    """Cases that more than three people answered: those that go on, and those that were solved in the period."""
    rows = reading.session.execute(_many(reading, reading.scope.period).order_by(Measure.value.desc(), Measure.case_number)).all()
    subjects = subjects_of(reading, [row.case_number for row in rows[:SHOWN]])
    cells: list[list[Cell]] = [
        [CaseLink(row.case_number, subjects[row.case_number]), row.value, ":open" if row.at is None else ":resolved"]
        for row in rows[:SHOWN]
    ]
    more = max(0, len(rows) - SHOWN)
    return Listing("many-repliers", ("case", "repliers", "state"), cells, more=more, behind=Behind("many-repliers"))


def behind(reading: Reading, wanted: Behind, period: Period) -> Select[int]:
    """The cases of these figures."""
    match wanted.figure:
        case "repliers":
            return _of_repliers(reading, wanted.group, period)
        case "several-repliers":
            several = reading.measured(["repliers"], period)
            if wanted.part == "met":
                return several
            return (
                _of_repliers(reading, REPLIERS[0], period)
                if wanted.part == "missed"
                else reading.measured(["resolution"], period)
            )
        case "many-repliers":
            found: Select[int] = _many(reading, period).with_only_columns(Measure.case_number)
            return found
    raise LookupError(wanted.figure)


def subjects_of(reading: Reading, numbers: list[int]) -> dict[int, str]:
    """Case number → its subject."""
    rows = reading.session.execute(select(Case.number, Case.subject).where(Case.number.in_(numbers)))
    return {row.number: row.subject for row in rows}


def _by_repliers(reading: Reading, period: Period) -> tuple[int, int, int, int]:
    values = reading.values("repliers", period)
    two, three = values.count(2), values.count(3)
    return reading.number("resolution", period) - len(values), two, three, len(values) - two - three


def _several(reading: Reading, period: Period) -> int:
    return reading.number("repliers", period)


def _of_repliers(reading: Reading, group: str, period: Period) -> Select[int]:
    query = reading.measured(["repliers"], period)
    if group == REPLIERS[0]:
        return reading.measured(["resolution"], period).where(Measure.case_number.not_in(query))
    if group == REPLIERS[-1]:
        return query.where(Measure.value > MANY)
    return (
        query.where(Measure.value == REPLIERS.index(group) + 1) if group in REPLIERS else reading.measured(["resolution"], period)
    )


def _many(reading: Reading, period: Period) -> Any:
    columns = (Measure.case_number, Measure.value, Measure.at)
    solved = reading.measured(["repliers"], period).where(Measure.value > MANY).with_only_columns(Measure.id)
    open_now = reading.still_going("repliers", reading.until(period)).where(Measure.value > MANY).with_only_columns(Measure.id)
    return select(*columns).where(Measure.id.in_(solved.union_all(open_now)))


def number_of_many(reading: Reading) -> int:
    """How many cases more than three people answered."""
    return reading.session.scalar(select(func.count()).select_from(_many(reading, reading.scope.period).subquery())) or 0
