"""Rules of the canary: a probe that leaves by the real route every so often, and has to come back."""

from __future__ import annotations

from datetime import datetime, timedelta

MISSED = 3  # probes in a row that may be missing
LEEWAY = timedelta(minutes=5)  # for a mailbox that is looked at every few minutes, and a relay that is busy
KEPT = timedelta(days=2)  # then a probe that came back is forgotten
TOLD = timedelta(days=800)  # for so long reports tell how long it was on its way: a year, and the year before


def is_due(sent_at: datetime | None, now: datetime, interval: timedelta) -> bool:
    """Whether a probe is to leave now.  A last one in the future is a clock's fault, and no reason to wait."""
    return bool(interval) and (sent_at is None or abs(now - sent_at) >= interval)


def begins_anew(sent_at: datetime | None, now: datetime, interval: timedelta) -> bool:
    """Whether nobody sent probes for a while (we did not run, or the canary was off), so that none can have come back."""
    return sent_at is None or abs(now - sent_at) > 2 * interval


def is_missing(since: datetime | None, now: datetime, interval: timedelta) -> bool:
    """Whether it is time to worry.  `since`: when the newest probe that came back was sent, or when probes began."""
    return bool(interval) and since is not None and now - since > MISSED * interval + LEEWAY
