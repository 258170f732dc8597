"""Doing the work that was ordered, in threads of this process."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk import clock, runner
from helpdesk.actions import jobs
from helpdesk.db import Database
from helpdesk.models import Job
from tests.servers import wait_until


def order(database: Database, many: int = 1, **payload: Any) -> None:
    with database.transaction() as session:
        for number in range(many):
            jobs.enqueue(session, "sweep", {"number": number, **payload}, now=clock.now())


def rows(database: Database) -> list[Job]:
    with database.reading() as session:
        found = list(session.scalars(select(Job).order_by(Job.id)))
        session.expunge_all()
        return found


def fail(_payload: dict[str, Any]) -> None:
    raise ValueError("the customer's secret words")


def test_what_is_done_is_struck_off(database, monday) -> None:
    order(database, 3)
    done: list[int] = []
    assert runner.drain(database, {"sweep": lambda job: done.append(job["number"])}) == 3
    assert (done, rows(database)) == ([0, 1, 2], [])


def test_what_fails_is_tried_again_seven_times_and_then_lies_dead(database, monday) -> None:
    order(database)
    now, tries = monday, 0
    while rows(database)[0].state == "ready":
        now = rows(database)[0].run_at
        with clock.freeze(now):
            assert runner.run_one(database, {"sweep": fail})
        tries += 1
    assert tries == len(runner.PAUSES) + 1
    assert now - monday == timedelta(seconds=sum(runner.PAUSES))
    assert runner.depth(database) == {"dead": 1}


def test_of_an_error_only_its_kind_is_kept(database, monday) -> None:
    order(database)
    runner.run_one(database, {"sweep": fail})
    assert rows(database)[0].error == "ValueError"


def test_a_kind_that_nobody_knows_is_an_error_of_that_job_alone(database, monday) -> None:
    with database.transaction() as session:
        jobs.enqueue(session, "pickled code", now=clock.now())
    order(database)
    assert runner.drain(database, {"sweep": lambda _job: None}) == 2
    assert [(row.kind, row.error) for row in rows(database)] == [("pickled code", "KeyError")]


def test_an_instant_too_early_there_is_nothing_to_do(database, monday) -> None:
    order(database)
    with clock.freeze(monday - timedelta(microseconds=1)):
        assert not runner.run_one(database, {})


def test_the_job_of_a_worker_that_was_killed_is_done_when_its_lease_ends(database, monday) -> None:
    order(database)
    with database.transaction() as session:
        jobs.claim(session, job_id=None, worker="killed", now=monday, lease=runner.LEASE)
    done: list[Any] = []
    with clock.freeze(monday + runner.LEASE - timedelta(microseconds=1)):
        assert runner.waiting(database) == []
        assert not runner.run_one(database, {"sweep": done.append})
    with clock.freeze(monday + runner.LEASE):
        assert len(runner.waiting(database)) == 1
        assert runner.run_one(database, {"sweep": done.append})
    assert len(done) == 1


def test_beside_redis_a_thread_takes_only_what_nobody_took_for_ten_seconds(database, monday) -> None:
    order(database)
    assert not runner.run_one(database, {"sweep": lambda _job: None}, overdue=runner.OVERDUE)
    with clock.freeze(monday + runner.OVERDUE):
        assert runner.run_one(database, {"sweep": lambda _job: None}, overdue=runner.OVERDUE)


def test_what_was_not_taken_for_three_seconds_is_told_again(database, monday) -> None:
    order(database)
    told: list[int] = []
    runner.publish_due(database, told.append)
    assert told == []
    with clock.freeze(monday + timedelta(seconds=3)):
        runner.publish_due(database, told.append)
    assert len(told) == 1


def test_a_long_job_keeps_its_lease(database, monkeypatch) -> None:
    monkeypatch.setattr(runner, "LEASE", timedelta(seconds=0.3))
    order(database)
    done: list[str] = []

    def slow(_job: dict[str, Any]) -> None:
        threading.Event().wait(0.9)
        done.append("slowly")

    first = threading.Thread(target=runner.run_one, args=(database, {"sweep": slow}))
    first.start()
    threading.Event().wait(0.6)
    assert not runner.run_one(database, {"sweep": lambda _job: done.append("twice")})
    first.join(10)
    assert (done, rows(database)) == (["slowly"], [])


def test_workers_wake_up_for_a_new_job_and_finish_what_they_began(database) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), []

    def work(job: dict[str, Any]) -> None:
        begun.set()
        go_on.wait(5)
        done.append(job["number"])

    workers = runner.Workers(database, {"sweep": work}, count=1)
    workers.start()
    try:
        order(database)
        assert begun.wait(0.9), "the bell woke nobody"
        threading.Timer(0.2, go_on.set).start()
    finally:
        workers.stop()
    assert (done, rows(database)) == ([0], [])
    order(database)
    assert len(rows(database)) == 1  # who has stopped takes nothing more


@pytest.mark.needs("postgresql")
def test_many_threads_do_every_job_once(each_database) -> None:
    order(each_database, 40)
    done: list[int] = []
    workers = runner.Workers(each_database, {"sweep": lambda job: done.append(job["number"])}, count=4)
    workers.start()
    try:
        wait_until(lambda: not rows(each_database), what="the end of all jobs")
    finally:
        workers.stop()
    assert sorted(done) == list(range(40))


def test_the_timetable_goes_on_after_an_entry_that_fails() -> None:
    ran: list[str] = []
    timetable = runner.Timetable([("broken", 0.1, lambda: 1 / 0), ("works", 0.1, lambda: ran.append("x"))])
    timetable.start()
    try:
        wait_until(lambda: len(ran) >= 2, what="the second round")
    finally:
        timetable.stop()
