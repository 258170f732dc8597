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

SHARES = {  # measured as (counted in the value, counted in what it is of besides)
    "satisfaction": ("satisfied", "dissatisfied"), "satisfaction-answered": ("asked-answered", "asked-unanswered"),
}  # fmt: skip
BEHIND = tuple(SHARES)


def figures(reading: Reading) -> list[Figure]:
    """Both shares; nothing where nobody is asked and nobody was."""
    period, before = reading.scope.period, reading.scope.before
    satisfied, satisfied_before = (_share(reading, "satisfaction", one) for one in (period, before))
    answered, answered_before = (_share(reading, "satisfaction-answered", one) for one in (period, before))
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
    counted = _answers(reading).with_only_columns(last.label("agent_id"), Rating.satisfied).subquery()
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
    met, missed = SHARES[wanted.figure]
    kinds = {"met": (met,), "missed": (missed,)}.get(wanted.part, (met, missed))
    return reading.measured(kinds, period)


def _share(reading: Reading, key: str, period: Period) -> Amount:
    met, missed = (reading.number(kind, period) for kind in SHARES[key])
    return amounts.share(met, met + missed)


def _answers(reading: Reading) -> Any:
    """The questions that they answered in the period; what was taken back before it left asked nobody."""
    home = func.coalesce(Case.merged_into, Rating.case_number)
    query = select(home).select_from(Rating).join(Case, Case.number == Rating.case_number)
    query = query.join(Entry, Entry.id == Rating.asked_in_id).where(Entry.kind == "mail-out")
    within = Rating.answered_at >= reading.scope.period.begins_at, Rating.answered_at < reading.scope.period.ends_at
    there = Case.spam_at.is_(None), Case.withdrawn_at.is_(None), is_of(Case.team_id, reading.teams)
    return query.where(*within, *there, reading.cases(home))
