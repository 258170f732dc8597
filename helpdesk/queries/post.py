"""The post room: what came in, what became of it, and whether the books agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, exists, func, or_, select, true, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from helpdesk.models import Agent, Arrival, Case, Desk, InboundMail, ReplyAddress
from helpdesk.queries.sight import arrival_is_seen_by, mail_is_seen_by

OUTCOMES = ("case", "new-case", "follow-up", "held", "refused", "report", "auto", "duplicate", "late")


@dataclass(frozen=True)
class Ledger:
    """Conservation: accepted = the sum over all outcomes + what still waits to be read.

    The two sides are counted from different tables: a mail without a recipient, and an outcome without a name, show as a mismatch.
    """

    accepted: int
    by_outcome: dict[str, int]
    waiting: int

    @property
    def mismatch(self) -> int:
        return self.accepted - sum(self.by_outcome.values()) - self.waiting


def arrivals(
    session: Session,
    agent: Agent,
    *,
    outcome: str | None = None,
    dismissed: bool | None = None,
    team_id: int | None = None,
    only: ColumnElement[bool] | None = None,
    limit: int = 50,
    before: int | None = None,
    probes: bool = True,
) -> list[Arrival]:
    """Mail × recipient as far as this agent may know of it, the newest first; `outcome` may also be «waiting»; `dismissed`: only what was, or was not, called spam.

    Without `probes` the canary's are left out.
    """
    query = select(Arrival).where(arrival_is_seen_by(agent), is_for(team_id)).options(joinedload(Arrival.mail))
    query = query.order_by(Arrival.id.desc()).limit(limit)
    if outcome:
        query = query.where(Arrival.outcome.is_(None) if outcome == "waiting" else Arrival.outcome == outcome)
    if only is not None:
        query = query.where(only)
    if not probes:
        query = query.where(Arrival.recipient.not_in(select(ReplyAddress.address).where(ReplyAddress.purpose == "probe")))
    if dismissed is not None:
        query = query.where(Arrival.dismissed_at.is_not(None) if dismissed else Arrival.dismissed_at.is_(None))
    return list(session.scalars(query.where(Arrival.id < before) if before else query))


def is_for(team_id: int | None) -> ColumnElement[bool]:
    """Whether a mail × recipient is this team's: by the case in which it goes on, else by the desk or the case that it came to.

    Without a team all of them are asked for; what came to no address that is anybody's is no team's.
    """
    if team_id is None:
        return true()
    its, recipient = aliased(Case), func.lower(Arrival.recipient)
    merged = select(Case.number).join(its, its.number == Case.merged_into).where(its.team_id == team_id)
    theirs = union_all(select(Case.number).where(Case.team_id == team_id, Case.merged_into.is_(None)), merged)
    of_case = exists().where(ReplyAddress.address == recipient, ReplyAddress.case_number.in_(theirs))
    of_desk = exists().where(Desk.address == recipient, Desk.team_id == team_id)
    return case((Arrival.case_number.is_not(None), Arrival.case_number.in_(theirs)), else_=or_(of_desk, of_case))


def arrival(session: Session, arrival_id: int, agent: Agent) -> Arrival | None:
    """One of them, if this agent may know of it."""
    query = select(Arrival).where(Arrival.id == arrival_id, arrival_is_seen_by(agent))
    return session.scalar(query.options(joinedload(Arrival.mail)))


def mail(session: Session, mail_id: int, agent: Agent) -> InboundMail | None:
    """A mail as it came, if this agent may read it at every one of its recipients."""
    return session.scalar(select(InboundMail).where(InboundMail.id == mail_id, mail_is_seen_by(agent)))


def arrivals_by_id(session: Session, ids: Iterable[int], agent: Agent, *, for_change: bool = False) -> list[Arrival]:
    """These of them that this agent may know of, in their order."""
    query = select(Arrival).where(Arrival.id.in_(set(ids)), arrival_is_seen_by(agent)).order_by(Arrival.id)
    return list(session.scalars(query.with_for_update() if for_change else query))


def dismissed(session: Session, agent: Agent) -> int:
    """How many held mails somebody called spam."""
    query = select(func.count()).select_from(Arrival).where(Arrival.outcome == "held", Arrival.dismissed_at.is_not(None))
    return session.scalar(query.where(arrival_is_seen_by(agent))) or 0


def ledger(session: Session, agent: Agent | None = None) -> Ledger:
    """The books, counted: all of them, or what this agent may know of."""
    outcomes = select(Arrival.outcome, func.count()).group_by(Arrival.outcome)
    mails = select(func.count()).select_from(InboundMail).outerjoin(InboundMail.arrivals)
    if agent is not None:
        seen = arrival_is_seen_by(agent)
        outcomes, mails = outcomes.where(seen), mails.where(or_(Arrival.id.is_(None), seen))
    rows = session.execute(outcomes).all()
    found = dict(rows)
    accepted = session.scalar(mails) or 0
    return Ledger(accepted, {name: found.get(name, 0) for name in OUTCOMES}, found.get(None, 0))
