"""What did not come by mail: a call, a visit, a letter on paper, written down in a case or opening one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions import cases, entries, notices
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries import EmptyText, Upload
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Desk, Entry, Person
from helpdesk.policies import calls as policy
from helpdesk.policies.cases import reopens
from helpdesk.present import markdown
from helpdesk.queries import cases as find


@dataclass(frozen=True)
class Contact:
    """What happened: when, who turned to whom, and whose turn it is from then on.  `person` takes part, or None."""

    kind: str  # policies.calls.Kind
    at: datetime
    text: str  # Markdown
    direction: str = "in"
    turn: str = "same"
    person: Person | None = None
    files: Sequence[Upload] = ()


def log(
    session: Session, case: Case, contact: Contact, *, agent: Agent, now: datetime, idempotency_key: str | None = None
) -> Entry:
    """Write a call, a visit or a letter down.  A key seen before gives the same entry again.  Raises NotUsable and EmptyText."""
    if idempotency_key and (before := find.said_with_key(session, idempotency_key, case)):
        return before
    _check(contact, now)
    entry = entries.write_down(session, case, contact.kind, contact.text, agent=agent, now=now, files=contact.files)
    person = contact.person or case.requester
    entry.at, entry.person, entry.html, entry.idempotency_key = contact.at, person, markdown.render(contact.text), idempotency_key
    entry.traits = {"direction": contact.direction, "with": person.called}
    after = {"kind": contact.kind, "direction": contact.direction, "at": contact.at.isoformat(), "turn": contact.turn}
    record(session, "logged", now=now, agent=agent, case=case, entry=entry, after=after)
    if contact.turn != "same":
        _take_turns(session, case, entry, contact.turn, agent, now)
    return entry


def open_case(
    session: Session,
    desk: Desk,
    person: Person,
    subject: str,
    contact: Contact,
    *,
    agent: Agent,
    now: datetime,
    acknowledge: bool = False,
    idempotency_key: str | None = None,
) -> Entry:
    """A case that begins with a call, a visit or a letter of somebody's.

    `acknowledge`: they are told by mail that it is known, and by which address they may answer.  Raises NotUsable and EmptyText.
    """
    if idempotency_key and (before := entries.begun_before(session, agent, idempotency_key)):
        return before
    _check(contact, now)
    if not contact.text.strip() and not contact.files:
        raise EmptyText
    channel = contact.kind
    case = cases.open_case(session, desk, person, " ".join(subject.split()), now=now, agent=agent, channel=channel)  # type: ignore[arg-type]
    key = entries.beginning(agent, idempotency_key)
    entry = log(session, case, contact, agent=agent, now=now, idempotency_key=key)
    if acknowledge and person.mail:
        entries.acknowledge(session, case, entry, now=now)
    return entry


def _check(contact: Contact, now: datetime) -> None:
    if contact.kind not in policy.KINDS:
        raise NotUsable("kind", "Choose one from the list.")
    if contact.direction not in policy.DIRECTIONS:
        raise NotUsable("direction", "Choose one from the list.")
    if contact.turn not in policy.TURNS:
        raise NotUsable("turn", "Choose one from the list.")
    if not policy.can_have_been(contact.at, now):
        raise NotUsable("at", "It cannot have been then: choose a time that has passed.")


def _take_turns(session: Session, case: Case, entry: Entry, turn: str, agent: Agent, now: datetime) -> None:
    before = {"state": case.state}
    if turn == "theirs":
        cases.move(session, case, "we-answered", now=now)
        case.waiting_since = None
    else:
        reopened = reopens(case.state, "customer-wrote")  # type: ignore[arg-type]  # a column is a str
        cases.move(session, case, "customer-wrote", now=now)
        case.waiting_since = min(entry.at, case.waiting_since or entry.at)
        if reopened:
            after = {"state": case.state, "reason": entry.kind}
            record(session, "reopened", now=now, agent=agent, case=case, before=before, after=after)
        if case.assignee is not None:
            notices.tell(session, case.assignee, "logged", case, by=agent, entry=entry, now=now)
    case.last_words = entries.first_words(markdown.plain(entry.text))
    if turn == "theirs" and case.assignee is None:
        cases.assign(session, case, agent, agent=agent, now=now)
