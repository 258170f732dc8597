"""When the clock can be believed, and how long to wait before the next try."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_PAUSE = timedelta(days=3)  # a machine that was switched off over a long weekend is plausible
FEW, SHARE = 50, 0.05

_BACKOFF = [timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120)]
_SLOWEST = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=5)  # RFC 5321 §4.5.4.1: at least four to five days


def clock_is_plausible(last: datetime | None, now: datetime) -> bool:
    """Whether `now` may follow the sweep at `last`: neither back in time nor far ahead."""
    return last is None or timedelta(minutes=-5) <= now - last <= LONGEST_PAUSE


def too_many(changing: int, of: int) -> bool:
    """Whether one sweep would change so much at once that a wrong clock is the likelier reason."""
    return changing > FEW and changing > of * SHARE


def next_try(attempts: int, first: datetime, now: datetime) -> datetime | None:
    """When to try a delivery again after this many attempts; None to give up."""
    if now - first >= GIVE_UP_AFTER:
        return None
    return now + (_BACKOFF[attempts - 1] if 0 < attempts <= len(_BACKOFF) else _SLOWEST)
