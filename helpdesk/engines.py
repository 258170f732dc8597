"""How each database is opened: its driver, what a new connection is told, how transactions begin on it and end."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.engine import Connection, Engine

from helpdesk.settings import Settings


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
    said = {"options": "-c synchronous_commit=on -c jit=off"}
    pool = {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 20}
    return create_engine(url, **pool, hide_parameters=True, connect_args=said, json_deserializer=_from_json)


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
