"""What a case is besides its mail, as the panel beside its story shows it."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.models import Case, CaseField, Cause, Field, Gesture, Outcome, Tag
from helpdesk.present import amounts
from helpdesk.queries import details as find
from helpdesk.queries.contents import EVERYTHING, Contents
from helpdesk.web.access import agent, session
from helpdesk.web.language import current


@dataclass(frozen=True)
class Asked:
    """A field of the case's desk and what it is in this case; `shown` as it is read."""

    field: Field
    value: str
    shown: str


@dataclass(frozen=True)
class Details:
    """What the panel beside the story shows."""

    tags: list[Tag]
    known_tags: list[str]
    fields: list[Asked]
    outcome: Outcome | None
    causes: list[Cause]
    gestures: list[Gesture]
    given: list[str]  # what this customer got in all their cases, where there is more than this case shows


@dataclass(frozen=True)
class Wanted:
    """The form: what stands in it, and a sentence about what is still missing or cannot be."""

    asks: list[str]
    causes: list[Cause]
    values: dict[str, str]
    fields: list[Asked]
    problem: str = ""


def of(case: Case, there: Contents = EVERYTHING) -> Details:
    """The details of a case, for its page."""
    tags = find.tags(session(), case.number) if "tag" in there else []
    gestures = find.gestures(session(), case.number) if "gesture" in there else []
    here = {one.currency: sum(other.cents for other in gestures if other.currency == one.currency) for one in gestures}
    given = find.given(session(), agent(), case.requester_id) if "gesture" in there else {}
    names = find.tag_names(session()) if "known tag" in there else []
    return Details(
        tags=tags,
        known_tags=[name for name in names if name not in {tag.name for tag in tags}],
        fields=asked(case, there),
        outcome=find.outcome(session(), case.number) if "outcome" in there else None,
        causes=find.causes(session(), case.desk_id) if "cause" in there else [],
        gestures=gestures,
        given=[money(cents, currency) for currency, cents in given.items()] if given != here else [],
    )


def asked(case: Case, there: Contents = EVERYTHING) -> list[Asked]:
    """The fields of the case's desk, and those that are asked no more but have a value here."""
    values = find.values(session(), case.number) if "value" in there else {}
    wanted = find.fields_for(session(), case.desk_id) if "field" in there else []
    others = [row.field for row in values.values() if row.field not in wanted]
    return [_asked(field, values.get(field.id)) for field in [*wanted, *others]]


def money(cents: int, currency: str) -> str:
    """A sum in the reader's language."""
    return amounts.money(cents, currency, current())


def _asked(field: Field, row: CaseField | None) -> Asked:
    value = row.value if row else ""
    return Asked(field, value, amounts.value(field.kind, value, current()))
