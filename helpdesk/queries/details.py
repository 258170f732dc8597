"""What a case is besides its mail: its tags, its fields, what it came to, what was given."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, CaseField, CaseTag, Cause, Field, Gesture, Outcome, Tag
from helpdesk.policies import fields as policy
from helpdesk.policies.folding import fold
from helpdesk.queries.cases import seen_by
from helpdesk.queries.one_of import among, dialect_of


def tags(session: Session, number: int) -> list[Tag]:
    """The tags of a case, by name."""
    query = select(Tag).join(CaseTag, CaseTag.tag_id == Tag.id).where(CaseTag.case_number == number)
    return list(session.scalars(query.order_by(Tag.folded)))


def tags_of(session: Session, numbers: Collection[int]) -> dict[int, list[str]]:
    """Case number → the names of its tags, for lists."""
    found: dict[int, list[str]] = {}
    for number, name in session.execute(_tags_of(dialect_of(session)), {"numbers": list(numbers)}):
        found.setdefault(number, []).append(name)
    return found


@cache
def _tags_of(dialect: str) -> Select[int, str]:
    query = select(CaseTag.case_number, Tag.name).join(Tag, CaseTag.tag_id == Tag.id)
    return query.where(among(dialect, CaseTag.case_number)).order_by(Tag.folded)


def tagged(name: str) -> ColumnElement[bool]:
    """The cases with this tag, for the WHERE of a list."""
    query = select(CaseTag.case_number).join(Tag, CaseTag.tag_id == Tag.id).where(Tag.folded == fold(name))
    return Case.number.in_(query)


def tag_named(session: Session, name: str) -> Tag | None:
    """The tag that is called so, however it is spelled."""
    return session.scalar(select(Tag).where(Tag.folded == fold(name)))


def tag_names(session: Session, *, limit: int = 300) -> list[str]:
    """The names of the tags, to choose from."""
    return list(session.scalars(select(Tag.name).order_by(Tag.folded).limit(limit)))


def all_tags(session: Session, agent: Agent) -> list[tuple[Tag, int]]:
    """Every tag with the number of cases that this agent may see, by name."""
    count = func.count(Case.number)
    query = select(Tag, count).outerjoin(CaseTag, CaseTag.tag_id == Tag.id)
    query = query.outerjoin(Case, (Case.number == CaseTag.case_number) & seen_by(agent)).group_by(Tag.id)
    return [(tag, n) for tag, n in session.execute(query.order_by(Tag.folded))]


def fields_for(session: Session, desk_id: int | None) -> list[Field]:
    """The fields that a desk asks for: its own and those of every desk, in the order in which they were made."""
    query = select(Field).where(Field.active, or_(Field.desk_id.is_(None), Field.desk_id == desk_id))
    return list(session.scalars(query.order_by(Field.id)))


def fields_asked(session: Session) -> int:
    """How many fields are asked for at some desk."""
    return session.scalar(select(func.count()).select_from(Field).where(Field.active)) or 0


def all_fields(session: Session) -> list[Field]:
    """Every field, those that are still asked for first."""
    return list(session.scalars(select(Field).order_by(Field.active.desc(), Field.id)))


def values(session: Session, number: int) -> dict[int, CaseField]:
    """Field id → its value in this case, also of fields that are asked no more."""
    query = select(CaseField).where(CaseField.case_number == number).order_by(CaseField.field_id)
    return {row.field_id: row for row in session.scalars(query)}


def causes(session: Session, desk_id: int, *, active_only: bool = True) -> list[Cause]:
    query = select(Cause).where(Cause.desk_id == desk_id).order_by(Cause.name)
    return list(session.scalars(query.where(Cause.active) if active_only else query))


def outcome(session: Session, number: int) -> Outcome | None:
    return session.get(Outcome, number)


def gestures(session: Session, number: int) -> list[Gesture]:
    """What was given in a case and not taken back, the oldest first."""
    query = select(Gesture).where(Gesture.case_number == number, Gesture.undone_at.is_(None))
    return list(session.scalars(query.order_by(Gesture.id)))


def given(session: Session, agent: Agent, person_id: int) -> dict[str, int]:
    """Currency → cents that this customer got in all the cases that this agent may see."""
    theirs = (Gesture.person_id == person_id, Gesture.undone_at.is_(None))
    if session.scalar(select(Gesture.id).where(*theirs).limit(1)) is None:
        return {}  # the rule, and far cheaper to find out
    query = select(Gesture.currency, func.sum(Gesture.cents)).join(Case, Case.number == Gesture.case_number)
    query = query.where(*theirs, seen_by(agent))
    return {currency: int(cents) for currency, cents in session.execute(query.group_by(Gesture.currency))}


def missing(session: Session, case: Case) -> list[str]:
    """What has to be said before this case is solved: cause, office, verdict, or the name of a field."""
    came_to, filled = session.get(Outcome, case.number), values(session, case.number)
    asked = fields_for(session, case.desk_id)
    asks = [name for name in case.desk.asks if name != "cause" or causes(session, case.desk_id)]
    said = {
        name
        for name, known in (
            ("cause", came_to and came_to.cause_id),
            ("office", came_to and came_to.office),
            ("verdict", came_to and came_to.verdict),
        )
        if known
    }
    required = [field.name for field in asked if field.required]
    return policy.missing(asks, said, required, {field.name for field in asked if field.id in filled})
