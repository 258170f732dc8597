"""Whether we were able to help: satisfied of those who answered, always beside how many of those who were asked did."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import func, or_, select

from helpdesk.db import house
from helpdesk.models import Agent, Case, Desk, Entry, Rating
from helpdesk.policies.satisfaction import FEWEST
from helpdesk.reports import amounts
from helpdesk.reports.reading import Reading, is_of
from helpdesk.reports.report import Amount, Behind, Cell, Figure, Listing, Period

BEHIND = ("satisfaction", "satisfaction-answered")


def figures(reading: Reading) -> list[Figure]:
    """Both shares; nothing where nobody is asked and nobody was."""
    period, before = reading.scope.period, reading.scope.before
    satisfied, satisfied_before = (_satisfied(reading, one) for one in (period, before))
    answered, answered_before = (_answered(reading, one) for one in (period, before))
    is_asked = reading.session.scalar(select(Desk.id).where(Desk.asks_satisfaction).limit(1)) is not None
    if not is_asked and not any(one.of for one in (satisfied, satisfied_before, answered, answered_before)):
        return []
    running = period.ends_at > reading.scope.now
    return [
        Figure("satisfaction", satisfied, before=satisfied_before, so_far=running, behind=Behind("satisfaction", "missed")),
        Figure(
            "satisfaction-answered",
            answered,
            before=answered_before,
            so_far=running,
            behind=Behind("satisfaction-answered", "met"),
        ),
    ]


def people(reading: Reading) -> list[Listing]:
    """The same of each who wrote the last answer before it, where figures about people are permitted and there are ten of them."""
    wanted = house(reading.session).settings.person_figures
    if wanted == "none":
        return []
    last = (
        select(Entry.agent_id)
        .where(or_(Entry.case_number == Rating.case_number, Entry.case_number == Case.merged_into))
        .where(Entry.kind == "mail-out", Entry.id < Rating.answered_in_id)
        .order_by(Entry.id.desc())
        .limit(1)
        .correlate(Rating, Case)
        .scalar_subquery()
    )
    counted = (
        _ratings(reading, _said_in(reading.scope.period)).with_only_columns(last.label("agent_id"), Rating.satisfied).subquery()
    )
    query = select(Agent.id, Agent.name, counted.c.satisfied).join(Agent, Agent.id == counted.c.agent_id)
    if wanted == "self":
        query = query.where(Agent.id == reading.reader.id)
    found: dict[tuple[str, int], list[bool]] = defaultdict(list)
    for row in reading.session.execute(query):
        found[row.name, row.id].append(bool(row.satisfied))
    rows: list[list[Cell]] = [
        [name, amounts.share(sum(said), len(said))] for (name, _id), said in sorted(found.items()) if len(said) >= FEWEST
    ]
    return [Listing("satisfaction-people", ("name", "satisfaction"), rows)]


def behind(reading: Reading, wanted: Behind, period: Period) -> Any:
    """The cases of these questions, one number for each."""
    if wanted.figure == "satisfaction":
        query = _ratings(reading, _said_in(period))
        return query if wanted.part == "all" else query.where(Rating.satisfied.is_(wanted.part == "met"))
    query = _ratings(reading, _asked_in(period))
    if wanted.part == "all":
        return query
    return query.where(Rating.answered_at.is_not(None) if wanted.part == "met" else Rating.answered_at.is_(None))


def _satisfied(reading: Reading, period: Period) -> Amount:
    counted = _ratings(reading, _said_in(period)).with_only_columns(func.count().filter(Rating.satisfied.is_(True)), func.count())
    return amounts.share(*reading.session.execute(counted).one())


def _answered(reading: Reading, period: Period) -> Amount:
    counted = _ratings(reading, _asked_in(period)).with_only_columns(func.count(Rating.answered_at), func.count())
    return amounts.share(*reading.session.execute(counted).one())


def _said_in(period: Period) -> tuple[Any, ...]:
    return Rating.answered_at >= period.begins_at, Rating.answered_at < period.ends_at


def _asked_in(period: Period) -> tuple[Any, ...]:
    return Rating.asked_at >= period.begins_at, Rating.asked_at < period.ends_at


def _ratings(reading: Reading, within: tuple[Any, ...]) -> Any:
    """The questions that left; what was taken back before it did asked nobody."""
    home = func.coalesce(Case.merged_into, Rating.case_number)
    query = select(home).select_from(Rating).join(Case, Case.number == Rating.case_number)
    query = query.join(Entry, Entry.id == Rating.asked_in_id).where(Entry.kind == "mail-out")
    there = Case.spam_at.is_(None), Case.withdrawn_at.is_(None), is_of(Case.team_id, reading.teams)
    return query.where(*within, *there, reading.cases(home))
