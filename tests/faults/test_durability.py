"""A 250 rests on one commit that has reached the disk (RFC 5321 §6.1)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.engine import Connection

from helpdesk import clock
from helpdesk.db import Database
from helpdesk.engines import url_of
from helpdesk.models import Blob, InboundMail, Job
from mail import inbound
from mail.inbound import Parcel
from mail.letter import Envelope

RAW = b"From: anna@customer.example\r\nSubject: Fire\r\n\r\nIt burns.\r\n"


def parcel(raw: bytes = RAW) -> Parcel:
    return Parcel(raw, Envelope("smtp", "anna@customer.example", ("help@example.org",), "127.0.0.1", clock.now()))


def test_sqlite_waits_for_the_disk_at_every_commit_of_every_connection(database: Database) -> None:
    with database.engine.connect() as one, database.engine.connect() as two:
        for connection in (one, two):
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2  # FULL: fsync of the WAL at each commit
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


@pytest.mark.needs("postgresql")
def test_postgresql_waits_for_the_disk_whatever_its_own_default_is(postgresql_database: Database) -> None:
    with postgresql_database.engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"  # the tests' server says off


def test_what_was_accepted_is_committed_when_accept_returns(each_database: Database) -> None:
    """Seen by another connection: with nothing but its rows, its bytes and the order to read it."""
    inbound.accept(each_database, [parcel(), parcel(RAW + b"More.\r\n")])
    other = create_engine(url_of(each_database.house.settings.database))
    with other.connect() as connection:
        for table in (InboundMail, Blob, Job):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 2
    other.dispose()


def test_accept_returns_after_its_one_commit(database: Database) -> None:
    happened: list[str] = []

    @event.listens_for(database.engine, "commit")
    def committed(_connection: Connection) -> None:
        happened.append("commit")

    inbound.accept(database, [parcel(), parcel(RAW + b"More.\r\n"), parcel(RAW + b"And more.\r\n")])
    happened.append("answer")
    assert happened == ["commit", "answer"]


def test_no_receipt_is_given_for_what_could_not_be_committed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_connection: Connection) -> None:
        raise OSError("No space left on device")

    event.listen(database.engine, "commit", full)
    with pytest.raises(OSError, match="No space left"):
        inbound.accept(database, [parcel()])
    event.remove(database.engine, "commit", full)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(InboundMail)) == 0


def test_a_database_that_is_locked_keeps_nothing_and_says_so(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
        connection.rollback()
    holder = sqlite3.connect(database.house.settings.data_dir / "holdline.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Exception, match="locked"):
        inbound.accept(database, [parcel()])
    holder.execute("ROLLBACK")
    holder.close()
    inbound.accept(database, [parcel()])


def test_the_files_are_for_their_owner_only(database: Database, settings) -> None:
    assert Path(settings.data_dir).stat().st_mode & 0o077 == 0


@pytest.mark.needs("postgresql")
def test_an_unfinished_schema_is_not_left_behind(postgresql, settings) -> None:
    """All of the migration is one transaction: killed in its midst, it may be run again."""
    from pydantic import SecretStr

    from helpdesk import db

    with postgresql.database() as url:
        database = Database(settings.model_copy(update={"database_url": SecretStr(url)}))
        with database.engine.connect() as connection:
            connection.execute(text("CREATE TABLE search_text (id int)"))  # what the migration will stumble over
            connection.commit()
        with pytest.raises(Exception, match="search_text"):
            db.upgrade(database)
        with database.engine.connect() as connection:
            tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
            assert tables == ["search_text"]
            connection.execute(text("DROP TABLE search_text"))
            connection.commit()
        db.upgrade(database)
        assert db.is_current(database)
        database.close()
