"""The doorbell of the scaled form: tells rq workers the ids of jobs through Redis.

Redis is never the truth.  A bell that cannot be rung costs time, not mail: the sweep publishes due rows again, and the
threads that stay beside it take what nobody took.
"""

from __future__ import annotations

import time

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

log = structlog.get_logger()

QUEUE = "holdline"
ENTRY = "app.run_job"  # the only function that a worker is ever told to call
SILENCE = 5.0  # seconds without ringing after a failure, so that no request waits for a dead Redis twice


class RqBell:
    """Rings by putting ids (JSON, never pickle) into one queue: with one queue rq moves a job atomically."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._queue = Queue(QUEUE, connection=self._redis, serializer=JSONSerializer)
        self._silent_until = 0.0

    def publish(self, job_id: int) -> None:
        """Tell the workers; never raises for a Redis that does not answer."""
        if time.monotonic() < self._silent_until:
            return
        try:
            # rq forbids the same id twice, so a row that is published again by the sweep does not pile up.
            self._queue.enqueue(ENTRY, job_id, job_id=f"job-{job_id}", unique=True, result_ttl=0, failure_ttl=0, job_timeout=3600)
        except DuplicateJobError:
            return
        except RedisError as error:
            self._silent_until = time.monotonic() + SILENCE
            log.warning("redis does not answer", error=type(error).__name__)


def work(url: str) -> None:
    """Work off the queue in this thread until a signal ends it (the running job is finished first).

    No forked horses: a letter that could crash its reader is read in a child process of its own already.
    """
    # The worker blocks on the queue for minutes, so this connection has no time-out of its own.
    redis = Redis.from_url(url, socket_connect_timeout=5)
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    worker = SimpleWorker([queue], connection=redis, serializer=JSONSerializer, worker_ttl=30, maintenance_interval=5)
    worker.work(with_scheduler=False, logging_level="WARNING")
