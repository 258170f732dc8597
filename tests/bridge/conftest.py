"""A desk whose mail goes to a relay that follows a script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from helpdesk.db import Database
from tests.outbox_desk import Desk
from tests.scripted_relay import ScriptedRelay


@pytest.fixture()
def relay() -> Iterator[ScriptedRelay]:
    with ScriptedRelay().running() as relay:
        yield relay


@pytest.fixture()
def desk(database: Database, relay: ScriptedRelay, monday: datetime) -> Desk:
    return Desk(database, relay)
