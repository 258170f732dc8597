"""Which cases an agent may know of, as the database decides it: the same rule as policies.sight, for lists.

Each condition is a short list that is asked for once a query (the confidential teams, one's own teams, what one is let into or shut
out of), so a desk without secrets pays for four look-ups in empty tables, however many cases it has.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select, union

from helpdesk.models import Agent, Case, CaseMember, CaseShutOut, Membership, Team

_SECRET_TEAMS = select(Team.id).where(Team.confidential)


def is_seen_by(agent: Agent) -> ColumnElement[bool]:
    """Whether this agent may know of a case."""
    shut_out = select(CaseShutOut.case_number).where(CaseShutOut.agent_id == agent.id)
    member = select(CaseMember.case_number).where(CaseMember.agent_id == agent.id)
    return and_(
        Case.number.not_in(shut_out),
        or_(
            and_(not_(Case.confidential), or_(Case.team_id.is_(None), Case.team_id.not_in(_SECRET_TEAMS))),
            Case.assignee_id == agent.id,
            Case.team_id.in_(teams_of(agent)),
            Case.number.in_(member),
        ),
    )


def hidden_from(agent: Agent) -> Select[int]:
    """The numbers of the cases that do not exist for this agent; found by way of the few that could be."""
    kept = union(
        select(Case.number).where(Case.confidential),
        select(Case.number).where(Case.team_id.in_(_SECRET_TEAMS)),
        select(CaseShutOut.case_number).where(CaseShutOut.agent_id == agent.id),
    ).subquery()
    return select(Case.number).where(Case.number.in_(select(kept.c.number)), not_(is_seen_by(agent)))


def teams_of(agent: Agent) -> Select[int]:
    """The ids of the teams that this agent is in."""
    return select(Membership.team_id).where(Membership.agent_id == agent.id)
