"""Until when somebody has to hear from us, and when a clock rings.  What starts and stops it is told in policies.clocks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from helpdesk.policies.hours import Hours

Kind = Literal["first-response", "next-reply", "resolution"]
Unit = Literal["minutes", "hours", "days", "months"]
End = Literal["met", "missed", "dropped"]
Level = Literal["warning", "breach"]

KINDS: tuple[Kind, ...] = get_args(Kind)
UNITS: tuple[Unit, ...] = get_args(Unit)
MOST: dict[Unit, int] = {"minutes": 10_000, "hours": 2_000, "days": 1_000, "months": 36}
SWEEPS_APART = timedelta(minutes=10)
_SECONDS = {"minutes": 60, "hours": 3600}


@dataclass(frozen=True)
class Allowance:
    """How long somebody may have to wait: minutes and hours of working time, days and months of the calendar."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"

    @property
    def seconds(self) -> int | None:
        """In working seconds; None where the calendar tells it."""
        return self.amount * _SECONDS[self.unit] if self.unit in _SECONDS else None


def allowance(text: str) -> Allowance | None:
    """What «8 hours» stands for; None for "" and for nonsense."""
    amount, _space, unit = text.partition(" ")
    found = next((one for one in UNITS if one == unit), None)
    if found is None or not (amount.isascii() and amount.isdigit() and len(amount) < 6) or not 0 < int(amount) <= MOST[found]:
        return None
    return Allowance(int(amount), found)


@dataclass(frozen=True)
class Clock:
    """One clock of a case; its fields are told in models.CaseClock."""

    kind: Kind
    policy_id: int
    calendar_id: int
    team_id: int | None
    allowance: str
    warn_percent: int
    started_at: datetime
    counted_from: datetime
    spent: int = 0
    paused_at: datetime | None = None
    due_at: datetime | None = None
    alarm_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    end: End | None = None

    @property
    def runs(self) -> bool:
        """Whether a deadline draws nearer, or is past."""
        return self.stopped_at is None and self.paused_at is None

    @property
    def is_in_working_time(self) -> bool:
        """Whether its allowance is of working time, and not of the calendar."""
        told = allowance(self.allowance)
        return told is not None and told.seconds is not None


def nearest(clocks: Collection[Clock]) -> datetime | None:
    """The deadline of a case that comes first, or passed first."""
    return min((clock.due_at for clock in clocks if clock.runs and clock.due_at is not None), default=None)


def due(clock: Clock, hours: Hours) -> datetime | None:
    """The deadline of a clock that runs; None where no time ever comes that counts."""
    told = allowance(clock.allowance)
    if told is None:
        return None
    if told.seconds is not None:
        return hours.add(clock.counted_from, told.seconds - clock.spent)
    if told.unit == "days":
        return hours.end_of_day(clock.counted_from, days=told.amount)
    return hours.end_of_day(clock.counted_from, months=told.amount)


def warns_at(clock: Clock, hours: Hours) -> datetime | None:
    """When its share of the allowance is gone, so that somebody is warned; None where that was before what is counted now."""
    told = allowance(clock.allowance)
    if told is None or clock.due_at is None:
        return None
    if told.seconds is None:
        return clock.counted_from + (clock.due_at - clock.counted_from) * clock.warn_percent / 100
    left = told.seconds * clock.warn_percent // 100 - clock.spent
    return hours.add(clock.counted_from, left) if left > 0 else None


def is_broken(clock: Clock, now: datetime) -> bool:
    """Whether its deadline passed while it runs."""
    return clock.runs and clock.due_at is not None and clock.due_at <= now


def is_at_risk(clock: Clock, now: datetime) -> bool:
    """Whether its deadline is ahead and the share of its allowance is gone at which somebody is warned.

    From then on it rings next at the deadline itself; the database can ask the same (queries.burning).
    """
    if not clock.runs or clock.due_at is None or clock.due_at <= now or clock.alarm_at is None:
        return False
    return clock.alarm_at <= now or clock.alarm_at >= clock.due_at


def rung(clock: Clock, now: datetime) -> tuple[Clock, Level]:
    """A clock whose alarm time has come, afterwards, and what it rang for: one warning, then one breach, then nothing more."""
    assert clock.due_at is not None
    if clock.due_at <= now:
        return replace(clock, breached_at=clock.due_at, alarm_at=None), "breach"
    return replace(clock, warned_at=now, alarm_at=clock.due_at), "warning"


def may_ring(last: datetime | None, now: datetime) -> bool:
    """Whether the time can be believed enough to ring: it follows another look closely.

    After a longer silence it may have jumped, and will be put back within minutes; so the next look decides.
    """
    return last is not None and timedelta(0) <= now - last <= SWEEPS_APART
