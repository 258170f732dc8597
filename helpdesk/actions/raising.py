"""An escalation begins and ends.  Telling somebody of it is the sweep's (actions.telling), so that nothing is told twice or at night."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.actions import measuring, waiting_mails, webhooks
from helpdesk.actions.writing import write_down
from helpdesk.models import Agent, Case, CaseAlarm, CaseClock, Escalation, Notice
from helpdesk.policies.escalation import WORSE, Outcome, Reason
from helpdesk.queries import escalations as find

AGAIN_WITHIN = timedelta(minutes=5)  # what ended by a deed that is taken back so soon goes on


def raise_(
    session: Session,
    case: Case,
    reason: Reason,
    *,
    cause: str,
    now: datetime,
    due_at: datetime | None = None,
    clock: CaseClock | None = None,
    alarm: CaseAlarm | None = None,
    agent: Agent | None = None,
    words: str = "",
) -> Escalation | None:
    """Something in a case has to reach somebody; the next sweep tells them.

    `cause`: what it is about; a second time for the same reason nothing is raised, and None returned, as for a case that nobody waits
    for (merged, spam, withdrawn).  `due_at`: the deadline or promise that it is about: it is charged to whoever held the case then.
    """
    session.execute(select(Case.number).where(Case.number == case.number).with_for_update(of=Case))
    away = case.merged_into is not None or case.spam_at is not None or case.withdrawn_at is not None
    known = select(Escalation.id).where(
        Escalation.case_number == case.number, Escalation.reason == reason, Escalation.cause == cause
    )
    if away or session.scalar(known) is not None:
        return None
    row = Escalation(
        case=case,
        reason=reason,
        cause=cause,
        clock=clock,
        alarm_id=alarm.id if alarm else None,
        due_at=due_at,
        level=0,
        team_id=clock.team_id if clock is not None else case.team_id,
        holder_id=find.held_at(session, case, due_at) if due_at is not None and due_at < now else case.assignee_id,
        by=agent,
        words=words,
        raised_at=now,
        told_at=now,
        next_at=now,
    )
    session.add(row)
    session.flush()
    measuring.follow(session, case.number)
    _end_milder(session, row, now)
    due = {"due_at": due_at.isoformat()} if due_at else {}
    kind = {"clock": clock.kind} if clock else {}
    said = {"words": words} if words else {}
    after = {"escalation": row.id, "reason": reason, **due, **kind, **said}
    write_down(session, "escalated", now=now, agent=agent, case=case, thing=f"escalation {row.id}", after=after)
    webhooks.tell(session, "escalation.raised", row, now=now)
    session.flush()
    return row


def close(session: Session, row: Escalation, outcome: Outcome, *, now: datetime) -> None:
    """It needs nobody any more: no mail that waits leaves, and no notice of it waits."""
    row.outcome, row.closed_at = outcome, now
    _nobody_is_next(row)
    measuring.follow(session, row.case_number)
    waiting_mails.drop(session, row)
    session.flush()
    others = select(Escalation.id).where(Escalation.case_number == row.case_number, Escalation.closed_at.is_(None))
    if session.scalar(others.limit(1)) is None:
        waiting = (Notice.case_number == row.case_number, Notice.kind == "escalation", Notice.seen_at.is_(None))
        session.execute(update(Notice).where(*waiting).values(seen_at=now))
    webhooks.tell(session, "escalation.closed", row, now=now)


def close_about(session: Session, case: Case, cause: str, outcome: Outcome, *, now: datetime) -> None:
    """What was escalated about this cause, for whatever reason, is over."""
    for row in find.open_in(session, case.number):
        if row.cause == cause:
            close(session, row, outcome, now=now)


def acknowledge(session: Session, row: Escalation, *, agent: Agent, now: datetime) -> None:
    """Somebody has it in hand: nobody is reminded, no higher level hears of it, no mail that waits leaves."""
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_by = now, agent
    row.first_action_at = row.first_action_at or now
    measuring.follow(session, row.case_number)
    _nobody_is_next(row)
    waiting_mails.drop(session, row)
    session.flush()


def take_up_again(session: Session, row: Escalation, *, now: datetime) -> None:
    """What ended it was taken back: what waited for somebody to see it, or to be mailed, waits again."""
    ended_then = (Notice.case_number == row.case_number, Notice.kind == "escalation", Notice.seen_at == row.closed_at)
    session.execute(update(Notice).where(*ended_then).values(seen_at=None))
    row.outcome, row.closed_at = None, None
    measuring.follow(session, row.case_number)
    if row.acknowledged_at is None:
        row.next_at, row.would_be_next_at = row.would_be_next_at or now, None
        waiting_mails.bring_back(session, row, now=now)
    session.flush()
    webhooks.tell(session, "escalation.raised", row, now=now)


def _nobody_is_next(row: Escalation) -> None:
    """As long as that stands; what is taken back leaves the next step where it was, whatever team has the case by then."""
    row.would_be_next_at = row.next_at or row.would_be_next_at
    row.next_at = None


def _end_milder(session: Session, row: Escalation, now: datetime) -> None:
    """A warning ends with the breach of the same clock, and so does a promise at risk once it is broken."""
    milder = WORSE.get(row.reason)
    for other in find.open_in(session, row.case_number) if milder else ():
        if other.reason == milder and (other.cause == row.cause):
            close(session, other, "worse", now=now)
