"""A desk of a million cases, made of two hundred: what was lived through by the product's own deeds is copied by SQL, a week or more earlier.

So each row is one that the product itself wrote, and every figure of the copies can be worked out from those of the few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Column, Connection, Date, Integer, String, Table, func, select, text

from helpdesk.db import Base, UTCDateTime

WEEK = 7  # days: a copy keeps its weekdays
AT_ONCE = 200_000  # rows in one statement, more or less
OF = {  # which rows are of some cases, where that is not told by their own `case_number`
    "cases": "number IN ({})",
    "inbound_mail": "id IN (SELECT mail_id FROM arrival WHERE case_number IN ({}))",
}


class Copies:
    """Copies the rows of the cases that are there, again and again.  `tables` in the order in which they refer to each other."""

    def __init__(self, connection: Connection, tables: Sequence[type[Base]]) -> None:
        self._say, self._sqlite = connection, connection.dialect.name == "sqlite"
        self._tables: list[Table] = [table.__table__ for table in tables]  # type: ignore[misc]
        self._top = {table: self._highest(table) for table in self._tables}
        connection.execute(text("CREATE TEMPORARY TABLE copy (n INTEGER PRIMARY KEY, days INTEGER)"))
        self._copied, self._made = self._tables, 0

    def make(self, many: int, days: Iterable[int], *, which: str, without: Collection[type[Base]] = ()) -> None:
        """So many copies of the cases for which `which` (SQL about a row of `cases`) holds, so many days earlier in turn.

        `without`: tables of which nothing is copied; what points there points at the rows of the first.
        """
        back, left = list(days), {table.__table__ for table in without}
        self._copied = [table for table in self._tables if table not in left]
        for table in self._copied:
            step = max(1, AT_ONCE // max(1, self._top[table]))
            for first in range(0, many, step):
                numbers = range(first, min(first + step, many))
                self._say.execute(text("DELETE FROM copy"))
                rows = [{"n": self._made + n + 1, "days": -back[n % len(back)]} for n in numbers]
                self._say.execute(text("INSERT INTO copy VALUES (:n, :days)"), rows)
                self._copy(table, which)
        self._made += many

    def finish(self) -> None:
        """Let what is written next have numbers of its own."""
        self._say.execute(text("DROP TABLE copy"))
        for table in self._tables:
            key = _key(table)
            if not self._sqlite and key is not None:
                sequence = func.pg_get_serial_sequence(table.name, key.name)
                self._say.execute(select(func.setval(sequence, select(func.max(key)).scalar_subquery())))

    def _copy(self, table: Table, which: str) -> None:
        columns = list(table.columns)
        values = ", ".join(self._value(column) for column in columns)
        names = ", ".join(f'"{column.name}"' for column in columns)
        key = _key(table)
        old = f" AND t.{key.name} <= {self._top[table]}" if key is not None else ""
        top = self._top[Base.metadata.tables["cases"]]
        cases = f"SELECT number FROM cases WHERE number <= {top} AND {which}"
        which = f"t.{OF.get(table.name, 'case_number IN ({})').format(cases)}"
        self._say.execute(
            text(f"INSERT INTO {table.name} ({names}) SELECT {values} FROM copy c CROSS JOIN {table.name} t WHERE {which}{old}")
        )

    def _value(self, column: Column[object]) -> str:
        """What stands in a column of a copy."""
        name, moved = f't."{column.name}"', self._moved(column)
        if moved is not None:
            return f"{name} + c.n * {self._top[moved]}"
        if isinstance(column.type, UTCDateTime):
            if self._sqlite:
                return f"strftime('%Y-%m-%d %H:%M:%S', {name}, c.days || ' days') || '.000000'"
            return f"{name} + c.days * interval '1 day'"
        if isinstance(column.type, Date):
            return f"date({name}, c.days || ' days')" if self._sqlite else f"{name} + c.days"
        if isinstance(column.type, String) and column.unique:
            return f"{name} || '-' || c.n"
        return name

    def _moved(self, column: Column[object]) -> Table | None:
        """The table whose copies a number is one of."""
        if column is _key(column.table):  # type: ignore[arg-type]
            return column.table  # type: ignore[return-value]
        targets = [key.column.table for key in column.foreign_keys if key.column.table in self._copied]
        return targets[0] if targets else None

    def _highest(self, table: Table) -> int:
        key = _key(table)
        return self._say.execute(select(func.max(key))).scalar() or 0 if key is not None else 0


def _key(table: Table) -> Column[object] | None:
    """Its primary key, where that is a number of its own."""
    keys = [key for key in table.primary_key.columns if isinstance(key.type, Integer) and not key.foreign_keys]
    return keys[0] if len(keys) == len(table.primary_key.columns) == 1 else None
