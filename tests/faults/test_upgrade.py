"""An older installation, with what lies in it, becomes one of today."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy.exc import IntegrityError

from helpdesk import db
from helpdesk.models import Case
from helpdesk.settings import Settings

OLDER = "2026_11_21_growth"
ROWS = (
    "INSERT INTO desk (id, address, name, language, sender, acknowledges, active) VALUES (1, 'help@example.org', 'Help', 'en', 'full', 1, 1)",
    "INSERT INTO person (id, address, name, created_at) VALUES (1, 'anna@customer.example', 'Anna', '2026-11-01 10:00:00')",
    ("INSERT INTO cases (number, subject, state, language, desk_id, requester_id, opened_at, changed_at, last_words)"
    " VALUES (1001, 'Printer', 'open', 'en', 1, 1, '2026-11-01 10:00:00', '2026-11-01 10:00:00', 'Fire')"),
    "INSERT INTO participant (id, case_number, person_id, role, since, their_ticket) VALUES (1, 1001, 1, 'requester', '2026-11-01 10:00:00', '')",
)  # fmt: skip


@pytest.fixture()
def older(settings: Settings) -> Iterator[db.Database]:
    """A database of an earlier version, with a case in it."""
    database = db.Database(settings)
    with database.engine.execution_options(holdline_writes=True).begin() as connection:
        command.upgrade(db._alembic(connection), OLDER)
        for row in ROWS:
            connection.exec_driver_sql(row)
    yield database
    database.close()


def test_what_lies_in_an_older_database_is_there_after_the_upgrade(older: db.Database) -> None:
    db.upgrade(older)
    assert db.schema_differences(older) == []
    with older.reading() as session:
        case = session.get_one(Case, 1001)
        assert (case.subject, case.requester.name, case.requester.note) == ("Printer", "Anna", "")
        assert [one.person.address for one in case.participants] == ["anna@customer.example"]


def test_after_an_upgrade_nothing_points_into_the_void(older: db.Database) -> None:
    db.upgrade(older)
    with pytest.raises(IntegrityError), older.engine.begin() as connection:
        connection.exec_driver_sql(ROWS[-1].replace("1001", "4711").replace("VALUES (1,", "VALUES (2,"))


def test_an_upgrade_over_damaged_rows_is_taken_back(older: db.Database) -> None:
    with older.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("UPDATE participant SET person_id = 99")
        raw.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(RuntimeError, match="participant points at a row of person"):
        db.upgrade(older)
    assert not db.is_current(older)
