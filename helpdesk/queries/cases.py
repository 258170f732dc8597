"""One case, its timeline, its neighbours; and which cases an agent may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select, union
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from helpdesk.models import Agent, Attachment, Case, CaseLink, CaseShutOut, Entry, Event, Participant, Person
from helpdesk.policies.permissions import may
from helpdesk.queries.events import stands
from helpdesk.queries.one_of import among, dialect_of
from helpdesk.queries.secrets import is_masked
from helpdesk.queries.sight import hidden_from, is_seen_by
from helpdesk.queries.words import with_words

MOST = 1000  # of a list, more is not counted: nobody works a longer one off, and counting costs time


def seen_by(agent: Agent) -> ColumnElement[bool]:
    """What this agent may see of the cases; lists, counts and search all go through here."""
    return is_seen_by(agent) if may(agent, "case.read") else Case.number.is_(None)


def is_seen(number: ColumnElement[int], agent: Agent) -> ColumnElement[bool]:
    """The same of the case with this number, where the case itself is not asked for."""
    return number.not_in(hidden_from(agent)) if may(agent, "case.read") else false()


def by_number(session: Session, number: int, agent: Agent, *, for_change: bool = False) -> Case | None:
    """One case, if the agent may read it.  `for_change` locks its row until the transaction ends."""
    if not 0 < number < 2**31:
        return None
    # Whether they may, the rule itself says: to plan `seen_by` takes PostgreSQL longer than to find the case.  Locked is only what
    # they may see, for whoever waits for a case knows that it is there.
    query = _one().where(seen_by(agent)).with_for_update(of=Case) if for_change else _one()
    found = _with_outsiders(session, query, number=number)
    return found[0] if found and may(agent, "case.read", found[0]) else None


@cache
def _one() -> Select[Case, bool]:
    return select(Case, _shuts_out()).where(Case.number == bindparam("number"))


def _with_outsiders(session: Session, query: Select[Case, bool], **asked: Any) -> list[Case]:
    """These cases, and whether anybody is shut out of them: of nearly all nobody is, so that nobody has to ask for each."""
    rows = session.execute(query, asked).all()
    for case, shuts_out in rows:
        if not shuts_out:
            set_committed_value(case, "shut_out", [])
    return [case for case, _shuts in rows]


def _shuts_out() -> ColumnElement[bool]:
    return select(CaseShutOut.agent_id).where(CaseShutOut.case_number == Case.number).exists()


def timeline(session: Session, case: Case, agent: Agent, *, holds_others: bool = True) -> list[Event]:
    """The whole story, in the order in which it happened, with what was said, attached and delivered.

    Of cases that were merged into it what was said, too, and what did not arrive; the rest of their lines stands on their own
    pages.  What names another case that does not exist for this agent is left out.  `holds_others` False: it is known to hold none.
    """
    return told(session, events_of(session, case, agent, holds_others=holds_others), agent)


def told(session: Session, events: list[Event], agent: Agent) -> list[Event]:
    """Events of a timeline with what belongs to them, without those that name what does not exist for this agent."""
    return naming_no_unseen(session, with_words(session, events), agent)


def events_of(session: Session, case: Case, agent: Agent, *, holds_others: bool = True) -> list[Event]:
    """The events of a timeline, the oldest first."""
    # Asked for first: with an «or» over a sub-select PostgreSQL would read all events of all cases.
    held = select(Case.number).where(Case.merged_into == case.number, seen_by(agent))
    merged = session.scalars(held).all() if holds_others else []
    if not merged:
        return list(session.scalars(_story(), {"number": case.number}))
    query = select(Event).where(Event.case_number.in_([case.number, *merged]), stands()).order_by(Event.id)
    there = or_(Event.case_number == case.number, Event.entry_id.is_not(None), Event.deed == "undeliverable")
    return list(session.scalars(query.where(there)))


@cache
def _story() -> Select[Event]:
    return select(Event).where(Event.case_number == bindparam("number"), stands()).order_by(Event.id)


def event_of(session: Session, entry: Entry) -> Event:
    """The event that put this entry onto the timeline."""
    return session.scalars(select(Event).where(Event.entry_id == entry.id).order_by(Event.id)).first() or _lost(entry)


def attachment(session: Session, attachment_id: int, agent: Agent) -> Attachment | None:
    """An attachment, if the agent may read the case that it lies in."""
    if not 0 < attachment_id < 2**31:
        return None
    found = session.get(Attachment, attachment_id)
    entry = session.get(Entry, found.entry_id) if found else None
    if entry is None or is_masked(session, entry, agent):
        return None
    return found if by_number(session, entry.case_number, agent) else None


def links(session: Session, number: int, agent: Agent) -> list[tuple[str, int]]:
    """(kind, number) of the cases that this one points at or is pointed at by, as far as this agent may see them."""
    query = select(CaseLink).where(or_(CaseLink.from_number == number, CaseLink.to_number == number))
    found = [(row.kind, row.to_number if row.from_number == number else row.from_number) for row in session.scalars(query)]
    unseen = _unseen(session, {other for _kind, other in found}, agent)
    return [(kind, other) for kind, other in found if other not in unseen]


def followed_by(session: Session, number: int) -> list[int]:
    """The follow-up cases of a case, the newest first."""
    query = select(CaseLink.from_number).where(CaseLink.to_number == number, CaseLink.kind == "follow-up")
    return list(session.scalars(query.order_by(CaseLink.from_number.desc())))


def others_of(session: Session, case: Case, agent: Agent, *, limit: int = 20, has_other_addresses: bool = True) -> list[Case]:
    """This customer's other cases, the newest first; `has_other_addresses` False: they are known to have one address only."""
    same = same_person(session, case.requester_id) if has_other_addresses else [case.requester_id]
    query = _others(dialect_of(session) if len(same) > 1 else None, limit)
    asked = {"number": case.number} | ({"numbers": list(same)} if len(same) > 1 else {"person": same[0]})
    newest = _with_outsiders(session, query, **asked)
    if all(may(agent, "case.read", one) for one in newest):
        return newest
    # Others stand in for those that do not exist for this agent.
    return _with_outsiders(session, query.where(seen_by(agent)), **asked)


@cache
def _others(dialect: str | None, limit: int) -> Select[Case, bool]:
    """`dialect` None: of one person at one address, which PostgreSQL plans once for all."""
    theirs = among(dialect, Case.requester_id) if dialect else Case.requester_id == bindparam("person")
    there = theirs, Case.number != bindparam("number"), Case.merged_into.is_(None)
    return select(Case, _shuts_out()).where(*there).order_by(Case.number.desc()).limit(limit)


def of_message_ids(session: Session, message_ids: tuple[str, ...]) -> Entry | None:
    """The entry that went out under one of these Message-IDs, the last named first."""
    ours = and_(Entry.message_id.in_(message_ids), Entry.kind.in_(("mail-out", "system")))
    found = {entry.message_id: entry for entry in session.scalars(select(Entry).where(ours))} if message_ids else {}
    return next((found[m] for m in reversed(message_ids) if m in found), None)


def of_person(session: Session, agent: Agent, person_id: int, *, limit: int = 200) -> list[Case]:
    """The cases in which this person takes part, the newest first."""
    same = same_person(session, person_id)
    begun = select(Case.number).where(Case.requester_id.in_(same))
    both = union(begun, select(Participant.case_number).where(Participant.person_id.in_(same))).subquery()
    # Asked for first: PostgreSQL would else look at each case of the desk whether it may be seen.
    numbers = session.scalars(select(both.c.number).order_by(both.c.number.desc()).limit(MOST)).all()
    query = select(Case).where(Case.number.in_(numbers), seen_by(agent))
    query = query.where(Case.merged_into.is_(None))
    return list(session.scalars(query.order_by(Case.number.desc()).limit(limit)))


def same_person(session: Session, person_id: int) -> Sequence[int]:
    """The ids of all addresses of this person: asked for first, so that whatever lies at them is found by an index."""
    root = select(func.coalesce(Person.same_as_id, Person.id)).where(Person.id == person_id).scalar_subquery()
    return session.scalars(select(Person.id).where(or_(Person.id == root, Person.same_as_id == root))).all()


def open_of(session: Session, agent: Agent) -> list[Case]:
    """What an agent holds and has not solved, the oldest first."""
    query = select(Case).where(Case.assignee_id == agent.id, Case.state != "resolved")
    return list(session.scalars(query.order_by(Case.number)))


def said_with_key(session: Session, key: str, case: Case | None = None) -> Entry | None:
    """What was said under this idempotency key, in this case or (without one) in any."""
    query = select(Entry).where(Entry.idempotency_key == key).order_by(Entry.id)
    return session.scalars(query.where(Entry.case_number == case.number) if case else query).first()


def naming_no_unseen(session: Session, events: list[Event], agent: Agent) -> list[Event]:
    """These events without those that name another case that does not exist for this agent."""
    unseen = _unseen(session, {number for event in events if (number := _other_case(event)) is not None}, agent)
    return [event for event in events if _other_case(event) not in unseen] if unseen else events


def _other_case(event: Event) -> int | None:
    """The case that an event names besides its own."""
    number = event.after.get("number")
    return number if isinstance(number, int) else None


def _unseen(session: Session, numbers: Collection[int], agent: Agent) -> set[int]:
    """Those of these cases that do not exist for this agent."""
    seen = select(Case.number).where(Case.number.in_(numbers), seen_by(agent))
    return set(numbers) - set(session.scalars(seen)) if numbers else set()


def _lost(entry: Entry) -> Event:
    raise LookupError(f"entry {entry.id} has no event: run holdline fsck")
