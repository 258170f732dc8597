"""What one mail costs does not grow with what lies in the database, nor with how many people it names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from tests.story_desk import Desk
from tests.ways import in_process

GROWING = (
    "arrival",
    "cases",
    "entry",
    "event",
    "inbound_mail",
    "outbox",
    "participant",
    "person",
    "reply_address",
    "search_text",
)


@contextlib.contextmanager
def asked(desk: Desk) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that the database hears meanwhile, with its values."""
    heard: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        heard.append((statement, values))

    event.listen(desk.database.engine, "before_cursor_execute", note)
    yield heard
    event.remove(desk.database.engine, "before_cursor_execute", note)


def scanned(desk: Desk, heard: list[tuple[str, Any]]) -> set[str]:
    """The growing tables that a statement reads from end to end, with the statement."""
    found = set()
    with desk.database.engine.connect() as connection:
        for statement, values in heard:
            if statement.startswith("SELECT") and " WHERE " in statement.replace("\n", " "):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                found |= {f"{line[3]}: {statement}" for line in plan if line[3] in {f"SCAN {table}" for table in GROWING}}
    return found


@in_process
def test_no_mail_on_its_way_in_has_a_table_read_from_end_to_end(desk, anna, bob) -> None:
    with asked(desk) as heard:
        case = anna.writes("The printer is on fire")
        anna.sends("It still burns", to=case.door.address)
    assert scanned(desk, [(statement, values) for statement, values in heard if "FROM job" not in statement]) == set()


@pytest.mark.parametrize("way", ["pipe-sqlite"], indirect=True)
def test_a_mail_to_three_hundred_people_asks_the_database_for_few_of_them(desk, anna) -> None:
    with asked(desk) as heard:
        anna.writes("To all", cc=[f"person{number}@somewhere{number}.example" for number in range(300)])
    assert len(heard) < 300
