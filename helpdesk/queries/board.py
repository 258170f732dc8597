"""What a supervisor sees at one look: who waits longest, who holds how much, what comes next, and which mail needs help."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select, true, union_all
from sqlalchemy.orm import Session

from helpdesk.models import (
    Agent,
    Arrival,
    Case,
    Consultation,
    ConsultationLetter,
    Entry,
    Escalation,
    EscalationTelling,
    InboundMail,
    OutboxMail,
    Team,
)
from helpdesk.policies.cases import OUR_TURN, UNSOLVED
from helpdesk.queries import clocks
from helpdesk.queries.cases import seen_by
from helpdesk.queries.outbox import DID_NOT_ARRIVE
from helpdesk.queries.post import is_for
from helpdesk.queries.sight import arrival_is_seen_by, hidden_from


@dataclass(frozen=True)
class Wait:
    """Somebody has been waiting since the oldest message of theirs that nobody answered; `seconds` of working time."""

    case: Case
    since: datetime
    seconds: int


@dataclass(frozen=True)
class Load:
    """What one agent holds now: cases that are not solved, and those among them in which somebody waits for us."""

    cases: int = 0
    waits: int = 0


@dataclass(frozen=True)
class Held:
    """Mail that was held for one reason: how many, and since when the oldest waits."""

    reason: str
    number: int
    since: datetime


def longest_waits(session: Session, agent: Agent, team_id: int | None, now: datetime, *, limit: int) -> list[Wait]:
    """Who waits longest, counted in the working time of each case's team."""
    hours_of, calendars = clocks.hours_of(session), _calendars_of_teams(session)
    oldest = [_oldest(agent, team_id, teams, limit) for teams in calendars.values()]
    rows = session.execute(union_all(*(select(one.subquery()) for one in oldest))).all()
    calendar_of = {of: calendar for calendar, teams in calendars.items() for of in teams}
    measured = [(hours_of(calendar_of[row.team_id]).between(row.waiting_since, now), row) for row in rows]
    worst = sorted(measured, key=lambda pair: (-pair[0], pair[1].waiting_since, pair[1].number))[:limit]
    cases = {
        case.number: case for case in session.scalars(select(Case).where(Case.number.in_([row.number for _s, row in worst])))
    }
    return [Wait(cases[row.number], row.waiting_since, seconds) for seconds, row in worst]


def deadlines(session: Session, agent: Agent, team_id: int | None, since: datetime, until: datetime) -> list[datetime]:
    """The deadlines after the one instant and not after the other."""
    query = select(Case.due_at).where(Case.due_at > since, Case.due_at <= until, seen_by(agent), _of(team_id))
    return [at for at in session.scalars(query.order_by(Case.due_at)) if at is not None]


def loads(session: Session, agent: Agent) -> dict[int, Load]:
    """Agent id → what they hold of the cases that this reader may see."""
    # Counted along an index, and what this reader may not know of is taken off again.
    by_holder = select(Case.assignee_id, func.count(), func.count(Case.waiting_since)).group_by(Case.assignee_id)
    unsolved = Case.assignee_id.is_not(None), Case.state.in_(UNSOLVED)
    everything = session.execute(by_holder.where(*unsolved)).all()
    hidden = session.execute(by_holder.where(*unsolved, Case.number.in_(hidden_from(agent)))).all()
    less = {holder: (cases, waits) for holder, cases, waits in hidden}
    found = {}
    for holder, cases, waits in everything:
        unseen = less.get(holder, (0, 0))
        if holder is not None and cases > unseen[0]:
            found[holder] = Load(cases - unseen[0], waits - unseen[1])
    return found


def sent_since(session: Session, agents: Collection[int], since: datetime) -> dict[int, int]:
    """Agent id → how many messages they sent since then.  A figure about a person: asked only where the installation permits it."""
    mails = select(OutboxMail.entry_id).where(OutboxMail.created_at >= since, OutboxMail.kind == "reply")
    query = select(Entry.agent_id, func.count()).where(Entry.id.in_(mails), Entry.kind == "mail-out", Entry.agent_id.in_(agents))
    return {agent_id: count for agent_id, count in session.execute(query.group_by(Entry.agent_id)) if agent_id is not None}


def undelivered(session: Session, agent: Agent, team_id: int | None, *, limit: int) -> list[OutboxMail]:
    """Mail of unsolved cases that did not arrive, the newest first."""
    query = select(OutboxMail).join(Case, Case.number == OutboxMail.case_number)
    query = query.where(OutboxMail.state.in_(DID_NOT_ARRIVE), Case.state.in_(UNSOLVED), seen_by(agent), _of(team_id))
    return list(session.scalars(query.order_by(OutboxMail.changed_at.desc()).limit(limit)))


def held(session: Session, agent: Agent, team_id: int | None) -> list[Held]:
    """What is held and waits for somebody, by its reason, the most frequent first."""
    waits = Arrival.outcome == "held", Arrival.dismissed_at.is_(None), arrival_is_seen_by(agent), is_for(team_id)
    query = select(Arrival.reason, func.count(), func.min(InboundMail.received_at)).join(InboundMail)
    rows = session.execute(query.where(*waits).group_by(Arrival.reason).order_by(func.count().desc(), Arrival.reason))
    return [Held(reason, number, since) for reason, number, since in rows]


def escalated_to(session: Session, agent: Agent) -> list[Escalation]:
    """What was told to this agent and nobody said yet that they saw it, the highest level first."""
    told = select(EscalationTelling.escalation_id).where(EscalationTelling.agent_id == agent.id)
    waits = Escalation.closed_at.is_(None), Escalation.acknowledged_at.is_(None), Escalation.id.in_(told)
    query = select(Escalation).join(Case, Case.number == Escalation.case_number).where(*waits, seen_by(agent))
    own = or_(Escalation.by_id.is_(None), Escalation.by_id != agent.id)
    return list(session.scalars(query.where(own).order_by(Escalation.level.desc(), Escalation.id)))


def asked(session: Session, numbers: Collection[int]) -> dict[int, Consultation]:
    """Case number → the newest conversation with a third party in which the last word is ours."""
    newest = func.max(ConsultationLetter.entry_id).label("entry_id")
    last = select(ConsultationLetter.consultation_id, newest).group_by(ConsultationLetter.consultation_id)
    open_ = select(Consultation.id).where(Consultation.case_number.in_(numbers), Consultation.closed_at.is_(None))
    ends = last.where(ConsultationLetter.consultation_id.in_(open_)).subquery()
    query = select(Consultation).join(ends, ends.c.consultation_id == Consultation.id)
    query = query.join(Entry, Entry.id == ends.c.entry_id).where(Entry.kind == "side-out")
    return {row.case_number: row for row in session.scalars(query.order_by(Consultation.id))}


def _oldest(
    agent: Agent, team_id: int | None, teams: Sequence[int | None], limit: int
) -> Select[int, int | None, datetime | None]:
    named = [one for one in teams if one is not None]
    theirs = or_(Case.team_id.in_(named), Case.team_id.is_(None)) if None in teams else Case.team_id.in_(named)
    waits = Case.state.in_(OUR_TURN), Case.waiting_since.is_not(None)
    query = select(Case.number, Case.team_id, Case.waiting_since).where(*waits, theirs, seen_by(agent), _of(team_id))
    return query.order_by(Case.waiting_since, Case.number).limit(limit)


def _calendars_of_teams(session: Session) -> dict[int, list[int | None]]:
    """Calendar id → the teams that go by it; None stands for cases of no team, which go by the standard one."""
    standard = clocks.standard(session).id
    found: dict[int, list[int | None]] = {standard: [None]}
    for team_id, calendar_id in session.execute(select(Team.id, Team.calendar_id)):
        found.setdefault(calendar_id or standard, []).append(team_id)
    return found


def _of(team_id: int | None) -> ColumnElement[bool]:
    return true() if team_id is None else Case.team_id == team_id
