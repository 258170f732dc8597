"""Doing the work that was ordered.  The job's row owns lease, attempts and due time; threads, rq and Redis only ask for it.

Embedded: a few threads of this process, woken after each commit.  Scaled: ids go to Redis and rq workers call the same
`run_one`; the threads that stay here take only what has been waiting too long, so an emptied Redis loses nothing.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.actions import jobs
from helpdesk.db import Database
from helpdesk.models import Job

log = structlog.get_logger()

Handler = Callable[[dict[str, Any]], None]
Handlers = Mapping[str, Handler]

LEASE = timedelta(seconds=30)  # of a worker that was killed; a living one renews it
PAUSES = (1, 5, 15, 60, 300, 900)  # seconds before the next try; a job is dead after the last
AT_ONCE = timedelta(0)
OVERDUE = timedelta(seconds=10)  # with Redis: what nobody took by then is taken here


def worker_name() -> str:
    """Unique among all that may hold a lease."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def run_one(database: Database, handlers: Handlers, *, job_id: int | None = None, overdue: timedelta = AT_ONCE) -> bool:
    """Do one due job; False where there was none.  What it raises is written on its row, and it is tried again later."""
    worker = worker_name()
    now = clock.now()
    with database.transaction() as session:
        job = jobs.claim(session, job_id=job_id, worker=worker, now=now - overdue, lease=LEASE)
        if job is None:
            return False
        job.lease_until = now + LEASE
        found, kind, payload, attempts = job.id, job.kind, dict(job.payload), job.attempts
    try:
        with Heartbeat(database, lambda s, until: jobs.renew(s, found, worker=worker, until=until), lease=LEASE):
            handlers[kind](payload)
    except Exception as error:
        # The text of an error can hold a customer's words: only its kind is logged and kept (P6).
        log.error("job failed", kind=kind, job=found, error=type(error).__name__, attempts=attempts)
        again = clock.now() + timedelta(seconds=PAUSES[attempts - 1]) if attempts <= len(PAUSES) else None
        with database.transaction() as session:
            jobs.failed(session, found, worker=worker, error=type(error).__name__, again_at=again)
        return True
    with database.transaction() as session:
        jobs.done(session, found, worker=worker)
    return True


def drain(database: Database, handlers: Handlers, *, limit: int = 10_000) -> int:
    """Do all that is due, until nothing is; how many jobs that were."""
    done = 0
    while done < limit and run_one(database, handlers):
        done += 1
    return done


def waiting(database: Database, *, older_than: timedelta = AT_ONCE, limit: int = 500) -> list[int]:
    """The ids of due jobs, and of those whose worker's lease has run out."""
    now = clock.now() - older_than
    due = (Job.state == "ready") & (Job.run_at <= now) | (Job.state == "run") & (Job.lease_until <= now)
    with database.reading() as session:
        return list(session.scalars(select(Job.id).where(due).order_by(Job.run_at).limit(limit)))


def publish_due(database: Database, publish: Callable[[int], None]) -> None:
    """Ring again for what is due and was not taken: Redis may have been emptied, or a worker killed."""
    for job_id in waiting(database, older_than=timedelta(seconds=3)):
        publish(job_id)


def depth(database: Database) -> dict[str, int]:
    """How many jobs there are in each state."""
    with database.reading() as session:
        return dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).all())


def wait_for_others(database: Database, seconds: float = 30) -> None:
    """Workers of another process may have taken some of the jobs: wait until those are done."""
    end = time.monotonic() + seconds
    while depth(database).get("run") and time.monotonic() < end:
        time.sleep(0.1)


class Heartbeat:
    """Renews a lease while its work takes long, so that it is not given to somebody else meanwhile.

    `renew(session, until)` writes the new end of the lease, in a transaction of its own, every third of `lease`.
    """

    def __init__(self, database: Database, renew: Callable[[Session, datetime], None], *, lease: timedelta) -> None:
        self._database, self._renew, self._lease = database, renew, lease
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._done.wait(self._lease.total_seconds() / 3):
            try:
                with self._database.transaction() as session:
                    self._renew(session, clock.now() + self._lease)
            except SQLAlchemyError as error:
                log.warning("lease not renewed", error=type(error).__name__)


class Workers:
    """Threads of this process that do jobs."""

    def __init__(self, database: Database, handlers: Handlers, *, count: int, overdue: timedelta = AT_ONCE) -> None:
        self._database, self._handlers, self._overdue = database, handlers, overdue
        self._wake, self._stop = threading.Semaphore(0), threading.Event()
        self._threads = [threading.Thread(target=self._loop, name=f"worker-{n}", daemon=True) for n in range(count)]

    def start(self) -> None:
        jobs.on_ring(self.ring)
        for thread in self._threads:
            thread.start()

    def ring(self, _job_id: int) -> None:
        self._wake.release()

    def stop(self, seconds: float = 15) -> None:
        """Finish what is being done, take nothing more."""
        jobs.off_ring(self.ring)
        self._stop.set()
        for _ in self._threads:
            self._wake.release()
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                if run_one(self._database, self._handlers, overdue=self._overdue):
                    continue
            except SQLAlchemyError as error:
                log.error("database does not answer", error=type(error).__name__)
                self._stop.wait(2)
            self._wake.acquire(timeout=1)


class Timetable:
    """Things that are done every so often, each in its turn, in one thread."""

    def __init__(self, entries: list[tuple[str, float, Callable[[], object]]]) -> None:
        self._entries, self._stop = entries, threading.Event()
        self._thread = threading.Thread(target=self._loop, name="timetable", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(15)

    def _loop(self) -> None:
        due = {name: time.monotonic() for name, _every, _do in self._entries}
        while not self._stop.wait(0.5):
            for name, every, do in self._entries:
                if time.monotonic() < due[name] or self._stop.is_set():
                    continue
                due[name] = time.monotonic() + every
                try:
                    do()
                except Exception as error:  # a sweep that fails today is tried again at its next time
                    log.error("sweep failed", sweep=name, error=type(error).__name__)
