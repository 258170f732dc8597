"""Fields and priority: what a desk asks for, and what is said of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.actions.indexing import reindex_details
from helpdesk.models import Agent, Case, CaseField, Desk, Field
from helpdesk.policies import fields as policy
from helpdesk.policies.cases import PRIORITIES
from helpdesk.queries import details as find

MOST_CHOICES = 100
LONGEST_NAME = 60


def define(
    session: Session,
    name: str,
    kind: str,
    *,
    agent: Agent,
    now: datetime,
    desk: Desk | None = None,
    choices: Sequence[str] = (),
    required: bool = False,
) -> Field:
    """Ask for something from now on, at one desk or at all.  Raises NotUsable."""
    if kind not in policy.KINDS:
        raise NotUsable("kind", "Choose one from the list.")
    field = Field(desk=desk, kind=kind, active=True, name="", choices=[], required=False)
    _describe(session, field, name, choices, required)
    session.add(field)
    session.flush()
    after = {"name": field.name, "kind": kind, "desk": desk.name if desk else None, "required": required}
    record(session, "field-defined", now=now, agent=agent, thing=f"field {field.id}", after=after)
    return field


def redefine(
    session: Session,
    field: Field,
    name: str,
    *,
    agent: Agent,
    now: datetime,
    choices: Sequence[str] = (),
    required: bool = False,
    active: bool = True,
) -> None:
    """Change how it is asked for; what cases hold stays.  The kind never changes.  Raises NotUsable."""
    before = {"name": field.name, "choices": field.choices, "required": field.required, "active": field.active}
    _describe(session, field, name, choices, required)
    field.active = active
    after = {"name": field.name, "choices": field.choices, "required": field.required, "active": field.active}
    if after != before:
        record(session, "field-changed", now=now, agent=agent, thing=f"field {field.id}", before=before, after=after)


def fill(session: Session, case: Case, field: Field, text: str, *, agent: Agent | None, now: datetime) -> None:
    """Say what this field is in this case; nothing empties it.  Raises NotUsable."""
    try:
        value = policy.value(field.kind, text, field.choices)  # type: ignore[arg-type]  # a column is a str
    except ValueError:
        raise NotUsable(f"field-{field.id}", _WHAT_FITS[field.kind], name=field.name) from None
    row = session.get(CaseField, (case.number, field.id))
    before = row.value if row else ""
    if value == before:
        return
    if row is None:
        session.add(CaseField(case_number=case.number, field=field, value=value))
    elif value:
        row.value = value
    else:
        session.delete(row)
    said = {"field": field.name, "kind": field.kind}
    then, since = {**said, "value": before}, {**said, "value": value}
    record(session, "field-filled", now=now, agent=agent, case=case, thing=f"field {field.id}", before=then, after=since)
    reindex_details(session, case)


def prioritise(session: Session, case: Case, priority: str, *, agent: Agent, now: datetime) -> None:
    """Say how much it matters.  Raises NotUsable."""
    if priority not in PRIORITIES:
        raise NotUsable("priority", "Choose one from the list.")
    if priority != case.priority:
        before, case.priority = case.priority, priority
        after = {"priority": priority}
        record(session, "prioritised", now=now, agent=agent, case=case, before={"priority": before}, after=after)


def _describe(session: Session, field: Field, name: str, choices: Sequence[str], required: bool) -> None:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise NotUsable("name", "A name has 1 to %(most)s characters.", most=LONGEST_NAME)
    with session.no_autoflush:
        rivals = [other for other in find.all_fields(session) if other.id != field.id and other.active]
    if any(other.name.casefold() == name.casefold() and _meet(other, field) for other in rivals):
        raise NotUsable("name", "Another field is called %(name)s already.", name=name)
    lines = list(dict.fromkeys(" ".join(line.split()) for line in choices if line.strip()))
    if field.kind == "choice" and not 2 <= len(lines) <= MOST_CHOICES:
        raise NotUsable("choices", "Write 2 to %(most)s choices, each on a line of its own.", most=MOST_CHOICES)
    field.name, field.required = name, required
    field.choices = [line[: policy.LONGEST] for line in lines] if field.kind == "choice" else []


def _meet(one: Field, other: Field) -> bool:
    """Whether both are asked for at some desk."""
    desk_id = other.desk.id if other.desk else other.desk_id
    return one.desk_id is None or desk_id is None or one.desk_id == desk_id


_WHAT_FITS = {
    refusal.field: refusal.sentence
    for refusal in (
        NotUsable("text", "%(name)s is too long."),
        NotUsable("number", "%(name)s is a number, like 12 or 12.50."),
        NotUsable("date", "%(name)s is a day, like 2026-11-02 or 2.11.2026."),
        NotUsable("choice", "%(name)s is one of its choices."),
        NotUsable("tick", "%(name)s is ticked or not."),
    )
}
