"""Which handovers nobody has taken yet, and by whom the customer is answered from now on."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from helpdesk.models import Agent, Case, Entry, Event, Handover
from helpdesk.queries.cases import seen_by


def of_story(session: Session, numbers: Collection[int]) -> list[Handover]:
    """Every handover in these cases, the oldest first."""
    query = select(Handover).where(Handover.case_number.in_(numbers))
    return list(session.scalars(query.order_by(Handover.id)))


def open_in(session: Session, case: Case, *, for_change: bool = False) -> Handover | None:
    """The handover of this case that still waits for somebody to take it."""
    query = select(Handover).join(Case, Case.number == Handover.case_number).where(Handover.case_number == case.number, _waits())
    return session.scalar(query.with_for_update(of=Handover) if for_change else query)


def with_note(session: Session, event: Event) -> Handover | None:
    """The handover whose note this event put into the story; None of any other event."""
    if event.deed != "handed-over" or event.entry_id is None:
        return None
    return session.scalar(select(Handover).where(Handover.entry_id == event.entry_id))


def is_answered(session: Session, case: Case) -> bool:
    """Whether one of us has answered the customer."""
    query = select(Entry.id).where(Entry.case_number == case.number, Entry.kind == "mail-out")
    return session.scalar(query.limit(1)) is not None


def not_taken(session: Session, agent: Agent) -> list[Handover]:
    """What this agent gave away, or had until then, and nobody has taken yet; the oldest first."""
    query = select(Handover).join(Case, Case.number == Handover.case_number).where(_waits(), seen_by(agent))
    theirs = or_(Handover.giver_id == agent.id, Handover.holder_id == agent.id)
    return list(session.scalars(query.where(theirs).order_by(Handover.id)))


def introduces(session: Session, entry: Entry) -> bool:
    """Whether this answer is the first by somebody who took the case over from whom the customer knew.

    A colleague who only helps out is not introduced: nobody handed them the case.
    """
    answers = select(Entry).where(Entry.case_number == entry.case_number, Entry.kind == "mail-out", Entry.id < entry.id)
    last = session.scalars(answers.order_by(Entry.id.desc()).limit(1)).first()
    if last is None or last.agent_id is None or last.agent_id == entry.agent_id:
        return False
    mine = or_(Handover.taken_by_id == entry.agent_id, Handover.to_id == entry.agent_id)
    given = select(Handover.entry_id).where(Handover.case_number == entry.case_number, mine, Handover.entry_id < entry.id)
    handed = session.scalar(given.order_by(Handover.entry_id.desc()).limit(1))
    if handed is None:
        return False
    answered = answers.where(Entry.id > handed, Entry.agent_id == entry.agent_id)
    return session.scalars(answered.limit(1)).first() is None


@cache
def _waits() -> ColumnElement[bool]:
    """Not taken by a click, not overtaken: the case is still where it was put, and its new holder has not answered yet."""
    later, answer = aliased(Handover), aliased(Entry)
    replaced = select(later.id).where(later.case_number == Handover.case_number, later.id > Handover.id).exists()
    by_holder = and_(answer.case_number == Handover.case_number, answer.id > Handover.entry_id, answer.agent_id == Handover.to_id)
    answered = select(answer.id).where(by_holder, answer.kind == "mail-out").exists()
    to_person = and_(Handover.to_id.is_not(None), Case.assignee_id == Handover.to_id, ~answered)
    to_team = and_(Handover.to_id.is_(None), Case.assignee_id.is_(None), Case.team_id == Handover.team_id)
    return and_(Handover.taken_at.is_(None), Case.state != "resolved", ~replaced, or_(to_person, to_team))
