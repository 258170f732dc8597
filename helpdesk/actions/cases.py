"""Deeds on a case as a whole: open, resolve, reopen, assign, link, let somebody take part."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import addresses, notices
from helpdesk.actions.events import record
from helpdesk.actions.indexing import reindex
from helpdesk.models import Agent, Case, CaseLink, CaseMember, CaseShutOut, Desk, Event, Participant, Person, Team
from helpdesk.policies import cases as policy
from helpdesk.policies.cases import Channel, Move
from helpdesk.policies.notices import Kind
from helpdesk.policies.permissions import may
from helpdesk.queries import addresses as find
from helpdesk.queries import details

GROWN = ("follow-up", "split")  # links to the case out of which this one came


class NotPermitted(Exception):
    """The state of the case does not permit this deed.  `str()` is a sentence for people.

    `sentence` is the same with %(name)s in the place of each of the `values`: a translation is found by it.
    """

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence, self.values = sentence, values


class Unsettled(NotPermitted):
    """Something has to be said before the case is solved.  `missing`: cause, office, verdict, or the name of a field."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__("Before this case is solved, its desk wants to know: %(missing)s.", missing=", ".join(missing))
        self.missing = missing


def open_case(
    session: Session,
    desk: Desk,
    requester: Person,
    subject: str,
    *,
    now: datetime,
    language: str | None = None,
    agent: Agent | None = None,
    assignee: Agent | None = None,
    team: Team | None = None,
    channel: Channel = "mail",
) -> Case:
    """A new case with its requester and the requester's own address.

    `agent` where it was begun from our side; `team` where it is not the desk's own; `channel` is how it came.
    """
    case = Case(
        subject=subject.strip() or "–",
        state="new",
        channel=channel,
        priority="normal",
        language=requester.language or language or desk.language,
        desk=desk,
        team=team or desk.team,
        assignee=assignee,
        requester=requester,
        opened_at=now,
        changed_at=now,
    )
    session.add(case)
    session.flush()
    person = None if agent else requester
    record(session, "opened", now=now, agent=agent, person=person, case=case, after={"subject": case.subject, "desk": desk.name})
    add_participant(session, case, requester, now=now, role="requester")
    return case


def add_participant(
    session: Session, case: Case, person: Person, *, now: datetime, role: str = "copy", agent: Agent | None = None
) -> Participant:
    """Let somebody take part, by a door of their own.  Raises NotPermitted for an address of ours (R27)."""
    if find.is_own(session, person.address):
        raise NotPermitted("%(address)s is an address of this desk; it cannot take part in a case.", address=person.address)
    already = session.scalar(
        select(Participant).where(Participant.case_number == case.number, Participant.person_id == person.id)
    )
    if already is not None and already.left_at is None:
        return already
    before = {"left_at": _said(already.left_at)} if already else {}
    if case.state == "resolved":
        before |= {"doors": as_it_is(session, case)["doors"]}
    participant = already or Participant(case=case, person=person, role=role)
    participant.since, participant.left_at = now, None
    session.add(participant)
    session.flush()
    session.expire(case, ["participants"])
    if role != "requester":
        after = {"name": person.called, "participant_id": participant.id}
        record(session, "participant-added", now=now, agent=agent, case=case, before=before, after=after)
    if person.mail:
        addresses.issue(session, participant, now=now)
    if case.state == "resolved":
        addresses.begin_grace(session, case, now=now)
    return participant


def learn_ticket(session: Session, participant: Participant, ticket: str, *, now: datetime) -> None:
    """Their helpdesk says what it calls this case; our mail to them, and to nobody else, names it from now on."""
    if ticket and ticket != participant.their_ticket:
        before = {"ticket": participant.their_ticket}
        participant.their_ticket = ticket
        after = {"ticket": ticket, "participant": participant.person.called}
        record(session, "ticket-learned", now=now, case=participant.case, before=before, after=after)
        reindex(session, participant.case)


def move(session: Session, case: Case, what: Move, *, now: datetime) -> None:
    """Put a case into the state that follows.  Addresses follow the state.  Raises NotPermitted."""
    after = policy.after(case.state, what)  # type: ignore[arg-type]  # a column is a str
    if after is None:
        raise NotPermitted("A case that is %(state)s cannot take this step.", state=case.state)
    if after == "resolved":
        if case.state != "resolved":
            case.resolved_at = now
        case.waiting_since = None
        addresses.begin_grace(session, case, now=now)
    elif case.state == "resolved":
        case.resolved_at = None
        addresses.renew(session, case, now=now)
    case.state = after


def resolve(session: Session, case: Case, *, agent: Agent | None, now: datetime) -> Event:
    """The problem is solved; the line is held open for the grace period.

    Raises NotPermitted, and Unsettled where an agent solves it before they said what its desk wants to know.
    """
    if agent is not None and (missing := details.missing(session, case)):
        raise Unsettled(missing)
    before = as_it_is(session, case)
    move(session, case, "resolve", now=now)
    return record(session, "resolved", now=now, agent=agent, case=case, before=before, after={"state": case.state})


def reopen(
    session: Session, case: Case, *, now: datetime, agent: Agent | None = None, person: Person | None = None, reason: str = ""
) -> Event:
    """It was not solved after all.  Raises NotPermitted."""
    before = as_it_is(session, case)
    move(session, case, "reopen", now=now)
    after = {"state": case.state, "reason": reason}
    return record(session, "reopened", now=now, agent=agent, person=person, case=case, before=before, after=after)


def assign(
    session: Session, case: Case, to: Agent | None, *, agent: Agent | None, now: datetime, told_as: Kind | None = "assigned"
) -> Event | None:
    """Give a case to somebody, who is told (`told_as`; None: the caller does it), or to nobody; None where they have it already.

    Whoever gets a confidential case is one of its insiders by that.  Raises NotPermitted for somebody who was switched off, only reads
    or is shut out.
    """
    if to is not None and not to.active:
        raise NotPermitted("%(name)s does not work here any more.", name=to.name)
    if to is not None and not may(to, "case.answer"):
        raise NotPermitted("%(name)s only reads, and cannot hold a case.", name=to.name)
    if to is not None and to.id in case.outsiders:
        raise NotPermitted("%(name)s is shut out of this case.", name=to.name)
    if case.assignee_id == (to.id if to else None):
        return None
    before = {"assignee": case.assignee.name if case.assignee else None, "assignee_id": case.assignee_id}
    knew = agent is not None and agent.id in case.insiders
    case.assignee = to
    session.flush()
    if agent is not None and knew:
        _stay_inside(case, agent, now)
    after = {"assignee": to.name if to else None}
    event = record(session, "assigned", now=now, agent=agent, case=case, before=before, after=after)
    if to is not None and told_as is not None:
        notices.tell(session, to, told_as, case, by=agent, now=now)
    return event


def put_into_team(case: Case, team: Team, *, agent: Agent, now: datetime) -> None:
    """Another team answers it from now on.  What was confidential stays so, and whoever gives it away still knows of it."""
    case.confidential, knew = case.is_confidential, agent.id in case.insiders
    case.team = team
    if knew:
        _stay_inside(case, agent, now)


def _stay_inside(case: Case, agent: Agent, now: datetime) -> None:
    if case.is_confidential and agent.id not in case.insiders:
        case.members.append(CaseMember(agent_id=agent.id, agent=agent, by_id=agent.id, since=now))


def keep_as_close(case: Case, other: Case, *, now: datetime) -> None:
    """What comes out of a confidential case is confidential; who knows of the one knows of the other, and nobody else does."""
    case.members += [
        CaseMember(agent_id=agent_id, since=now)
        for agent_id in sorted(other.insiders - case.insiders - other.outsiders)
        if other.is_confidential
    ]
    case.confidential = case.confidential or other.is_confidential
    case.shut_out += [
        CaseShutOut(agent_id=row.agent_id, by_id=row.by_id, since=now, reason=row.reason)
        for row in other.shut_out
        if row.agent_id not in case.outsiders
    ]
    if case.assignee_id in other.outsiders:
        case.assignee = None


def link(session: Session, case: Case, older: Case, *, kind: str, now: datetime) -> None:
    """Say that a case belongs to an older one; both timelines tell it, and what grew out of one is no more open than that."""
    if kind in GROWN:
        keep_as_close(case, older, now=now)
    session.add(CaseLink(from_number=case.number, to_number=older.number, kind=kind))
    record(session, "linked", now=now, case=case, after={"kind": kind, "number": older.number})
    record(session, "linked", now=now, case=older, after={"kind": kind, "number": case.number})


def as_it_is(session: Session, case: Case) -> dict[str, Any]:
    """What a move changes, so that the deed can be taken back (actions.undo)."""
    doors = find.doors_of(session, case.number)
    return {
        "state": case.state,
        "waiting_since": _said(case.waiting_since),
        "resolved_at": _said(case.resolved_at),
        "doors": {str(row.id): [_said(row.expires_at), _said(row.expired_at)] for row in doors},
    }


def _said(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
