"""Reports by mail: who orders which one, and each that is due goes into the outbox exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk.actions import outbox
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.models import Agent, ReportMail, ReportSchedule, Team
from helpdesk.policies.permissions import may
from helpdesk.policies.schedules import RHYTHMS, TELLS_AFTER, USUAL_MINUTE, Rhythm, last_due, next_due, next_try
from helpdesk.queries import clocks

MOST = 20  # of one agent
FIRST: tuple[str, Rhythm] = ("escalation", "weekly")  # what a new supervisor gets without asking


@dataclass(frozen=True)
class Due:
    """One report that is due to one agent, as it was seen: the day of its rhythm, and the words of its mail."""

    schedule_id: int
    next_at: datetime  # as the row said; whoever finds another instant there came second
    day: date
    due_at: datetime
    words: dict[str, str] | None  # None: nobody is to get it


def order(
    session: Session, agent: Agent, report: str, rhythm: str, minute: int, team: Team | None, *, now: datetime
) -> ReportSchedule:
    """This agent gets that report by mail, from the next time on that it is due.  Raises NotUsable."""
    if not may(agent, "report.read"):
        raise NotUsable("report", "Reports are for supervisors.")
    if rhythm not in RHYTHMS:
        raise NotUsable("rhythm", "Choose one from the list.")
    if not 0 <= minute < 24 * 60:
        raise NotUsable("at", "Write a time of the day like 07:30.")
    theirs = session.scalars(select(ReportSchedule).where(ReportSchedule.agent_id == agent.id)).all()
    team_id = team.id if team else None
    if any((one.report, one.rhythm, one.team_id) == (report, rhythm, team_id) for one in theirs):
        raise NotUsable("report", "You get this report already.")
    if len(theirs) >= MOST:
        raise NotUsable("report", "These are enough reports for one person.")
    zone = clocks.zone_of(session, team_id)
    row = ReportSchedule(
        agent=agent,
        report=report,
        rhythm=rhythm,
        minute=minute,
        team=team,
        next_at=next_due(rhythm, minute, zone, now),
        created_at=now,
    )
    session.add(row)
    session.flush()
    record(session, "report-ordered", now=now, agent=agent, thing=f"report {report}", after=_facts(row))
    return row


def cancel(session: Session, row: ReportSchedule, *, agent: Agent, now: datetime) -> None:
    """They get it no more."""
    record(session, "report-cancelled", now=now, agent=agent, thing=f"report {row.report}", before=_facts(row))
    session.delete(row)
    session.flush()


def welcome(session: Session, agent: Agent, *, now: datetime) -> None:
    """Who becomes a supervisor gets what burns every Monday morning, unless they chose for themselves before."""
    known = select(ReportSchedule.id).where(ReportSchedule.agent_id == agent.id).limit(1)
    if agent.role == "supervisor" and session.scalar(known) is None:
        report, rhythm = FIRST
        order(session, agent, report, rhythm, USUAL_MINUTE, None, now=now)


def newest(session: Session, row: ReportSchedule, now: datetime) -> tuple[date, datetime]:
    """The (day, instant) of the newest time at which this was due; of several that were missed only this one is made up for."""
    return last_due(cast(Rhythm, row.rhythm), row.minute, clocks.zone_of(session, row.team_id), now)


def send(session: Session, due: Due, *, now: datetime) -> bool:
    """Put the mail into the outbox, in the same transaction as the row that keeps it from being put there again; whether it was.

    Of two who try at once one finds the row changed, or, should both have seen it unchanged, is stopped by the key.
    """
    query = select(ReportSchedule).where(ReportSchedule.id == due.schedule_id, ReportSchedule.next_at == due.next_at)
    row = session.scalar(query.with_for_update(of=ReportSchedule).execution_options(populate_existing=True))
    if row is None:
        return False
    row.next_at = next_due(cast(Rhythm, row.rhythm), row.minute, clocks.zone_of(session, row.team_id), now)
    row.attempts, row.try_at, row.told_at = 0, None, None
    if due.words is None or not may(row.agent, "report.read"):
        return False
    try:
        with session.begin_nested():
            session.add(ReportMail(schedule_id=row.id, day=due.day, due_at=due.due_at, sent_at=now))
    except IntegrityError:
        return False
    outbox.queue_to_agent(session, "report", row.agent, dict(due.words), now=now)
    return True


def failed(session: Session, schedule_id: int, *, now: datetime) -> None:
    """It could not be collected: it is tried again later and later, and the admins hear of it once, until it was sent.

    Of two who tried at once the first one counts.
    """
    mine = ReportSchedule.id == schedule_id, ReportSchedule.next_at <= now
    row = session.scalar(select(ReportSchedule).where(*mine).with_for_update(of=ReportSchedule))
    if row is None or (row.try_at is not None and row.try_at > now):
        return
    row.attempts += 1
    row.try_at = next_try(row.attempts, now)
    if row.attempts >= TELLS_AFTER and row.told_at is None:
        row.told_at = now
        _tell_admins(session, row, now)


def _tell_admins(session: Session, row: ReportSchedule, now: datetime) -> None:
    words = {"report": row.report, "reader": row.agent.name, "due": row.next_at.isoformat(), "attempts": row.attempts}
    for admin in session.scalars(select(Agent).where(Agent.active, Agent.role == "admin").order_by(Agent.id)):
        outbox.queue_to_agent(session, "report-failed", admin, words, now=now)


def _facts(row: ReportSchedule) -> dict[str, object]:
    return {"report": row.report, "rhythm": row.rhythm, "minute": row.minute, "team": row.team_id}
