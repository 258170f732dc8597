"""Databases that are copied as one likes, each under a name: files of SQLite, or databases of a PostgreSQL cluster."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psycopg
from pydantic import SecretStr

from helpdesk import db
from helpdesk.settings import Settings
from tests.conftest import SECRET
from tests.servers import wait_until


class Places(Protocol):
    """There is one from the beginning, called «first», with today's schema and nothing else."""

    def opens(self, name: str) -> db.Database: ...

    def copies(self, source: str, name: str) -> None: ...

    def forgets(self, name: str) -> None: ...

    def rests(self, name: str) -> None:
        """Wait until nobody is at work in it, for a server may learn late that somebody died; what they numbered is numbered again."""


def places_of(home: Path, migrated: str | None) -> Places:
    """In this folder, or in the cluster in which the migrated database lies."""
    return Cluster(home, migrated) if migrated and migrated.startswith("postgresql://") else Files(home, migrated)


class Files:
    def __init__(self, home: Path, migrated: str | None) -> None:
        self._home = home
        (home / "first").mkdir(mode=0o700)
        if migrated is not None:
            shutil.copy(migrated, home / "first" / "holdline.db")
        else:
            database = self.opens("first")
            db.upgrade(database)
            database.close()

    def opens(self, name: str) -> db.Database:
        return db.Database(Settings(_env_file=None, secret_key=SECRET, timezone="Europe/Berlin", data_dir=self._home / name))

    def copies(self, source: str, name: str) -> None:
        shutil.copytree(self._home / source, self._home / name)

    def forgets(self, name: str) -> None:
        shutil.rmtree(self._home / name)

    def rests(self, name: str) -> None:
        return None


class Cluster:
    def __init__(self, home: Path, migrated: str) -> None:
        self._home, self._base = home, migrated.rpartition("/")[0]
        self._copies(urlsplit(migrated).path.strip("/"), "first")

    def opens(self, name: str) -> db.Database:
        url = SecretStr(f"{self._base}/{_plain(name)}")
        return db.Database(
            Settings(_env_file=None, secret_key=SECRET, timezone="Europe/Berlin", data_dir=self._home, database_url=url)
        )

    def copies(self, source: str, name: str) -> None:
        self._copies(_plain(source), name)
        self.rests(name)  # a digest takes mails away, so the next number need not follow the last row

    def forgets(self, name: str) -> None:
        self._says(f"DROP DATABASE {_plain(name)} WITH (FORCE)")

    def rests(self, name: str) -> None:
        at_work = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{_plain(name)}'"
        wait_until(lambda: self._says(at_work) == 0, what=f"the end of the dead in {name}")
        with psycopg.connect(f"{self._base}/{_plain(name)}", autocommit=True) as connection:
            connection.execute(_COUNT_ON)  # type: ignore[call-overload]

    def _copies(self, source: str, name: str) -> None:
        self._says(f"CREATE DATABASE {_plain(name)} TEMPLATE {source}")

    def _says(self, sql: str) -> object:
        with psycopg.connect(f"{self._base}/postgres", autocommit=True) as connection:
            answer = connection.execute(sql)  # type: ignore[call-overload]
            row = answer.fetchone() if answer.description else None
        return row[0] if row else None


_COUNT_ON = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT table_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'id' AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL
    LOOP
        EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, ''id''), coalesce(max(id), 0) + 1, false) FROM %I',
            quote_ident(one.name), one.name);
    END LOOP;
END $$
"""


def _plain(name: str) -> str:
    return "kills_" + name.replace(" ", "_")
