"""What has to ring, worked out from the diary alone: a warning once, a breach once, at the first look after their time, if still true."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from tests.figures.clock_model import CaseClocks, Running

Ring = tuple[int, str, str, datetime, datetime]  # case, kind of clock, level, the deadline, when it rings


def rings(cases: dict[int, CaseClocks], looks: Sequence[datetime]) -> Counter[Ring]:
    """All that rings when somebody looks at the clocks at these instants."""
    return Counter(ring for number, case in cases.items() for clock in case.all for ring in _of_clock(number, clock, looks))


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
