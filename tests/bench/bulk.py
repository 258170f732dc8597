"""Millions of rows in one go: what looks at each row that is written is put aside meanwhile, and made again in one pass.

For filling the databases of the bench alone: whatever a row points at is not looked for, and a power cut loses all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text

from helpdesk.db import Base, Database

MEMORY = 1 << 20  # kilobytes for the pages of SQLite, and for PostgreSQL to sort in
_SQLITE = ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", f"cache_size=-{MEMORY}", "temp_store=MEMORY")
_POSTGRESQL = ("session_replication_role='replica'", "synchronous_commit=off", f"maintenance_work_mem={MEMORY}")


@contextmanager
def pouring(database: Database, tables: Sequence[type[Base]]) -> Iterator[Connection]:
    """A connection, in a transaction, that writes many rows into these tables; their indexes are made when it has."""
    database.engine.dispose()  # who else held the file would keep SQLite's journal as it is
    with database.engine.execution_options(holdline_writes=True).connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.driver_connection
        assert raw is not None
        for one in _SQLITE if is_sqlite else ():
            raw.execute(f"PRAGMA {one}").close()
        with connection.begin():
            for one in () if is_sqlite else _POSTGRESQL:
                connection.execute(text(f"SET LOCAL {one}"))
            indexes = [row for table in tables for row in _indexes(connection, table.__tablename__)]
            for name, _definition in indexes:
                connection.exec_driver_sql(f'DROP INDEX "{name}"')
            yield connection
            for _name, definition in indexes:
                connection.exec_driver_sql(definition.replace("%", "%%") if not is_sqlite else definition)
        if is_sqlite:
            raw.execute("PRAGMA journal_mode=WAL").close()
        connection.invalidate()
    database.engine.dispose()


def _indexes(connection: Connection, table: str) -> list[tuple[str, str]]:
    """(name, what makes it) of those that hold up no constraint."""
    if connection.dialect.name == "sqlite":
        found = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = :table"
    else:
        held = "SELECT 1 FROM pg_constraint WHERE conindid = indexrelid"
        found = f"""SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE indrelid = CAST(:table AS regclass) AND NOT EXISTS ({held})"""
    return [(row[0], row[1]) for row in connection.execute(text(found), {"table": table})]
