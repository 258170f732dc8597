"""Escalations reach people: a sweep takes the clocks that rang, raises what they rang for, and tells whoever is next.

Two who sweep at once tell nothing twice: each alarm, step and mail is taken by a change that only one of them can make.  A case that
somebody is at work on is left for the next time, for it may be answered at this moment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from helpdesk.actions import digests, notices, outbox, raising, watching, webhooks
from helpdesk.models import Case, CaseAlarm, CaseClock, Escalation, EscalationTelling, OutboxMail
from helpdesk.policies import escalation as policy
from helpdesk.policies.cases import UNSOLVED
from helpdesk.policies.escalation import Plan, Step
from helpdesk.policies.hours import Hours
from helpdesk.policies.notices import is_mailed
from helpdesk.queries import escalation_people
from helpdesk.queries import escalations as find
from helpdesk.queries.escalation_people import Told

WHILE_PAUSED = timedelta(hours=1)  # how soon a case in which it is the customer's turn is looked at again


def waiting(session: Session, *, now: datetime) -> int:
    """How many alarms and steps would be told now."""
    alarms = session.scalar(select(func.count()).select_from(CaseAlarm).where(CaseAlarm.told_at.is_(None))) or 0
    steps = session.scalar(select(func.count()).select_from(Escalation).where(Escalation.next_at <= now)) or 0
    return alarms + steps


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Whether there is an alarm, a step or a mail to take now."""
    alarm = select(CaseAlarm.id).where(CaseAlarm.told_at.is_(None))
    step = select(Escalation.id).where(Escalation.next_at <= now)
    mail = select(EscalationTelling.id).where(EscalationTelling.mail_at <= now)
    return any(session.scalar(query.limit(1)) is not None for query in (alarm, step, mail))


def unsolved(session: Session) -> int:
    """How many cases there are that could be escalated."""
    return session.scalar(select(func.count()).select_from(Case).where(Case.state.in_(UNSOLVED))) or 0


def raise_for_alarms(session: Session, *, now: datetime, limit: int) -> int:
    """Raise what some of the clocks rang for, where they still run; how many alarms were taken."""
    untold = select(CaseAlarm).where(CaseAlarm.told_at.is_(None)).order_by(CaseAlarm.id).limit(limit)
    found = session.scalars(untold.execution_options(populate_existing=True)).all()
    free = _locked(session, {alarm.case_number for alarm in found})
    return sum(_raise_for(session, alarm, now) for alarm in found if alarm.case_number in free)


def _raise_for(session: Session, alarm: CaseAlarm, now: datetime) -> bool:
    if not _take(session, CaseAlarm, alarm.id, "told_at", None, now):
        return False
    clock = session.get_one(CaseClock, alarm.clock_id, populate_existing=True)
    overtaken = alarm.level == "warning" and clock.breached_at is not None
    if clock.stopped_at is None and not overtaken:
        reason: policy.Reason = "breach" if alarm.level == "breach" else "warning"
        case = session.get_one(Case, alarm.case_number)
        raising.raise_(session, case, reason, cause=f"clock {clock.id}", due_at=alarm.due_at, clock=clock, alarm=alarm, now=now)
    return True


def take_steps(session: Session, *, now: datetime, limit: int) -> int:
    """Tell some of those who are next; how many steps were taken."""
    query = select(Escalation).where(Escalation.next_at <= now).order_by(Escalation.next_at).limit(limit)
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    free = _locked(session, {row.case_number for row in found})
    return sum(_step(session, row, now) for row in found if row.case_number in free)


def _step(session: Session, row: Escalation, now: datetime) -> bool:
    if not _take(session, Escalation, row.id, "next_at", row.next_at, None):
        return False
    session.refresh(row)
    if not watching.end(session, row, now=now):  # who closes or acknowledges it takes its next step away
        _go_on(session, row, now)
    session.flush()
    return True


def _go_on(session: Session, row: Escalation, now: datetime) -> None:
    plan, hours, reason = find.plan(session, row), find.hours(session, row), _reason(row)
    if row.clock is not None and row.clock.paused_at is not None and row.level > 0:
        row.next_at = now + WHILE_PAUSED  # it is the customer's turn, nobody of us can do anything
        return
    step = Step(0, now, False) if row.level == 0 else policy.next_step(reason, row.level, row.told_at, plan, hours)
    if step is None or step.at > now:  # its plan was changed meanwhile
        row.next_at = step.at if step is not None else None
        return
    levels = policy.levels_at_first(reason, plan) if row.level == 0 else list(range(1, step.level + 1))
    fresh = [level for level in levels if level > row.level or step.is_reminder]
    reached, top = _tell(session, row, fresh, plan, hours, now), levels[-1]
    while not reached and top < len(plan.levels):  # everybody there is away, or may not see the case
        top += 1
        reached = _tell(session, row, [top], plan, hours, now)
    row.level, row.told_at = top, now
    following = policy.next_step(reason, row.level, now, plan, hours)
    row.next_at = following.at if following is not None else None
    webhooks.tell(session, "escalation.told", row, now=now)


def _tell(session: Session, row: Escalation, levels: Iterable[int], plan: Plan, hours: Hours, now: datetime) -> bool:
    """Tell everybody at these levels, each of them once, at the lowest that names them; whether anybody of the last one is here."""
    told: set[int] = set()
    is_heard = False
    for number in levels:
        level = plan.levels[number - 1]
        people = escalation_people.at_level(session, row.case, level.whom, now=now)
        is_heard = any(not one.is_away for one in people)
        for one in people:
            if one.agent.id not in told and not (row.by_id == one.agent.id and row.reason == "help"):
                told.add(one.agent.id)
                _tell_one(session, row, one, number, policy.mail_at(level, now, hours), now)
    return is_heard


def _tell_one(session: Session, row: Escalation, one: Told, level: int, mail_at: datetime | None, now: datetime) -> None:
    wishes = is_mailed("escalation", wishes_mail=one.agent.notify, muted=one.agent.muted)
    mail_at = mail_at if wishes else None
    telling = EscalationTelling(
        escalation=row, agent=one.agent, level=level, at=now, how="web", mail_at=mail_at, instead_of=one.instead_of
    )
    session.add(telling)
    notices.stand(session, one.agent, "escalation", row.case, instead_of=one.instead_of, by=row.by, now=now)
    session.flush()
    if mail_at is not None and mail_at <= now:
        _mail(session, telling, now)


def send_mails(session: Session, *, now: datetime, limit: int) -> int:
    """Have some of the mails leave that waited for working time; how many were taken."""
    query = select(EscalationTelling).where(EscalationTelling.mail_at <= now).order_by(EscalationTelling.mail_at).limit(limit)
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    free = _locked(session, {telling.escalation.case_number for telling in found})
    return sum(_send(session, telling, now) for telling in found if telling.escalation.case_number in free)


def _send(session: Session, telling: EscalationTelling, now: datetime) -> bool:
    if not _take(session, EscalationTelling, telling.id, "mail_at", telling.mail_at, None):
        return False
    session.refresh(telling)
    row, agent = telling.escalation, telling.agent
    session.refresh(row)
    if watching.end(session, row, now=now) or not notices.may_be_told(session, agent, row.case):
        telling.how = "dropped"
    elif (at := policy.opening(now, find.hours(session, row))) is not None and at <= now:
        _mail(session, telling, now)
    else:
        telling.mail_at = at  # another team has the case now, or nobody looked while they were at work
    session.flush()
    return True


def _mail(session: Session, telling: EscalationTelling, now: datetime) -> None:
    row, case = telling.escalation, telling.escalation.case
    telling.how, telling.mail_at = "mail", None
    session.flush()
    if _is_said(session, telling, now):
        return  # two clocks of a case passed at one instant: one mail says so
    words = {
        "number": case.number,
        "reason": row.reason,
        "clock": row.clock.kind if row.clock else "",
        "due": row.due_at.isoformat() if row.due_at else "",
        "since": (case.waiting_since or row.raised_at).isoformat(),
        "holder": case.assignee.name if case.assignee else "",
        "by": row.by.name if row.by else "",
        "wish": row.words,
        "level": telling.level,
        "unseen": telling.level > policy.BEGINS_AT[_reason(row)],
        "instead_of": telling.instead_of.name if telling.instead_of else "",
    }
    outbox.queue_to_agent(session, "escalation", telling.agent, words, case=case, now=now)
    digests.put_together(session, telling.agent, now=now)


def _is_said(session: Session, telling: EscalationTelling, now: datetime) -> bool:
    """Whether a mail that leaves at this instant says the same of the case."""
    row, its = telling.escalation, OutboxMail.case_number
    this = (OutboxMail.kind == "escalation", OutboxMail.recipient == telling.agent.email, OutboxMail.created_at == now)
    at_once = session.scalars(select(OutboxMail.words).where(*this, or_(its == row.case_number, its.is_(None))))
    said = {(one["number"], one["reason"], one["wish"]) for words in at_once for one in digests.things(words)}
    return (row.case_number, row.reason, row.words) in said


def _take(
    session: Session,
    table: type[CaseAlarm] | type[Escalation] | type[EscalationTelling],
    row_id: int,
    column: str,
    seen: datetime | None,
    then: datetime | None,
) -> bool:
    """Compare and set: whoever changes the row from what was seen has it, and nobody else."""
    its = getattr(table, column)
    unchanged = its.is_(None) if seen is None else its == seen
    change = update(table).where(table.id == row_id, unchanged).values({column: then})
    return bool(session.execute(change.execution_options(synchronize_session=False)).rowcount == 1)  # type: ignore[attr-defined]


def _locked(session: Session, numbers: Collection[int]) -> set[int]:
    """Those of these cases that nobody is at work on, locked; the cases first, as every deed does it."""
    free = select(Case.number).where(Case.number.in_(sorted(numbers))).order_by(Case.number)
    return set(session.scalars(free.with_for_update(of=Case, skip_locked=True)))


def _reason(row: Escalation) -> policy.Reason:
    return row.reason  # type: ignore[return-value]  # a column is a str
