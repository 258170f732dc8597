"""The figures that several reports share.  Each is made of the kinds of measures that are named here, and so are the cases behind it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from helpdesk.db import house
from helpdesk.models import Measure, Promise
from helpdesk.policies.measures import CLOCKS
from helpdesk.reports import amounts
from helpdesk.reports.reading import Reading, is_of
from helpdesk.reports.report import Behind, Figure, Period

STRETCHES = {  # what each stretch is measured by, and what goes on while it does
    "first-response": ("first-response", "first-response"),
    "next-reply": ("wait", "wait"),
    "resolution": ("resolution", "unsolved"),
    "first-resolution": ("first-resolution", None),
    "waited-for-customer": ("their-time", None),
    "first-action": ("first-action", "first-action"),
}
SHARES = {  # (counted in the value, counted in what it is of besides)
    "promises": (("promise-kept",), ("promise-broken",)),
    "compliance": (tuple(f"{clock}-met" for clock in CLOCKS), tuple(f"{clock}-missed" for clock in CLOCKS)),
    **{f"compliance-{clock}": ((f"{clock}-met",), (f"{clock}-missed",)) for clock in CLOCKS},
    "handovers-with-note": (("handover",), ("passed-on",)),
}
COUNTS = {
    "opened": "opened", "sent": "sent", "chasers": "chaser", "unanswered": "unanswered", "moves": "moved",
    "handovers-without-note": "passed-on", "arrivals": "arrived",
}  # fmt: skip


def stretch(reading: Reading, key: str) -> Figure:
    """A duration: half within, nine of ten within, and how many wait still."""
    kind, waits = STRETCHES[key]
    values, before = reading.values(kind, reading.scope.period), reading.values(kind, reading.scope.before)
    waiting = reading.waiting(waits, reading.until(reading.scope.period)) if waits else None
    return Figure(
        key,
        amounts.median(values),
        nine_of_ten=amounts.nine_of_ten(values),
        waiting=waiting,
        before=amounts.median(before),
        so_far=_is_running(reading),
        behind=Behind(key),
        behind_waiting=Behind(key, "waiting") if waits else None,
    )


def share(reading: Reading, key: str, *, so_far: bool | None = None) -> Figure:
    """So many of so many, and the cases of those that were not."""
    running = _is_running(reading) if so_far is None else so_far
    now, before = (amounts.share(*share_in(reading, key, one)) for one in (reading.scope.period, reading.scope.before))
    return Figure(key, now, before=before, so_far=running, behind=Behind(key, "missed"))


def share_in(reading: Reading, key: str, period: Period, teams: Collection[int] | None = None) -> tuple[int, int]:
    """The two numbers of a share."""
    met, missed = SHARES[key]
    some = sum(reading.number(kind, period, teams) for kind in met)
    return some, some + sum(reading.number(kind, period, teams) for kind in missed)


def count(reading: Reading, key: str) -> Figure:
    """How many there were."""
    kind = COUNTS[key]
    now, before = (amounts.count(reading.number(kind, one)) for one in (reading.scope.period, reading.scope.before))
    return Figure(key, now, before=before, so_far=_is_running(reading), behind=Behind(key))


def promises(reading: Reading) -> Figure:
    """Promises that were kept of those that were due."""
    period = reading.scope.period
    due = Promise.due_at >= max(period.begins_at, reading.scope.now), Promise.due_at < period.ends_at
    query = select(Promise.id).where(Promise.standing == "running", *due, reading.cases(Promise.case_number)).limit(1)
    return share(reading, "promises", so_far=reading.session.scalar(query) is not None)


# ── solutions: each case once, however often it was solved ───────────────────────────────────────────────────────────


def solved(reading: Reading, period: Period) -> int:
    """How many cases were solved in a period."""
    return reading.number("first-resolution", period) + _number(reading, "solved-again", period)


def reopened(reading: Reading) -> Figure:
    """How many of the cases that were solved came back by a word of theirs."""
    period, before = reading.scope.period, reading.scope.before
    now = amounts.share(_number(reading, "reopened", period), solved(reading, period))
    then = amounts.share(_number(reading, "reopened", before), solved(reading, before))
    return Figure("reopened", now, before=then, so_far=window_runs(reading), behind=Behind("reopened", "met"))


def solved_figure(reading: Reading) -> Figure:
    """How many cases were solved."""
    now, before = (amounts.count(solved(reading, one)) for one in (reading.scope.period, reading.scope.before))
    return Figure("resolved", now, before=before, so_far=_is_running(reading), behind=Behind("resolved"))


def one_and_done(reading: Reading) -> Figure:
    """How many of the cases that were solved needed one answer and did not come back."""
    now, before = (
        amounts.share(reading.number("one-and-done", one), solved(reading, one))
        for one in (reading.scope.period, reading.scope.before)
    )
    return Figure("one-and-done", now, before=before, so_far=window_runs(reading), behind=Behind("one-and-done", "met"))


def first_time(reading: Reading, kind: str, period: Period) -> Select[int]:
    """The cases of measures that have none of the same kind before them in the period, for the SELECT of numbers.

    Of some teams those are asked for in which these teams did nothing of the kind before: another's solution is not theirs.
    """
    query, its = reading.measured([kind], period), Measure.case_number
    is_first = or_(Measure.began_at.is_(None), Measure.began_at < period.begins_at)
    if reading.teams is None:
        return query.where(is_first)
    other = aliased(Measure)
    of_kind = other.kind.in_(("first-resolution", "solved-again") if kind == "solved-again" else (kind,))
    before = other.at >= period.begins_at, other.at < Measure.at
    return query.where(
        or_(is_first, ~exists().where(other.case_number == its, of_kind, *before, is_of(other.team_id, reading.teams)))
    )


def window_runs(reading: Reading) -> bool:
    """Whether anything that was solved in the period can still come back by itself."""
    return reading.scope.period.ends_at + house(reading.session).settings.grace > reading.scope.now


def _number(reading: Reading, kind: str, period: Period) -> int:
    found = first_time(reading, kind, period).subquery()
    return reading.session.scalar(select(func.count()).select_from(found)) or 0


def _is_running(reading: Reading) -> bool:
    return reading.scope.period.ends_at > reading.scope.now
