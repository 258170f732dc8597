"""The scaled form: ids travel through a real Redis, rq workers do the work, and the rows stay the truth."""

from __future__ import annotations

import json
import os
import pickle
import signal
from collections.abc import Iterator
from pathlib import Path
from zlib import decompress

import pytest
import redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import select

import app
from helpdesk import clock, runner
from helpdesk.actions import desks, jobs
from helpdesk.bell import ENTRY, QUEUE, RqBell
from helpdesk.db import Database
from helpdesk.models import Case, Job
from mail import inbound
from mail.inbound import Parcel
from mail.letter import Envelope
from tests.servers import free_port, wait_until
from tests.service import Service

pytestmark = pytest.mark.needs("redis")


@pytest.fixture()
def server(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url) as connection:
        yield connection


@pytest.fixture()
def bell(redis_url: str) -> Iterator[RqBell]:
    """Rung for every job of this process."""
    bell = RqBell(redis_url)
    jobs.on_ring(bell.publish)
    yield bell
    jobs.off_ring(bell.publish)


@pytest.fixture()
def installed(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The installation that a worker finds in its environment."""
    settings = database.house.settings
    for name, value in {
        "DATA_DIR": str(settings.data_dir),
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "OUTGOING": "hold",
    }.items():
        monkeypatch.setenv(f"HOLDLINE_{name}", value)
    with database.transaction() as session:
        desks.sync_from_settings(session, now=clock.now())
    app._worker_parts.cache_clear()
    yield database
    app._worker_parts().close()
    app._worker_parts.cache_clear()


def arrives(database: Database, name: str) -> None:
    """A mail is kept."""
    raw = f"From: anna@customer.example\r\nTo: help@example.org\r\nSubject: {name}\r\n\r\nIt burns.\r\n".encode()
    inbound.accept(
        database, [Parcel(raw, Envelope("smtp", "anna@customer.example", ("help@example.org",), "127.0.0.1", clock.now()))]
    )


def works_off(server: redis.Redis) -> None:
    """An rq worker does what lies in the queue."""
    queue = Queue(QUEUE, connection=server, serializer=JSONSerializer)
    SimpleWorker([queue], connection=server, serializer=JSONSerializer).work(burst=True, logging_level="WARNING")


def subjects(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.scalars(select(Case.subject)))


def orders(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Job.state)))


def test_an_rq_worker_does_what_the_row_says(installed, bell, server) -> None:
    for name in ("one", "two", "three"):
        arrives(installed, name)
    assert subjects(installed) == []
    works_off(server)
    assert subjects(installed) == ["one", "three", "two"]
    assert orders(installed) == []


def test_only_an_id_travels_and_it_travels_as_json(installed, bell, server) -> None:
    arrives(installed, "a secret subject")
    (key,) = server.keys("rq:job:*")
    data = server.hgetall(key)
    function, _, arguments, keywords = json.loads(decompress(data[b"data"]))
    assert (function, keywords) == (ENTRY, {})
    assert [type(argument) for argument in arguments] == [int]
    assert b"secret" not in b"".join(data.values())


def test_a_queue_that_was_emptied_is_filled_again_from_the_rows(installed, bell, server) -> None:
    arrives(installed, "one")
    server.flushall()
    works_off(server)
    assert subjects(installed) == []
    with clock.freeze(clock.now() + runner.OVERDUE):
        runner.publish_due(installed, bell.publish)
        works_off(server)
    assert subjects(installed) == ["one"]


def test_without_a_worker_a_thread_of_ours_takes_it_after_ten_seconds(installed, bell, server) -> None:
    arrives(installed, "one")
    server.flushall()
    parts = app._worker_parts()
    assert not runner.run_one(installed, app.handlers(parts), overdue=runner.OVERDUE)
    with clock.freeze(clock.now() + runner.OVERDUE):
        assert runner.run_one(installed, app.handlers(parts), overdue=runner.OVERDUE)
    works_off(server)  # the bell rings into nothing
    assert subjects(installed) == ["one"]


def test_a_job_that_is_told_twice_is_done_once_and_does_not_pile_up(installed, bell, server) -> None:
    arrives(installed, "one")
    with clock.freeze(clock.now() + runner.OVERDUE):
        for _ in range(3):
            runner.publish_due(installed, bell.publish)
    assert len(Queue(QUEUE, connection=server, serializer=JSONSerializer)) == 1
    works_off(server)
    works_off(server)
    assert subjects(installed) == ["one"]


def test_a_redis_that_is_gone_costs_neither_the_mail_nor_the_sender_s_time(installed, server) -> None:
    bell = RqBell(f"redis://127.0.0.1:{free_port()}/0")
    jobs.on_ring(bell.publish)
    try:
        arrives(installed, "one")
        arrives(installed, "two")
    finally:
        jobs.off_ring(bell.publish)
    runner.drain(installed, app.handlers(app._worker_parts()))
    assert subjects(installed) == ["one", "two"]


class Planted:
    """What an attacker with a hand in Redis would like a worker to unpickle."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self._path),)


def test_a_pickle_in_the_queue_is_not_unpickled(installed, bell, server, tmp_path) -> None:
    arrives(installed, "one")
    (key,) = server.keys("rq:job:*")
    server.hset(key, "data", pickle.dumps(Planted(tmp_path / "owned")))
    works_off(server)
    assert not (tmp_path / "owned").exists()
    with clock.freeze(clock.now() + runner.OVERDUE):
        runner.run_one(installed, app.handlers(app._worker_parts()), overdue=runner.OVERDUE)
    assert subjects(installed) == ["one"]


def test_a_worker_that_is_killed_and_a_redis_that_is_emptied_lose_nothing(tmp_path: Path, redis_url: str, server) -> None:
    """In processes of their own, as operators run them."""
    service = Service(tmp_path, redis_url=redis_url, outgoing="hold")
    service.set_up()
    database = service.database()
    expected = [f"mail {number}" for number in range(12)]
    try:
        worker = service.starts("work")
        wait_until(lambda: server.smembers("rq:workers"), seconds=60, what="the start of the worker")
        for name in expected[:6]:
            arrives(database, name)
        bell = RqBell(redis_url)
        for job_id in runner.waiting(database):
            bell.publish(job_id)
        wait_until(lambda: len(subjects(database)) >= 1, seconds=60, what="the first case")
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        server.flushall()
        for name in expected[6:]:
            arrives(database, name)
        service.serves()  # fills the queue again, and takes what nobody takes
        service.starts("work")
        wait_until(lambda: subjects(database) == sorted(expected), seconds=90, what="the last case")
        wait_until(lambda: not orders(database), seconds=60, what="the end of all orders")
    finally:
        service.ends()
        database.close()
    service.says("fsck")
