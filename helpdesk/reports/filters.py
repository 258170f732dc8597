"""Which cases a report is asked for by a tag or by what a field of theirs says."""

from __future__ import annotations

from sqlalchemy import Select, select

from helpdesk.models import Case, CaseField, CaseTag, Cause, Field, Outcome, Tag
from helpdesk.policies.folding import fold
from helpdesk.reports.report import Scope


def filters(scope: Scope) -> list[Select[int]]:
    """Selects of case numbers: only what is in all of them is asked for."""
    found: list[Select[int]] = []
    if scope.tag:
        tag = select(Tag.id).where(Tag.folded == fold(scope.tag))
        found.append(select(CaseTag.case_number).where(CaseTag.tag_id.in_(tag)))
    return found + [_with_field(name, value) for name, value in scope.fields.items()]


def _with_field(name: str, value: str) -> Select[int]:
    """The cases in which a field says this: what every case has, what was said of its outcome, or a field of a desk's own."""
    match name:
        case "cause":
            return select(Outcome.case_number).join(Cause, Cause.id == Outcome.cause_id).where(Cause.name == value)
        case "office":
            return select(Outcome.case_number).where(Outcome.office == value)
        case "verdict":
            return select(Outcome.case_number).where(Outcome.verdict == value)
        case "priority":
            return select(Case.number).where(Case.priority == value)
        case "channel":
            return select(Case.number).where(Case.channel == value)
    return (
        select(CaseField.case_number)
        .join(Field, Field.id == CaseField.field_id)
        .where(Field.name == name, CaseField.value == value)
    )
