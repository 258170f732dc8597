"""Which cases an agent may know of, as the database decides it: the same rule as policies.sight, for lists.

Asked the other way round, for that is cheap: which few cases do *not* exist for this agent?  They are found by short ways (the cases
that are confidential by themselves, those of confidential teams, what the agent is shut out of), once for a query, and a list leaves
them out by their number.  A desk without secrets looks into four empty places, however many cases it has.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session, aliased

from helpdesk.models import (
    Agent,
    Arrival,
    Case,
    CaseMember,
    CaseShutOut,
    Desk,
    DoorMail,
    InboundMail,
    Membership,
    OutboxMail,
    ReplyAddress,
    Team,
)

_Kept = aliased(Case)  # the lists that leave them out are over Case itself
READER: BindParameter[int] = bindparam("reader", type_=Integer)
_SECRET_TEAMS = select(Team.id).where(Team.confidential)


def is_seen_by(agent: Agent) -> ColumnElement[bool]:
    """Whether this agent may know of a case."""
    return Case.number.not_in(hidden_from(agent))


def hidden_from(agent: Agent) -> CompoundSelect[int]:
    """The numbers of the cases that do not exist for this agent; those that were begun and taken back exist for nobody."""
    return _hidden_from(agent.id)


def hidden_from_reader() -> CompoundSelect[int]:
    """The same for a question that is kept, to be asked with the agent's id as `reader`."""
    return _hidden_from(READER)


def secret_from(agent: Agent) -> CompoundSelect[int]:
    """The numbers of the cases that are for others only."""
    return union(*_secret_from(agent.id))


@lru_cache(maxsize=1_000)
def _hidden_from(agent_id: int | BindParameter[int]) -> CompoundSelect[int]:
    """The question alone, never its answer.  Kept, because a page asks it ten times and building it takes as long as asking."""
    return union(*_secret_from(agent_id), select(_Kept.number).where(_Kept.withdrawn_at.is_not(None)))


def _secret_from(agent_id: int | BindParameter[int]) -> tuple[Select[int], ...]:
    shut_out = select(CaseShutOut.case_number).where(CaseShutOut.agent_id == agent_id)
    member = select(CaseMember.case_number).where(CaseMember.agent_id == agent_id)
    inside = or_(_Kept.assignee_id == agent_id, _Kept.team_id.in_(_teams_of(agent_id)), _Kept.number.in_(member))
    outside = not_(func.coalesce(inside, false()))
    return (
        select(_Kept.number).where(_Kept.confidential, outside),
        select(_Kept.number).where(_Kept.team_id.in_(_SECRET_TEAMS), outside),
        shut_out,
    )


def all_closed_to(session: Session, agent: Agent, *, limit: int = 100) -> list[Case]:
    """The confidential cases that this agent does not see without being shut out of them, the newest first."""
    return list(session.scalars(_closed_to(agent).order_by(Case.number.desc()).limit(limit)))


def closed_to(session: Session, agent: Agent, number: int) -> Case | None:
    """One of them, locked."""
    return session.scalar(_closed_to(agent).where(Case.number == number).with_for_update(of=Case))


def _closed_to(agent: Agent) -> Select[Case]:
    shut_out = select(CaseShutOut.case_number).where(CaseShutOut.agent_id == agent.id)
    return select(Case).where(Case.number.in_(secret_from(agent)), Case.number.not_in(shut_out))


def arrival_is_seen_by(agent: Agent) -> ColumnElement[bool]:
    """Whether this agent may know of a mail × recipient: by the case in which it lies, else by the address that it came to.

    Of an address that is forgotten by now, what was noted when the mail came still tells whose it was.
    """
    hidden = hidden_from(agent)
    secret_teams = _SECRET_TEAMS.where(Team.id.not_in(teams_of(agent)))
    doors = union(
        select(ReplyAddress.address).where(ReplyAddress.case_number.in_(hidden)),
        select(Desk.address).where(Desk.team_id.in_(secret_teams)),
    ).subquery()
    by_address = func.lower(Arrival.recipient).not_in(select(doors.c.address))
    noted = exists().where(DoorMail.arrival_id == Arrival.id, DoorMail.case_number.in_(hidden))
    return case((Arrival.case_number.is_not(None), Arrival.case_number.not_in(hidden)), else_=and_(by_address, not_(noted)))


def mail_is_seen_by(agent: Agent) -> ColumnElement[bool]:
    """Whether this agent may read a mail as it came: at every one of its recipients."""
    return not_(select(Arrival.id).where(Arrival.mail_id == InboundMail.id, not_(arrival_is_seen_by(agent))).exists())


def outbox_is_seen_by(agent: Agent) -> ColumnElement[bool]:
    """Whether this agent may know of a mail of ours."""
    return or_(OutboxMail.case_number.is_(None), OutboxMail.case_number.not_in(hidden_from(agent)))


def teams_of(agent: Agent) -> Select[int]:
    """The ids of the teams that this agent is in."""
    return _teams_of(agent.id)


def _teams_of(agent_id: int | BindParameter[int]) -> Select[int]:
    return select(Membership.team_id).where(Membership.agent_id == agent_id)
