"""The desk of the figures, lived through once for each database and asked by many tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from helpdesk.db import Database
from helpdesk.settings import Settings
from tests.conftest import SECRET
from tests.figures.desk import Lived, live
from tests.figures.life import Pace

LONG = bool(os.environ.get("HOLDLINE_TEST_LONG"))
# Three months, in which Berlin's and New York's clocks go back; and six weeks in which both go forward.  In the everyday run fewer
# cases have to go through as much.
AUTUMN = Pace(2000, datetime(2024, 9, 16, 4, tzinfo=UTC), 91)
SPRING = Pace(150, datetime(2025, 3, 3, 4, tzinfo=UTC), 42)
EVERYDAY = {"sqlite": Pace(60, AUTUMN.begin, AUTUMN.days, odd=3), "postgresql": Pace(30, SPRING.begin, SPRING.days, odd=3)}


@contextmanager
def on_a_database(request: pytest.FixtureRequest, folder: Path, kind: str, **more: Any) -> Iterator[Database]:
    """An empty database of this kind, of an installation with these settings."""
    settings = Settings(_env_file=None, secret_key=SECRET, data_dir=folder, timezone="Europe/Berlin", **more)
    with ExitStack() as stack:
        if kind == "sqlite":
            shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "holdline.db")
        else:
            cluster, template = request.getfixturevalue("postgresql"), request.getfixturevalue("migrated")
            url = SecretStr(stack.enter_context(cluster.database(template=template)))
            settings = settings.model_copy(update={"database_url": url})
        database = Database(settings)
        stack.callback(database.close)
        yield database


def lives(request: pytest.FixtureRequest, folder: Path, kind: str, pace: Pace) -> Iterator[Lived]:
    """Such days on a database of this kind."""
    with on_a_database(request, folder, kind) as database:
        yield live(database, pace)


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Three months of a desk with 2,000 cases, or in the everyday run a smaller desk on each database."""
    pace = AUTUMN if LONG else EVERYDAY[request.param]
    yield from lives(request, tmp_path_factory.mktemp("figures"), request.param, pace)


@pytest.fixture(scope="session")
def lived_in_spring(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Six weeks in which summer time begins."""
    yield from lives(request, tmp_path_factory.mktemp("spring"), "sqlite", SPRING)
