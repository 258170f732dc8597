"""Ordering work.  The row is written in the business transaction; the doorbell rings once that is durable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Insert, case, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from helpdesk.db import after_commit, before_commit
from helpdesk.models import Job

Doorbell = Callable[[int], None]
_doorbells: list[Doorbell] = []


def on_ring(doorbell: Doorbell) -> None:
    """Have somebody told of each new job's id, after the commit.  A lost ring costs only time: the sweep finds the row."""
    _doorbells.append(doorbell)


def off_ring(doorbell: Doorbell) -> None:
    _doorbells.remove(doorbell)


def enqueue(
    session: Session, kind: str, payload: dict[str, Any] | None = None, *, now: datetime, dedupe: str | None = None
) -> None:
    """Order a job, due at `now`.  With `dedupe`, one that waits under that name already is hastened instead."""
    job = {"kind": kind, "payload": payload or {}, "run_at": now, "created_at": now}
    if dedupe is None:
        _order(session, insert(Job).values(**job))
    else:
        # Last of all, for the waiting row is locked until the commit: no worker may take it before it can see what it is
        # about (PostgreSQL), and nobody who holds it may still be waiting for another row.
        before_commit(session, f"order {dedupe}", lambda: _order(session, _once(session, job | {"dedupe": dedupe})))


def _order(session: Session, statement: Insert) -> None:
    job_id = session.execute(statement.returning(Job.id)).scalar_one()
    after_commit(session, lambda: _ring(job_id))


def _once(session: Session, job: dict[str, Any]) -> Insert:
    """Two may order the same at one moment: the second finds the row of the first."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    order = dialect.insert(Job).values(**job)
    sooner = case((Job.run_at > order.excluded.run_at, order.excluded.run_at), else_=Job.run_at)
    waiting = text("state = 'ready'")
    hastened: Insert = order.on_conflict_do_update(index_elements=[Job.dedupe], index_where=waiting, set_={"run_at": sooner})
    return hastened


def claim(session: Session, *, job_id: int | None, worker: str, now: datetime, lease: timedelta) -> Job | None:
    """Take a due job (this one, or the one that is due longest) under a lease; None where there is none to take."""
    due = (Job.state == "ready") & (Job.run_at <= now) | (Job.state == "run") & (Job.lease_until <= now)
    query = select(Job).where(due).order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)
    job = session.scalar(query.where(Job.id == job_id) if job_id is not None else query)
    if job is not None:
        job.state, job.lease_by, job.lease_until, job.attempts = "run", worker, now + lease, job.attempts + 1
    return job


def done(session: Session, job_id: int, *, worker: str) -> bool:
    """Strike a job off; False where its lease had gone to somebody else (then that one's work counts)."""
    job = session.scalar(select(Job).where(Job.id == job_id, Job.lease_by == worker).with_for_update())
    if job is not None:
        session.delete(job)
    return job is not None


def renew(session: Session, job_id: int, *, worker: str, until: datetime) -> None:
    """Keep the lease of a job that is still being done."""
    job = session.scalar(select(Job).where(Job.id == job_id, Job.lease_by == worker).with_for_update())
    if job is not None:
        job.lease_until = until


def failed(session: Session, job_id: int, *, worker: str, error: str, again_at: datetime | None) -> None:
    """Put a job back for later, or to the dead where `again_at` is None; where the same is ordered again already, let that do."""
    job = session.scalar(select(Job).where(Job.id == job_id, Job.lease_by == worker).with_for_update())
    if job is None:
        return
    if job.dedupe and session.scalar(select(Job.id).where(Job.dedupe == job.dedupe, Job.state == "ready")):
        session.delete(job)
        return
    job.error, job.lease_by, job.lease_until = error[:500], None, None
    job.state, job.run_at = ("ready", again_at) if again_at else ("dead", job.run_at)


def _ring(job_id: int) -> None:
    for doorbell in list(_doorbells):
        doorbell(job_id)
