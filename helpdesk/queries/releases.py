"""Answers that wait for a release, and whether one has to."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, CaseTag, Desk, Tag, Team, WaitingAnswer
from helpdesk.policies import release as policy
from helpdesk.policies.release import Why
from helpdesk.queries.cases import seen_by


def why(session: Session, desk: Desk, agent: Agent, case: Case | None = None) -> Why | None:
    """Who asks that a second person releases this agent's answer: the desk, the agent's own mark, or a tag of the case."""
    tagged = case is not None and session.scalar(
        select(Tag.id).join(CaseTag).where(CaseTag.case_number == case.number, Tag.needs_release).limit(1)
    )
    return policy.why(desk=desk.needs_release, agent=agent.needs_release, tag=bool(tagged))


def waiting_in(session: Session, case: Case) -> list[WaitingAnswer]:
    """What waits in this case, the oldest first."""
    query = select(WaitingAnswer).where(WaitingAnswer.case_number == case.number, WaitingAnswer.state == "waiting")
    return list(session.scalars(query.order_by(WaitingAnswer.id)))


def waiting(session: Session, agent: Agent, *, limit: int = 200) -> list[WaitingAnswer]:
    """What waits in all the cases that this agent may see, the oldest first; what they wrote themselves too."""
    query = select(WaitingAnswer).join(Case).where(WaitingAnswer.state == "waiting", seen_by(agent))
    return list(session.scalars(query.order_by(WaitingAnswer.id).limit(limit)))


def count(session: Session, agent: Agent) -> int:
    """How many of them this agent could release."""
    if agent.needs_release:
        return 0
    query = select(func.count()).select_from(WaitingAnswer).join(Case)
    query = query.where(WaitingAnswer.state == "waiting", WaitingAnswer.author_id != agent.id, seen_by(agent))
    return session.scalar(query) or 0


def with_key(session: Session, key: str | None, case: Case) -> WaitingAnswer | None:
    """What an author sent under this key before."""
    if key is None:
        return None
    query = select(WaitingAnswer).where(WaitingAnswer.idempotency_key == key, WaitingAnswer.case_number == case.number)
    return session.scalar(query)


def begun_with(session: Session, key: str) -> WaitingAnswer | None:
    """The first mail of a case that waits, by the key under which it was begun."""
    return session.scalar(select(WaitingAnswer).where(WaitingAnswer.idempotency_key == key))


def leaders(session: Session, case: Case) -> list[Agent]:
    """Who is told of it: supervisors and admins of the case's team, or all of them where the team has none."""
    everyone = select(Agent).where(Agent.active, Agent.role.in_(("supervisor", "admin")), Agent.needs_release.is_(False))
    ours = session.scalars(everyone.where(Agent.teams.any(Team.id == case.team_id)).order_by(Agent.id)).all()
    return list(ours or session.scalars(everyone.order_by(Agent.id)))
