"""What the machine itself needs to remember."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.db import Base


class Job(Base):
    """Work to be done.  The row is the truth; a queue is only its doorbell."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "state", "run_at"),
        # One job of a kind waits at a time; one that is running does not stop the next from being ordered.
        Index(
            "uq_job_waiting",
            "dedupe",
            unique=True,
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dedupe: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="ready")  # ready run dead; done jobs are deleted
    run_at: Mapped[datetime]
    created_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_by: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]


class Installation(Base):
    """A fact about the installation under a name: when the timetable last ran, why it stopped."""

    __tablename__ = "installation"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(default=dict)
