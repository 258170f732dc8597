"""What has to ring and to be told, worked out from the diary alone.

A warning rings once, a breach once, at the first look after their time, if it is still true then.  The supervisor hears of a breach at
once, again after four working hours, and so on until it is over; mail waits for working hours, and is not sent for what is over by then.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tests.figures.clock_model import CaseClocks, Phase, Running
from tests.figures.house import working_times
from tests.figures.working_time import WorkingTime

AGAIN_AFTER = 4 * 3600  # working seconds
WHILE_PAUSED = timedelta(hours=1)
Ring = tuple[int, str, str, datetime, datetime]  # case, kind of clock, level, the deadline, when it rings


def rings(cases: dict[int, CaseClocks], looks: Sequence[datetime]) -> Counter[Ring]:
    """All that rings when somebody looks at the clocks at these instants."""
    return Counter(ring for number, case in cases.items() for clock in case.all for ring in _of_clock(number, clock, looks))


Telling = tuple[int, str, datetime, str]  # case, kind of clock, when, by «web» or «mail»


def tellings(cases: dict[int, CaseClocks], looks: Sequence[datetime], unseen: set[int]) -> Counter[Telling]:
    """All that the supervisor hears of breaches, but for cases that are not for their eyes."""
    found: Counter[Telling] = Counter()
    mailed: set[Telling] = set()
    for number, case in cases.items():
        for clock in case.all if number not in unseen else ():
            for _number, kind, level, _due, at in _of_clock(number, clock, looks):
                if level == "breach":
                    found.update((number, kind, when, how) for when, how in _told(case, clock, at, looks) if how == "web")
                    # Of two deadlines of a case that are told at one instant one mail says so.
                    mailed |= {(number, "any", when, how) for when, how in _told(case, clock, at, looks) if how == "mail"}
    return found + Counter(mailed)


def _told(case: CaseClocks, clock: Running, at: datetime, looks: Sequence[datetime]) -> Iterator[tuple[datetime, str]]:
    over = next((phase.since for phase in clock.phases if phase.stopped and phase.since >= at), None)
    told, look = at, bisect_left(looks, at)
    mails: list[datetime] = [at]
    yield at, "web"
    due = _calendar(case, told).after(told, AGAIN_AFTER)
    for now in looks[look:]:
        if over is not None and now > over:
            return
        if now >= due:
            due = _calendar(case, now).after(told, AGAIN_AFTER)
            if _stands(clock.phases, now):
                due = now + WHILE_PAUSED
            elif due <= now:
                yield now, "web"
                told, mails = now, [*mails, now]
                due = _calendar(case, told).after(told, AGAIN_AFTER)
        if mails and _calendar(case, now).works_at(now):
            yield from ((now, "mail") for _one in mails)
            mails = []


def _calendar(case: CaseClocks, at: datetime) -> WorkingTime:
    return working_times()[next((team for since, team in reversed(case.teams) if since < at), case.teams[0][1])]


def _stands(phases: Sequence[Phase], now: datetime) -> bool:
    """Whether it is the customer's turn, so that nobody of us can do anything about it."""
    last = next((phase for phase in reversed(phases) if phase.since < now), None)
    return last is not None and last.due is None and not last.stopped


def _of_clock(number: int, clock: Running, looks: Sequence[datetime]) -> list[Ring]:
    found: list[Ring] = []
    told: set[str] = set()
    ends = [*(phase.since for phase in clock.phases[1:]), None]
    for phase, end in zip(clock.phases, ends, strict=True):
        for level, at in (("warning", phase.warn), ("breach", phase.due)):
            if at is None or phase.due is None or level in told or "breach" in told:
                continue
            # A deed at the very instant of a look comes after it.
            look = _first(looks, max(at, phase.since), strictly_after=phase.since)
            if (
                look is None
                or (end is not None and look > end)
                or (level == "warning" and (look >= phase.due or at >= phase.due))
            ):
                continue
            told.add(level)
            found.append((number, clock.kind, level, phase.due, look))
    return found


def _first(looks: Sequence[datetime], at: datetime, *, strictly_after: datetime) -> datetime | None:
    place = bisect_left(looks, at)
    while place < len(looks) and looks[place] <= strictly_after:
        place += 1
    return looks[place] if place < len(looks) else None
