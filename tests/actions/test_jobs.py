"""Ordering work and taking it: one holder at a time, whatever dies."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import jobs
from helpdesk.db import Database
from helpdesk.models import Job

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
LEASE = timedelta(seconds=30)


@pytest.fixture()
def rung() -> Iterator[list[int]]:
    """The ids that the doorbell was rung for."""
    ids: list[int] = []
    jobs.on_ring(ids.append)
    yield ids
    jobs.off_ring(ids.append)


def order(database: Database, kind: str = "sweep the floor", *, at: datetime = NOON, dedupe: str | None = None) -> None:
    with database.transaction() as session:
        jobs.enqueue(session, kind, {"room": 1}, now=at, dedupe=dedupe)


def take(database: Database, *, at: datetime = NOON, worker: str = "one", job_id: int | None = None) -> int | None:
    with database.transaction() as session:
        job = jobs.claim(session, job_id=job_id, worker=worker, now=at, lease=LEASE)
        return job.id if job else None


def states(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Job.state).order_by(Job.id)))


def fail(database: Database, job_id: int, *, again_at: datetime | None = NOON, worker: str = "one") -> None:
    with database.transaction() as session:
        jobs.failed(session, job_id, worker=worker, error="OSError", again_at=again_at)


def finish(database: Database, job_id: int, *, worker: str = "one") -> bool:
    with database.transaction() as session:
        return jobs.done(session, job_id, worker=worker)


def test_the_bell_rings_after_the_commit_and_not_before(database, rung) -> None:
    with database.transaction() as session:
        jobs.enqueue(session, "sweep", now=NOON)
        assert rung == []
    assert len(rung) == 1


def test_no_bell_rings_for_what_was_rolled_back(database, rung) -> None:
    with contextlib.suppress(KeyboardInterrupt), database.transaction() as session:
        jobs.enqueue(session, "sweep", now=NOON)
        raise KeyboardInterrupt
    order(database)
    assert len(rung) == 1


def test_a_job_is_due_at_its_instant_and_not_before(each_database) -> None:
    order(each_database)
    assert take(each_database, at=NOON - INSTANT) is None
    assert take(each_database, at=NOON) is not None


def test_what_is_due_longest_is_taken_first(each_database) -> None:
    order(each_database, "second", at=NOON)
    order(each_database, "first", at=NOON - timedelta(hours=1))
    with each_database.transaction() as session:
        job = jobs.claim(session, job_id=None, worker="one", now=NOON, lease=LEASE)
        assert job is not None
        assert (job.kind, job.payload, job.attempts) == ("first", {"room": 1}, 1)


def test_a_job_is_held_by_one_worker_until_its_lease_ends(each_database) -> None:
    order(each_database)
    job = take(each_database)
    assert take(each_database, at=NOON + LEASE - INSTANT, worker="two") is None
    assert take(each_database, at=NOON + LEASE, worker="two") == job


def test_a_lease_that_is_renewed_holds_longer(each_database) -> None:
    order(each_database)
    job = take(each_database)
    with each_database.transaction() as session:
        jobs.renew(session, job, worker="one", until=NOON + 2 * LEASE)
    assert take(each_database, at=NOON + LEASE, worker="two") is None
    with each_database.transaction() as session:
        jobs.renew(session, job, worker="somebody else", until=NOON + 9 * LEASE)
    assert take(each_database, at=NOON + 2 * LEASE, worker="two") == job


def test_the_word_of_a_worker_whose_lease_has_gone_to_another_does_not_count(each_database) -> None:
    order(each_database)
    job = take(each_database, worker="one")
    take(each_database, at=NOON + LEASE, worker="two")
    assert finish(each_database, job, worker="one") is False
    fail(each_database, job, worker="one", again_at=None)
    assert states(each_database) == ["run"]
    assert finish(each_database, job, worker="two") is True
    assert states(each_database) == []


def test_only_the_job_that_was_asked_for_is_taken_and_only_if_it_is_due(each_database) -> None:
    order(each_database, at=NOON + LEASE)
    order(each_database)
    with each_database.reading() as session:
        later, due = session.scalars(select(Job.id).order_by(Job.id))
    assert take(each_database, job_id=later) is None
    assert take(each_database, job_id=due) == due


def test_a_failed_job_comes_back_later_and_at_last_is_dead(each_database) -> None:
    order(each_database)
    job = take(each_database)
    fail(each_database, job, again_at=NOON + LEASE)
    assert take(each_database, at=NOON) is None
    assert take(each_database, at=NOON + LEASE) == job
    fail(each_database, job, again_at=None)
    assert states(each_database) == ["dead"]
    assert take(each_database, at=NOON + timedelta(days=365)) is None


def test_what_waits_already_is_not_ordered_twice(each_database) -> None:
    order(each_database, dedupe="deliver")
    order(each_database, dedupe="deliver")
    order(each_database, dedupe="fetch")
    assert states(each_database) == ["ready", "ready"]


def test_what_is_being_done_already_can_be_ordered_again(each_database) -> None:
    order(each_database, dedupe="deliver")
    take(each_database)
    order(each_database, dedupe="deliver")
    assert states(each_database) == ["run", "ready"]


def test_a_job_that_fails_gives_way_to_one_of_its_name_that_waits(each_database) -> None:
    order(each_database, dedupe="deliver")
    job = take(each_database)
    order(each_database, dedupe="deliver")
    fail(each_database, job, again_at=NOON + LEASE)
    assert states(each_database) == ["ready"]


def test_a_job_of_its_name_that_waits_for_another_try_takes_new_orders_at_once(each_database) -> None:
    order(each_database, dedupe="deliver")
    job = take(each_database)
    fail(each_database, job, again_at=NOON + timedelta(hours=1))
    order(each_database, dedupe="deliver")
    assert take(each_database, at=NOON) is not None


def test_whoever_orders_what_waits_already_rings_after_the_own_commit(database, rung) -> None:
    order(database, dedupe="deliver")
    order(database, dedupe="deliver")
    assert len(rung) == 2
    assert len(set(rung)) == 1


def both_at_once(database: Database, deed: Callable[[Session, threading.Barrier], None]) -> list[Exception]:
    """Two transactions that meet in the middle, so that neither sees what the other wrote."""
    meeting, errors = threading.Barrier(2, timeout=10), []

    def run() -> None:
        try:
            with database.transaction() as session:
                deed(session, meeting)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return errors


@pytest.mark.needs("postgresql")
def test_two_who_order_the_same_at_one_moment_both_succeed(postgresql_database) -> None:
    def deed(session: Session, meeting: threading.Barrier) -> None:
        session.execute(select(Job.id))
        meeting.wait()
        jobs.enqueue(session, "deliver", now=NOON, dedupe="deliver")

    assert both_at_once(postgresql_database, deed) == []
    assert states(postgresql_database) == ["ready"]


@pytest.mark.needs("postgresql")
def test_an_order_is_not_done_before_what_it_is_about_is_there(postgresql_database) -> None:
    """Somebody orders what waits already; a worker must not take the waiting job before that somebody has committed."""
    order(postgresql_database, dedupe="deliver")
    with postgresql_database.transaction() as session:
        jobs.enqueue(session, "note", {"the row": "that the job is about"}, now=NOON + LEASE)
        jobs.enqueue(session, "deliver", now=NOON, dedupe="deliver")
        taken = take(postgresql_database)
        if taken is not None:
            finish(postgresql_database, taken)
    assert taken is None or take(postgresql_database) is not None


@pytest.mark.needs("postgresql")
def test_two_workers_never_take_the_same_job(postgresql_database) -> None:
    for _ in range(20):
        order(postgresql_database)
    taken: list[int] = []

    def work(name: str) -> None:
        while (job := take(postgresql_database, worker=name)) is not None:
            taken.append(job)

    threads = [threading.Thread(target=work, args=(f"worker {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 20
