"""SQL that was compiled once is compiled for the whole run: each test has an engine of its own, but they all speak alike.

SQLAlchemy keeps what it compiled per engine and per instance of a dialect.  Here both are shared; connections are not.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache


class Remembering(SQLiteDialect_pysqlite):
    """SQLite as SQLAlchemy speaks it.  Every instance is the same to the cache, and so is what it found out about types."""

    supports_statement_cache = True
    _compiled: LRUCache[Any, Any] = LRUCache(2_000)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=cls._compiled)


registry.register("sqlite", __name__, Remembering.__name__)
