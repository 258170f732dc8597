"""How the installation does, in a few cheap figures: what waits and since when, and how much there is of everything."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from helpdesk.models import Case, InboundMail, Job, OutboxMail, ReplyAddress
from helpdesk.policies.cases import OUR_TURN, STATES
from helpdesk.queries import outbox

STANDINGS = ("active", "grace", "expired", "retired", "revoked")
JOB_STATES = ("ready", "run", "dead")
OUTBOX_STATES = (*outbox.STILL_TO_GO, "sent", *outbox.DID_NOT_ARRIVE)


def unread_since(session: Session) -> datetime | None:
    """Since when the oldest mail has been waiting to be read; one that is read again, since that was ordered."""
    kept = session.scalar(select(func.min(InboundMail.received_at)).where(InboundMail.settled_at.is_(None)))
    ordered = select(func.min(Job.created_at)).where(Job.kind == "mail.process", Job.state != "dead")
    return (session.scalar(ordered) or kept) if kept else None


def job_due_since(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest job that nobody has taken is due."""
    return session.scalar(select(func.min(Job.run_at)).where(Job.state == "ready", Job.run_at <= now))


def mail_due_since(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest mail of the outbox should have been tried."""
    free = or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until <= now)
    due = select(func.min(OutboxMail.due_at)).where(OutboxMail.state.in_(outbox.STILL_TO_GO), OutboxMail.due_at <= now, free)
    return session.scalar(due)


def jobs_given_up(session: Session, since: datetime) -> int:
    """How many jobs had their last try since then."""
    return session.scalar(select(func.count()).select_from(Job).where(Job.state == "dead", Job.run_at > since)) or 0


def customer_waits_since(session: Session) -> datetime | None:
    """Since when the oldest mail that nobody has answered has been waiting."""
    return session.scalar(select(func.min(Case.waiting_since)).where(Case.state.in_(OUR_TURN)))


def cases(session: Session) -> dict[str, int]:
    """How many cases there are in each state."""
    found = dict(session.execute(select(Case.state, func.count()).group_by(Case.state)).all())
    return {state: found.get(state, 0) for state in STATES}


def jobs(session: Session) -> dict[str, int]:
    """How many jobs there are in each state; what is done is struck off."""
    found = dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).all())
    return {state: found.get(state, 0) for state in JOB_STATES}


def mails_out(session: Session) -> dict[str, int]:
    """How many mails of the outbox there are in each state."""
    found = outbox.by_state(session)
    return {state: found.get(state, 0) for state in OUTBOX_STATES}


def addresses(session: Session, now: datetime) -> dict[str, int]:
    """How many reply addresses there are in each standing; the database's words for policies.addresses.standing."""
    ended = or_(ReplyAddress.expired_at.is_not(None), and_(ReplyAddress.expires_at.is_not(None), ReplyAddress.expires_at <= now))
    standing = case(
        (ReplyAddress.retired_at.is_not(None), "retired"),
        (ReplyAddress.revoked_at.is_not(None), "revoked"),
        (ended, "expired"),
        (ReplyAddress.expires_at.is_(None), "active"),
        else_="grace",
    )
    counted = select(standing, func.count()).where(ReplyAddress.purpose == "reply").group_by(standing)
    found: dict[str, int] = dict(session.execute(counted).all())
    return {name: found.get(name, 0) for name in STANDINGS}
