"""A process that ends itself, by the signal that cannot be caught, before one statement or commit of what it does."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from sqlalchemy import event

from helpdesk import db


class Steps:
    """Counts the statements and commits of a database from now on; the process dies before the step `kill_at`."""

    def __init__(self, database: db.Database, kill_at: int | None) -> None:
        self.count, self._kill_at = 0, kill_at
        event.listen(database.engine, "before_cursor_execute", self.step)
        event.listen(database.engine, "commit", self.step)

    def step(self, *_anything: object) -> None:
        self.count += 1
        if self.count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def dies(does: Callable[[], object], *, name: str) -> None:
    """Do it in a process of its own, which has to die of it."""
    child = os.fork()
    if child == 0:
        try:
            does()
        finally:
            os._exit(1)
    _child, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"{name}: nothing was killed"
