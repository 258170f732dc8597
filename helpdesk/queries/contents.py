"""What there is to show at all, of a case and for a reader: asked in one statement.

Of most kinds of things there is nothing, and to ask for the rows of each costs a page more than all that it shows.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, Select, SelectBase, bindparam, or_, select, union_all
from sqlalchemy.orm import Session

from helpdesk.models import (
    Absence,
    Agent,
    Beginning,
    Case,
    CaseField,
    CaseLink,
    CaseTag,
    Cause,
    Consultation,
    Draft,
    Entry,
    Escalation,
    Fact,
    Field,
    Friction,
    Gesture,
    Handover,
    Notice,
    Outcome,
    Participant,
    Person,
    Presence,
    Promise,
    Proposal,
    Recall,
    SavedView,
    Tag,
    WaitingAnswer,
)
from helpdesk.policies.answering import PRESENT
from helpdesk.queries import long_stories, outbox
from helpdesk.queries.absences import today

Contents = Container[str]  # the names of what there is


class _Everything(Container[str]):
    """Whatever is asked about may be there."""

    def __contains__(self, _name: object) -> bool:
        return True


EVERYTHING: Contents = _Everything()


def of(session: Session, case: Case, agent: Agent, *, now: datetime) -> Contents:
    """What there may be to show this agent of this case; where it holds others, that is not asked of each of them."""
    values: dict[str, Any] = {
        "number": case.number,
        "agent": agent.id,
        "person": case.requester_id,
        "desk": case.desk_id,
        "now": now,
        "since": now - PRESENT,
        "today": today(session, now),
    }
    row = session.execute(_in_case(), values).one()._mapping
    return EVERYTHING if row["merged"] else frozenset(name for name, is_there in row.items() if is_there)


def for_reader(session: Session, agent: Agent) -> Contents:
    """What there may be that waits for this agent, in whatever case; `of` says the same besides."""
    row = session.execute(_for_reader(), {"agent": agent.id}).one()._mapping
    return frozenset(name for name, is_there in row.items() if is_there)


@cache
def _for_reader() -> Select[*tuple[Any, ...]]:
    return _whether(_readers())


@cache
def _in_case() -> Select[*tuple[Any, ...]]:
    return _whether(_cases() | _readers())


def _whether(parts: dict[str, SelectBase]) -> Select[*tuple[Any, ...]]:
    return select(*(query.exists().label(name) for name, query in parts.items()))


def _readers() -> dict[str, SelectBase]:
    agent = bindparam("agent", type_=Integer)
    unsent = select(Draft.id).where(Draft.agent_id == agent, Draft.state.in_(("writing", "planned")))
    begun = select(Beginning.id).where(Beginning.agent_id == agent, Beginning.discarded_at.is_(None))
    return {
        "unseen": select(Notice.id).where(Notice.agent_id == agent, Notice.seen_at.is_(None)),
        "unsent": union_all(unsent, begun),
        "unreleased": select(WaitingAnswer.id).where(WaitingAnswer.state == "waiting"),
        "saved view": select(SavedView.id).where(SavedView.agent_id == agent),
        "known tag": select(Tag.id),
    }


def _cases() -> dict[str, SelectBase]:
    number, agent, person = (bindparam(name, type_=Integer) for name in ("number", "agent", "person"))
    now, since = (bindparam(name, type_=Case.opened_at.type) for name in ("now", "since"))
    linked = or_(CaseLink.from_number == number, CaseLink.to_number == number)
    return {
        "merged": select(Case.number).where(Case.merged_into == number),
        "draft": select(Draft.id).where(Draft.case_number == number),
        "recall": select(Recall.entry_id).where(Recall.agent_id == agent, Recall.until > now),
        "company": select(Presence.agent_id).where(
            Presence.case_number == number, Presence.agent_id != agent, Presence.seen_at > since
        ),
        "other address": select(Person.id).where(
            or_(Person.same_as_id == person, (Person.id == person) & Person.same_as_id.is_not(None))
        ),
        "proposal": select(Proposal.id).where(Proposal.case_number == number),
        "waiting answer": select(WaitingAnswer.id).where(WaitingAnswer.case_number == number),
        "link": select(CaseLink.kind).where(linked),
        "tag": select(CaseTag.tag_id).where(CaseTag.case_number == number),
        "gesture": select(Gesture.id).where(or_(Gesture.case_number == number, Gesture.person_id == person)),
        "field": select(Field.id).where(Field.active),
        "value": select(CaseField.field_id).where(CaseField.case_number == number),
        "outcome": select(Outcome.case_number).where(Outcome.case_number == number),
        "cause": select(Cause.id).where(Cause.desk_id == bindparam("desk", type_=Integer)),
        "notice": select(Notice.id).where(Notice.agent_id == agent, Notice.case_number == number, Notice.seen_at.is_(None)),
        "handover": select(Handover.id).where(Handover.case_number == number),
        "asking": select(Entry.id).where(Entry.case_number == number, *long_stories.asking()),
        "refused": outbox.refused(select(Person.address).join(Participant).where(Participant.case_number == number)),
        "answer": select(Entry.id).where(Entry.case_number == number, Entry.kind == "mail-out"),
        "absence": select(Absence.id).where(Absence.withdrawn_at.is_(None), Absence.last_day >= bindparam("today", type_=Date)),
        "promise": select(Promise.id).where(Promise.case_number == number),
        "escalation": select(Escalation.id).where(Escalation.case_number == number, Escalation.closed_at.is_(None)),
        "consultation": select(Consultation.id).where(Consultation.case_number == number),
        "asked before": select(Consultation.id),
        "friction": select(Friction.id).where(Friction.case_number == number, Friction.undone_at.is_(None)),
        "fact": select(Fact.id).where(Fact.case_number == number, Fact.dropped_at.is_(None)),
    }
