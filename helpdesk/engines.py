"""How each database is opened: its driver, what a new connection is told, how transactions begin on it and end."""

from __future__ import annotations

import json
import select
import time
from typing import Any

import psycopg
from psycopg.adapt import Dumper, PyFormat
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.types.numeric import IntDumper
from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DisconnectionError

from helpdesk.settings import Settings

QUIET = 5.0  # seconds: of a connection that lay unused for longer nobody knows whether the way to the server still stands


def url_of(url: str) -> str:
    """The operator's URL with the driver that we ship."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def opened(settings: Settings) -> Engine:
    """The database that the settings name; the folder of an SQLite file is made."""
    url = make_url(url_of(settings.database))
    if url.get_backend_name() != "sqlite":
        return _postgresql(url)
    if url.database:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return _sqlite(url)


def _postgresql(url: URL) -> Engine:
    # Whatever the server's defaults are: a 250 rests on this commit (RFC 5321 §6.1), and no question of ours takes so long
    # that compiling it first would pay: where PostgreSQL misjudges one, that costs 30 ms of 45.
    said = {"options": "-c synchronous_commit=on -c jit=off", "prepare_threshold": 1}
    # The last one in is the first one out: it knows most of what it will be asked.
    pool = {"pool_size": 10, "max_overflow": 20, "pool_use_lifo": True}
    engine = create_engine(url, **pool, hide_parameters=True, connect_args=said, json_deserializer=_from_json)
    event.listen(engine, "connect", _send_small_numbers_as_others)
    event.listen(engine, "checkin", _note_when)
    event.listen(engine, "checkout", _look_whether_alive)
    event.listen(engine, "rollback", _forget_nothing)
    return engine


class _Whole(IntDumper):
    """Whole numbers, sent as INTEGER also where they are small.

    psycopg sends those as SMALLINT: one question becomes two for PostgreSQL, and because the cast costs it something for each row
    in a plan that is kept, and nothing in one that is made for this number, it would plan most questions anew each time.
    """

    def upgrade(self, obj: int, format: PyFormat) -> Dumper:  # noqa: A002
        dumper = super().upgrade(obj, format)
        return self._int4_dumper if dumper is self._int2_dumper else dumper


def _send_small_numbers_as_others(connection: psycopg.Connection, _record: object) -> None:
    connection.adapters.register_dumper(int, _Whole)


def _note_when(_connection: object, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _look_whether_alive(connection: psycopg.Connection, record: Any, _proxy: object) -> None:
    """A server that went away has said so, and then there is something to be read.  To ask it each time costs a page a question."""
    try:
        heard = select.poll()
        heard.register(connection.fileno(), select.POLLIN)
        is_doubtful = time.monotonic() - record.info.get("used", 0.0) > QUIET or heard.poll(0)
        if is_doubtful and connection.pgconn.exec_(b"").status != ExecStatus.EMPTY_QUERY:
            raise DisconnectionError
    except psycopg.Error as error:
        raise DisconnectionError from error


def _forget_nothing(connection: Connection) -> None:
    """Have what was only read end here: psycopg's own ROLLBACK forgets all that the connection prepared.

    Each page would have each of its questions parsed and planned anew, which takes PostgreSQL longer than to answer them.
    """
    if connection.invalidated or connection.get_execution_options().get("holdline_writes", False):
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    if driver.pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
        driver.pgconn.exec_(b"ROLLBACK")


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": 15}, json_deserializer=_from_json)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _from_json(text: str | bytes) -> Any:
    """As json.loads.  Most of what we keep so is empty, and a long story has a thousand of them."""
    if text in ("[]", b"[]"):
        return []
    return {} if text in ("{}", b"{}") else json.loads(text)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    # FULL: a 250 rests on this commit (RFC 5321 §6.1).  WAL: readers never wait for the writer.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("holdline_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
