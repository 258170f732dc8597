"""Until when somebody has to hear from us: working calendars, deadlines, and the clocks that run in each case."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.fields import Tag
from helpdesk.models.people import Team


class Calendar(Base):
    """When people work: hours of each weekday, public holidays, days of one's own."""

    __tablename__ = "calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    zone: Mapped[str] = mapped_column(default="")  # IANA; "": the installation's own
    hours: Mapped[list[list[int]]]  # [weekday (0 is Monday), first minute of the day, minute behind the last]
    country: Mapped[str] = mapped_column(default="")  # whose public holidays are free: «DE»; "": nobody's
    region: Mapped[str] = mapped_column(default="")  # «BY»; "": those of the whole country
    local_days: Mapped[list[str]] = mapped_column(default=list)  # policies.public_holidays.LOCAL_DAYS that are free as well
    standard: Mapped[bool] = mapped_column(default=False, server_default=false())  # of whoever has none of their own; one is it

    closed: Mapped[list[ClosedDays]] = relationship(order_by="ClosedDays.first_day", cascade="all, delete-orphan")


class ClosedDays(Base):
    """Days, both included, on which a calendar is closed although nobody else's is."""

    __tablename__ = "closed_days"

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    name: Mapped[str] = mapped_column(default="")


class DeadlinePolicy(Base):
    """How long people may have to wait, in the cases that it fits.  Of those that fit, the first counts, by `place`."""

    __tablename__ = "deadline_policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    place: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))  # None: of any team, and of none
    priority: Mapped[str | None]  # policies.cases.Priority; None: any
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id"))
    customers: Mapped[list[str]] = mapped_column(default=list)  # addresses, or «@» and a domain; empty: anybody
    first_response: Mapped[str] = mapped_column(default="")  # as policies.sla spells an allowance; "": no deadline
    next_reply: Mapped[str] = mapped_column(default="")
    resolution: Mapped[str] = mapped_column(default="")
    warn_percent: Mapped[int] = mapped_column(default=75)  # how much of an allowance is gone when somebody is warned
    remind_minutes: Mapped[int] = mapped_column(default=240, server_default="240")  # working time between reminders; 0: none

    team: Mapped[Team | None] = relationship(lazy="joined")
    tag: Mapped[Tag | None] = relationship(lazy="joined")


class CaseClock(Base):
    """One clock of a case, from its start to its stop.  The next wait is another row; a row is taken up again, never deleted."""

    __tablename__ = "case_clock"
    __table_args__ = (
        Index("ix_case_clock_case", "case_number", "id"),
        # What is late now.
        Index(
            "ix_case_clock_running",
            "due_at",
            "case_number",
            sqlite_where=text("stopped_at IS NULL AND paused_at IS NULL"),
            postgresql_where=text("stopped_at IS NULL AND paused_at IS NULL"),
        ),
        # Few run at a time: a sweep reads only those, in the order in which they ring.
        Index(
            "ix_case_clock_alarm",
            "alarm_at",
            sqlite_where=text("alarm_at IS NOT NULL"),
            postgresql_where=text("alarm_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"))
    kind: Mapped[str]  # policies.sla.Kind
    policy_id: Mapped[int] = mapped_column(ForeignKey("deadline_policy.id"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))  # who held the case; from the breach on: who did then
    allowance: Mapped[str]
    warn_percent: Mapped[int]
    started_at: Mapped[datetime]
    counted_from: Mapped[datetime]  # from here on it has been running without a break, by this calendar and this allowance
    spent: Mapped[int] = mapped_column(default=0)  # working seconds before that
    paused_at: Mapped[datetime | None]  # nothing is due from us since then
    due_at: Mapped[datetime | None]  # None while it is paused
    alarm_at: Mapped[datetime | None]  # when the sweep has to look at it next; None: never again
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]  # the deadline that passed while it ran; never forgotten
    stopped_at: Mapped[datetime | None]
    end: Mapped[str | None]  # how it stopped: met | missed | dropped

    calendar: Mapped[Calendar] = relationship()


class CaseAlarm(Base):
    """A clock rang.  Who is told of it, and when, is decided by whoever picks this up."""

    __tablename__ = "case_alarm"
    __table_args__ = (
        Index("ix_case_alarm_untold", "id", sqlite_where=text("told_at IS NULL"), postgresql_where=text("told_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("case_clock.id"), index=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), index=True)
    level: Mapped[str]  # warning | breach
    due_at: Mapped[datetime]  # the deadline that it is about
    raised_at: Mapped[datetime]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))  # who held the case
    told_at: Mapped[datetime | None]

    clock: Mapped[CaseClock] = relationship()
