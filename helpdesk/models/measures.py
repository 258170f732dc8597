"""What was measured of the history of each case, and the sums of it by which a report of a year is quick.

Everything here can be thrown away and is worked out anew from the record of deeds (actions.measuring); nothing else is decided by it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, false, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base

LONG_DAYS = 14
IS_LONG = f"value >= {LONG_DAYS * 24 * 3600}"  # said in these words, for SQLite takes an index for its own words alone


class Measure(Base):
    """One stretch of a case (a wait, the way to its solution), or one thing that is counted in it: policies.measures.Measure."""

    __tablename__ = "measure"
    __table_args__ = (
        # Sums and medians of some days are read from this alone.
        Index("ix_measure_day", "kind", "day", "team_id", "apart", "value", "working"),
        # What is measured of some cases, those with a tag or a mark.
        Index("ix_measure_case", "case_number", "kind", "at", "began_at", "day", "team_id", "apart", "value", "working"),
        # What goes on still; few at a time.
        Index(
            "ix_measure_waiting",
            "kind",
            "began_at",
            "case_number",
            "team_id",
            "apart",
            sqlite_where=text("at IS NULL"),
            postgresql_where=text("at IS NULL"),
        ),
        # What went on at an instant that has passed, and what was done between two.
        Index("ix_measure_at", "kind", "at", "began_at", "team_id", "apart", "value", "working", "case_number"),
        # What goes on so long is seldom (reports.instants).
        Index(
            "ix_measure_long",
            "kind",
            "at",
            "began_at",
            "team_id",
            "apart",
            "value",
            sqlite_where=text(IS_LONG),
            postgresql_where=text(IS_LONG),
        ),
        # Of cases that are not for everybody; few.
        Index(
            "ix_measure_apart",
            "kind",
            "day",
            "case_number",
            "team_id",
            "value",
            "working",
            sqlite_where=text("apart = 1"),
            postgresql_where=text("apart"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"))
    kind: Mapped[str]  # policies.measures.Kind
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))  # to which it is counted
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))  # never, unless figures about people are wanted
    apart: Mapped[bool] = mapped_column(default=False, server_default=false())  # not everybody may know of its case: in no sum
    began_at: Mapped[datetime | None]
    at: Mapped[datetime | None]  # when it ended, or when it is counted; None while it goes on
    day: Mapped[date | None]  # of `at`, in the zone of the installation
    value: Mapped[int | None]  # calendar seconds, or the number
    working: Mapped[int | None]  # working seconds


class MeasureSum(Base):
    """All values of one kind on one day, or in one month: sorted, packed (policies.packing), so that sums of sums stay exact."""

    __tablename__ = "measure_sum"

    grain: Mapped[str] = mapped_column(primary_key=True)  # day | month
    day: Mapped[date] = mapped_column(primary_key=True)  # the first one
    kind: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0: of none
    number: Mapped[int]  # how many values
    total: Mapped[int] = mapped_column(BigInteger)  # what they come to
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    packed_working: Mapped[bytes | None] = mapped_column(LargeBinary)


class MeasureDue(Base):
    """The history of this case grew: it has to be measured anew.  Written in the transaction of each deed, one after the other."""

    __tablename__ = "measure_due"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"))


class MeasureStale(Base):
    """The sum of this day or month is not true any more; until it is made anew, the measures themselves are read."""

    __tablename__ = "measure_stale"

    id: Mapped[int] = mapped_column(primary_key=True)
    grain: Mapped[str]  # day | month
    day: Mapped[date]


class SnapshotHour(Base):
    """How things stood at a full hour.  Written once, by whoever is first."""

    __tablename__ = "snapshot_hour"

    at: Mapped[datetime] = mapped_column(primary_key=True)
    reconstructed: Mapped[bool] = mapped_column(default=False, server_default=false())  # from history, for nothing ran then


class Snapshot(Base):
    """The backlog at a full hour: how many cases of a team in a state, of an age.  Cases that are not for everybody are left out."""

    __tablename__ = "snapshot"

    at: Mapped[datetime] = mapped_column(ForeignKey("snapshot_hour.at", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0: of none
    state: Mapped[str] = mapped_column(primary_key=True)  # policies.cases.State, but for «resolved»
    age: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # working days: policies.backlog.AGES, from 0 on
    number: Mapped[int]
    unassigned: Mapped[int]  # how many of them nobody holds
    waiting_since: Mapped[datetime | None]  # the longest wait among them
