"""Who is at a level of an escalation: whoever holds the case, its team, the team's supervisors, the admins; their deputies while they are away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, Case, Membership
from helpdesk.policies import absences as policy
from helpdesk.policies.escalation import Whom
from helpdesk.policies.permissions import may
from helpdesk.queries import absences, cases


class Told(NamedTuple):
    agent: Agent
    instead_of: Agent | None = None  # the absent colleague for whom they stand in
    is_away: bool = False  # absent, and nobody stands in


def at_level(session: Session, case: Case, whom: Whom, *, now: datetime) -> list[Told]:
    """Who is told, once each, by name: only people who work here and may see the case."""
    named = _named(session, case, whom)
    if not named and whom in ("holder", "team"):
        named = _named(session, case, "supervisors")
    if not named:
        named = _named(session, case, "admins")
    return _with_deputies(session, case, named, now)


def _named(session: Session, case: Case, whom: Whom) -> list[Agent]:
    match whom:
        case "holder":
            return [case.assignee] if case.assignee is not None and case.assignee.active else _named(session, case, "team")
        case "team":
            return _of_team(session, case, ("agent", "supervisor", "admin"))
        case "supervisors":
            return _of_team(session, case, ("supervisor",))
        case "admins":
            query = select(Agent).where(Agent.active, Agent.role == "admin").order_by(Agent.name)
            return list(session.scalars(query))


def _of_team(session: Session, case: Case, roles: Iterable[str]) -> list[Agent]:
    query = select(Agent).join(Membership, Membership.agent_id == Agent.id).where(Membership.team_id == case.team_id)
    return list(session.scalars(query.where(Agent.active, Agent.role.in_(list(roles))).order_by(Agent.name)))


def _with_deputies(session: Session, case: Case, named: list[Agent], now: datetime) -> list[Told]:
    """Of many who share a duty those who are here; of one who is away the deputy as well."""
    deputies = absences.deputies(session, now)
    here = [agent for agent in named if agent.id not in deputies]
    away = [agent for agent in named if agent.id in deputies] if not here else []
    told = {agent.id: Told(agent) for agent in here}
    for agent in away:
        found = policy.stand_in(agent.id, deputies)
        deputy = session.get(Agent, found) if found is not None else None
        if deputy is not None and deputy.active and _may_help(session, deputy, case):
            told.setdefault(deputy.id, Told(deputy, instead_of=agent))
        else:
            told.setdefault(agent.id, Told(agent, is_away=True))
    return [one for one in told.values() if _may_help(session, one.agent, case)]


def _may_help(session: Session, agent: Agent, case: Case) -> bool:
    """Whether this agent may do something about the case: nobody is told of what does not exist for them."""
    return may(agent, "case.assign") and cases.by_number(session, case.number, agent) is not None
