"""Promises to customers: which time is honest, when somebody is told that one is near, and what becomes of it.

acknowledgement   the time named when a case begins; the first answer by a human keeps it
agent             «by Friday» in an answer; the next answer keeps it, a new day in that answer renews it, and so does solving the case

A promise ends where its day or hour ends: whatever comes later finds it broken, and it stays so.  What is renewed was told to the
customer before it was late; it is neither kept nor broken.  What nobody waits for any more (spam, withdrawn, solved without an
answer) is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Literal, get_args

from helpdesk.policies.hours import Hours
from helpdesk.policies.sla import Allowance

Kind = Literal["acknowledgement", "agent"]
Standing = Literal["running", "kept", "broken", "renewed", "dropped"]
Naming = Literal["own", "policy", "none"]  # which time a desk names: by its own days past, by its deadline, or none
NAMINGS: tuple[Naming, ...] = get_args(Naming)

DAYS_BACK = timedelta(days=30)
FEWEST = 20  # cases without which nothing is said of nine in ten
SHARE = 0.9
HOUR = 3600
FARTHEST = timedelta(days=366)  # how far an agent can promise
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True)
class Wait:
    """How long somebody waited for the first answer, in working seconds.  Who still waits, or stopped to, waited at least so long."""

    seconds: int
    answered: bool


def nine_of_ten(waits: Sequence[Wait]) -> int | None:
    """Within how many working seconds nine of ten had their first answer; None where fewer had one at all.

    By the estimator of Kaplan and Meier: whoever still waits counts among those who waited at least so long.  Without them a desk
    that answers half of its mail at once and the rest never would seem quick; were they counted as answered now, one that has just
    been written to would seem so.
    """
    unanswered, at_risk = 1.0, len(waits)
    for wait in sorted(waits, key=lambda wait: (wait.seconds, not wait.answered)):
        if wait.answered:
            unanswered *= 1 - 1 / at_risk
            if unanswered <= 1 - SHARE + 1e-9:
                return wait.seconds
        at_risk -= 1
    return None


def sayable(at: datetime, zone: tzinfo) -> datetime:
    """The full hour that one says for it: never an earlier time.  The last second of a day stays, it is said as the day."""
    local = at.astimezone(zone)
    if is_whole_day(at, zone) or (local.minute, local.second, local.microsecond) == (0, 0, 0):
        return at
    return at - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond) + timedelta(hours=1)


def is_whole_day(at: datetime, zone: tzinfo) -> bool:
    """Whether a day was named and no hour."""
    return at.astimezone(zone).time().replace(microsecond=0) == LAST_SECOND


def honest_time(seconds: int, hours: Hours, now: datetime) -> datetime | None:
    """The instant that is named for an answer within so many working seconds; at least an hour ahead.  None where nobody ever works."""
    at = hours.add(now, max(seconds, HOUR))
    return None if at is None else sayable(at, hours.zone)


def by_deadline(allowance: Allowance, hours: Hours, now: datetime) -> datetime | None:
    """The instant that is named where a deadline tells it; of one in days and months of the calendar, the day."""
    if allowance.seconds is not None:
        return honest_time(allowance.seconds, hours, now)
    if allowance.unit == "days":
        return hours.end_of_day(now, days=allowance.amount)
    return hours.end_of_day(now, months=allowance.amount)


@dataclass(frozen=True)
class Looks:
    """When a promise asks for a look: whoever holds the case is told, and the customer is, before its time has come."""

    warn_at: datetime
    tell_at: datetime | None  # None: there is no working time in which to tell them


def looks(made_at: datetime, due_at: datetime, hours: Hours) -> Looks:
    """The holder hears of it when a quarter of its working time is left, a day at the most; the customer in the last hour of it."""
    whole = hours.between(made_at, due_at)
    if whole < HOUR // 4:
        return Looks(due_at - (due_at - made_at) / 4, None)
    left = min(max(whole // 4, HOUR), whole // 2, hours.usual_day() or whole)
    return Looks(_while_open(hours, made_at, whole - left) or due_at, _while_open(hours, made_at, whole - min(HOUR, whole // 4)))


def _while_open(hours: Hours, start: datetime, seconds: int) -> datetime | None:
    """When so much working time has passed: rather when the next span opens than when one closes."""
    at = hours.add(start, seconds + 1)
    return at - timedelta(seconds=1) if at is not None else None


@dataclass(frozen=True)
class Deed:
    """What was done to a case, as far as its promises ask."""

    at: datetime
    answered: bool = False  # somebody of us answered, and the customer can read or heard it
    promises: bool = False  # that answer named a new day
    solved: bool = False
    by_us: bool = True
    away: bool = False  # spam, withdrawn: nobody waits for it

    @property
    def ends(self) -> bool:
        """Whether nobody is owed an answer after it, be it late or not."""
        return self.answered or self.solved or self.away


def becomes(kind: Kind, due_at: datetime, deed: Deed) -> Standing:
    """What a running promise is after a deed."""
    if due_at < deed.at:
        return "broken"
    if deed.answered:
        return "renewed" if kind == "agent" and deed.promises else "kept"
    if deed.solved:
        return "kept" if kind == "agent" and deed.by_us else "dropped"
    return "dropped" if deed.away else "running"


def can_promise(at: datetime, now: datetime) -> bool:
    """Whether somebody can promise an answer for then."""
    return now < at <= now + FARTHEST


def named(text: str, zone: tzinfo) -> datetime | None:
    """The instant that «2026-12-04» (until that day ends) or «2026-12-04T14:00» stands for here; None for nonsense."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if "T" not in text.strip() and " " not in text.strip():
        return datetime.combine(at.date(), LAST_SECOND, zone)
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def end_of(at: datetime, zone: tzinfo) -> datetime:
    """The last second of the day in which an instant lies."""
    return datetime.combine(at.astimezone(zone).date(), LAST_SECOND, zone)
