"""What can be taken back, how long, and what stands against it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal, Protocol

from helpdesk.policies.permissions import Deed

# Pages offer it for ten seconds, longer while somebody looks at the offer, and without scripts until the next page.
HEARD_FOR = timedelta(minutes=2)

NEEDS: dict[str, Deed] = {
    "assigned": "case.assign",
    "resolved": "case.resolve",
    "reopened": "case.reopen",
    "tagged": "case.change",
    "untagged": "case.change",
    "marked-spam": "case.spam",
    "unmarked-spam": "case.spam",
    "friction-marked": "case.change",
    "escalation-seen": "case.assign",
    "escalation-taken": "case.assign",
    "escalation-handed-back": "case.assign",
    "linked": "case.link",
    "unlinked": "case.link",
    "split": "case.merge",
    "handed-over": "case.assign",
    "given-to-team": "case.assign",
    "participant-added": "case.address",
    "participant-removed": "case.address",
    "requester-changed": "case.address",
    "address-revoked": "case.address",
    "address-extended": "case.address",
}

# What such a deed brings about at the same instant: once it is taken back, that was never so.
BRINGS: dict[str, tuple[str, ...]] = {
    "handed-over": ("assigned",),
    "given-to-team": ("assigned",),
    "participant-added": ("address-issued",),
    "participant-removed": ("address-revoked",),
    "address-revoked": ("address-issued",),
}

# Nothing else in the case depends on these, so whatever happened since does not matter.
APART = frozenset(("linked", "unlinked"))

Obstacle = Literal["", "foreign", "late", "overtaken"]


class Done(Protocol):
    """A deed as it was recorded."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def deed(self) -> str: ...
    @property
    def agent_id(self) -> int | None: ...


def obstacle(event: Done, since: Iterable[Done], *, agent_id: int, now: datetime) -> Obstacle:
    """Why this deed cannot be taken back by this agent; "" where it can.  `since`: what was done to its case after it."""
    if event.deed not in NEEDS or event.agent_id != agent_id:
        return "foreign"
    if now - event.at > HEARD_FOR:
        return "late"
    if event.deed in APART:
        return ""
    return "overtaken" if any(not _same_click(event, other) for other in since) else ""


def _same_click(event: Done, other: Done) -> bool:
    """An answer that also solves a case records several deeds at one instant."""
    if other.deed in BRINGS.get(event.deed, ()):
        return other.at == event.at
    return other.deed in NEEDS and (other.at, other.agent_id) == (event.at, event.agent_id)
