"""What every test may ask for.  Servers live in `tests/servers.py`, the cast of the stories in `tests/cast.py`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from helpdesk import clock, db
from helpdesk.settings import Settings

# What others import before its assertions were rewritten would stay mute.
pytest.register_assert_rewrite("tests.cast", "tests.story_case", "tests.story_desk", "tests.ways")
pytest_plugins = ["tests.needs", "tests.long_run", "tests.statements", "tests.servers", "tests.postfix", "tests.dovecot"]

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SECRET = "a secret of the tests, long enough: 0123456789"

for name in [n for n in os.environ if n.startswith("HOLDLINE_") and not n.startswith("HOLDLINE_TEST_")]:
    del os.environ[name]  # the developer's own settings stay out of the tests


@pytest.fixture()
def settings(tmp_path: Path) -> Settings:
    """An installation of its own in a folder of its own."""
    return Settings(_env_file=None, secret_key=SECRET, data_dir=tmp_path / "var", timezone="Europe/Berlin")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with today's schema, to be copied: quicker than to migrate for each test."""
    folder = tmp_path_factory.mktemp("migrated")
    database = db.Database(Settings(_env_file=None, secret_key=SECRET, data_dir=folder))
    db.upgrade(database)
    database.close()
    return folder / "holdline.db"


@pytest.fixture()
def database(settings: Settings, migrated_sqlite: Path) -> Iterator[db.Database]:
    """An empty database with today's schema (SQLite)."""
    settings.data_dir.mkdir(mode=0o700)
    shutil.copy(migrated_sqlite, settings.data_dir / "holdline.db")
    database = db.Database(settings)
    yield database
    database.close()


@pytest.fixture()
def postgresql_database(settings: Settings, postgresql_url: str) -> Iterator[db.Database]:
    """An empty database with today's schema (PostgreSQL)."""
    database = db.Database(settings.model_copy(update={"database_url": SecretStr(postgresql_url)}))
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def each_database(request: pytest.FixtureRequest) -> db.Database:
    """The same test on SQLite and on PostgreSQL, for what hangs on locks and constraints."""
    database: db.Database = request.getfixturevalue("database" if request.param == "sqlite" else "postgresql_database")
    return database


@pytest.fixture()
def monday() -> Iterator[datetime]:
    """Time stands still: Monday, 2 November 2026, 10:00 in Berlin."""
    with clock.freeze(MONDAY):
        yield MONDAY
