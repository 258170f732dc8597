"""What two cases are when they have become one."""

from __future__ import annotations

from datetime import datetime

from helpdesk.policies.cases import State
from helpdesk.policies.sight import Kept


def state_of_both(one: State, other: State) -> State:
    """The state of the one case that both become: whoever waits for us goes first, then whoever we wait for.

    «new» says that nobody has been answered yet, so it stays only where that holds for all of it.
    """
    both = {one, other}
    if both <= {"new", "resolved"}:
        return "new" if both == {"new"} else "open" if "new" in both else "resolved"
    return "open" if both & {"new", "open"} else "waiting"


def waiting_since(one: datetime | None, other: datetime | None) -> datetime | None:
    """Whoever waits longest counts."""
    return min((at for at in (one, other) if at is not None), default=None)


def would_tell(case: Kept, into: Kept) -> bool:
    """Whether somebody who knows of `into` would come to know of `case`, which is kept from them."""
    if not case.outsiders <= into.outsiders:
        return True
    return case.is_confidential and not (into.is_confidential and into.insiders <= case.insiders)
