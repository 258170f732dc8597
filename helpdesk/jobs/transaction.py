"""A deed in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from helpdesk.db import Database

Result = TypeVar("Result")


def in_one(database: Database, what: Callable[[Session], Result]) -> Result:
    """What it answers, once it is committed."""
    with database.transaction() as session:
        return what(session)
