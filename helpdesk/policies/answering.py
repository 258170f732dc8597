"""When an answer may leave: what stops it, when a planned one goes, and what a case is again after one was taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

SHORTEST, LONGEST = 0, 60  # seconds in which an answer can be taken back
AHEAD = timedelta(days=366)  # how far an answer can be planned
MORNING = time(8)
PRESENT = timedelta(seconds=20)  # how long what a page said of its reader is believed

_MOVES = frozenset((
    "assigned", "given-to-team", "handed-over", "resolved", "reopened", "marked-spam", "merged", "merged-into", "unmerged", "split",
    "participant-added", "participant-removed", "requester-changed", "undeliverable",
))  # fmt: skip
_OF_ITS_OWN_ACCORD = frozenset(("acknowledged",))
_MACHINES = frozenset(("automatic", "bounce", "receipt", "calendar"))
MONDAY = 0


def is_news(deed: str, *, says: bool, flags: Collection[str] = ()) -> bool:
    """Whether an event may change what an answer has to say: somebody said something (`says`), or the case was moved."""
    return deed in _MOVES or (says and deed not in _OF_ITS_OWN_ACCORD and _MACHINES.isdisjoint(flags))


def tomorrow(now: datetime, zone: tzinfo) -> datetime:
    """Tomorrow at eight."""
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), MORNING, zone)


def next_monday(now: datetime, zone: tzinfo) -> datetime:
    """Monday at eight; on a Monday, that of next week."""
    today = now.astimezone(zone).date()
    return datetime.combine(today + timedelta(days=(MONDAY - today.weekday()) % 7 or 7), MORNING, zone)


def chosen_time(text: str, zone: tzinfo) -> datetime | None:
    """The instant that «2026-11-23T08:00» is here; None for nonsense."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    return local.replace(tzinfo=zone) if local.tzinfo is None else None


def can_wait_until(at: datetime, now: datetime) -> bool:
    """Whether an answer can be planned for then."""
    return now < at <= now + AHEAD


def facts_again(before: Mapping[str, Any], after: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a case once an answer was taken back: as they were, but for what others changed since.

    `before` and `after` are those around the answer.
    """
    again = {name: before[name] if now[name] == after[name] else now[name] for name in after}
    if again["state"] == "resolved":
        return again | {"waiting_since": None}
    if before["state"] == "new" and again["state"] == "open":
        again["state"] = "new"  # they wrote again meanwhile, but nobody has answered yet
    waits = [since for since in (before["waiting_since"], now["waiting_since"]) if since is not None]
    again["waiting_since"] = min(waits, default=None)
    return again
