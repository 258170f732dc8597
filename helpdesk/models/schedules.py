"""Reports that come by mail: who gets which one when, and which were sent."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.people import Agent, Team


class ReportSchedule(Base):
    """A report that an agent gets by mail, of one team or of all."""

    __tablename__ = "report_schedule"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), index=True)
    report: Mapped[str]  # reports.report.Name
    rhythm: Mapped[str]  # policies.schedules.Rhythm
    minute: Mapped[int]  # of the day, on the wall clock of the team's calendar
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))  # None: all teams
    next_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")  # tries of the one that is due that failed
    try_at: Mapped[datetime | None]  # not before then, where one failed
    told_at: Mapped[datetime | None]  # the admins heard that it cannot be sent; None again once it was

    agent: Mapped[Agent] = relationship(lazy="joined")
    team: Mapped[Team | None] = relationship(lazy="joined")


class ReportMail(Base):
    """A report that was put into the outbox.  The row keeps it from being sent twice, whoever tries."""

    __tablename__ = "report_mail"
    __table_args__ = (UniqueConstraint("schedule_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("report_schedule.id", ondelete="CASCADE"))
    day: Mapped[date]  # on which it was due, in the zone of the team's calendar
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime]
