"""What the clocks of a case have to say, worked out from the diary alone.

First response runs from the first message that waits until a human answers.  Next reply runs from the oldest unanswered message,
once the first response is over; nothing restarts it.  Resolution runs until the case is solved and stands while they are to answer.
What has passed was counted by the calendar of the team that had the case then.  A breach belongs to whoever had the case at the
deadline and stays one.  Whatever comes back (reopened, undeliverable, no spam after all) is never late at that instant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.figures.diary import Diary, Line
from tests.figures.house import OVERSEAS, promised, working_times
from tests.figures.rating_model import heard
from tests.figures.working_time import WorkingTime

KINDS = ("first-response", "next-reply", "resolution")
ANSWERS = ("answer", "call")
SECONDS = {"minutes": 60, "hours": 3600}


@dataclass(frozen=True)
class Phase:
    """From an instant on somebody is to be warned at `warn`, and told of the breach at `due`; None: not at all."""

    since: datetime
    warn: datetime | None = None
    due: datetime | None = None
    stopped: bool = False


@dataclass
class Running:
    """One clock of a case, and what is known of it at the end of the story."""

    kind: str
    started: datetime
    team: str
    allowance: str
    overseas: bool  # by the policy of that team, which warns earlier
    day: datetime  # the day from which on the calendar counts, where days and months are promised
    since: datetime  # it has been counted up to here …
    spent: int = 0  # … and so much had passed by then
    stands: bool = False
    breached: datetime | None = None
    breached_by: str = ""
    ended: datetime | None = None
    end: str = ""
    anew: bool = True  # how long it has been counted was changed just now
    phases: list[Phase] = field(default_factory=list)

    @property
    def calendar(self) -> WorkingTime:
        return working_times()[self.team]

    @property
    def seconds(self) -> int | None:
        """The allowance, where it is one of working time."""
        amount, unit = self.allowance.split()
        return int(amount) * SECONDS[unit] if unit in SECONDS else None

    @property
    def due(self) -> datetime | None:
        """When it is late, if it runs on as it is now; the instant of the breach where it was."""
        if self.breached is not None:
            return self.breached
        if self.stands:
            return None
        if self.seconds is not None:
            return self.calendar.after(self.since, self.seconds - self.spent)
        amount, unit = self.allowance.split()
        day = self.calendar.day_of(self.day)
        if unit == "days":
            return self.calendar.end_of(day + timedelta(days=int(amount)))
        month = day.month + int(amount)
        while True:  # the day with the same number, or the last of its month
            try:
                later = day.replace(year=day.year + (month - 1) // 12, month=(month - 1) % 12 + 1)
                return self.calendar.end_of(later)
            except ValueError:
                day -= timedelta(days=1)

    def live(self, until: datetime) -> None:
        """Time passes: is it late before `until`?"""
        if self.ended is not None or self.stands:
            return
        due = self.due
        if self.breached is None and due is not None and due < until:
            self.breached, self.breached_by = due, self.team
        if self.seconds is not None and self.breached is None and until > self.since:
            self.spent += self.calendar.worked(self.since, until)
            self.since = until

    def warns(self) -> datetime | None:
        """When its share of the allowance is gone; None where that was before what is counted now."""
        percent = 50 if self.overseas else 75
        if self.seconds is None:
            assert self.due is not None
            return self.day + (self.due - self.day) * percent / 100
        left = self.seconds * percent // 100 - self.spent
        return self.calendar.after(self.since, left) if left > 0 else None

    def stop(self, at: datetime, end: str) -> None:
        if self.ended is None:
            self.ended, self.end = at, "missed" if self.breached else end
            self.phases.append(Phase(at, stopped=True))

    def begin_again(self, since: datetime) -> None:
        """Counted anew from an instant."""
        self.day, self.since, self.spent, self.anew = since, since, 0, True


class CaseClocks:
    """The clocks of one case, line after line."""

    def __init__(self, first: Line) -> None:
        self.team, self.priority = first.more["team"], first.more["priority"]
        self.state, self.waits_since, self.away = "new", None, False
        self.teams = [(first.at, self.team)]  # since when it has been whose
        self.ours = first.deed == "began"
        self.opened = first.at
        self.all: list[Running] = []
        self._newest: dict[str, Running] = {}

    def live(self, until: datetime) -> None:
        for clock in self._newest.values():
            clock.live(until)

    def happens(self, lines: Iterable[Line], other: CaseClocks | None = None) -> None:
        """What was done to it at one instant.  `other`: the case that was merged into it."""
        lines = list(lines)
        now = lines[0].at
        self.live(now)
        deeds = {line.deed for line in lines}
        back = "reopened" in deeds or "bounce" in deeds or "no-spam" in deeds
        back = back or ("mail" in deeds and self.state == "resolved")
        if deeds & {*ANSWERS}:
            for kind in ("first-response", "next-reply"):
                if kind in self._newest:
                    self._newest[kind].stop(now, "met")
        for line in lines:
            self._become(line)
        if other is not None:
            self._take_in(other)
        self._set(now, back=back, promise=promised(self.team, self.priority))

    # ── whose turn it is ─────────────────────────────────────────────────────────────────────────────────────────────

    def _become(self, line: Line) -> None:
        match line.deed:
            case "mail":
                self.waits_since = self.waits_since or line.at
                self.state = "new" if self.state == "new" else "open"
            case "split":
                self.waits_since = line.more["mail_at"]
            case "answer" | "call":
                self.waits_since = None
                if self.state != "resolved":
                    self.state = "waiting"
                if line.more.get("resolves"):
                    self.state = "resolved"
            case "solved":
                self.state, self.waits_since = "resolved", None
            case "reopened":
                self.state = "open"
            case "bounce":
                self.state = "open" if self.state in ("waiting", "resolved") else self.state
            case "team":
                self.team = line.more["to"]
                self.teams.append((line.at, self.team))
            case "spam":
                self.away = True
            case "no-spam":
                self.away = False
            case "merged" | "withdrawn":
                self.away = True

    def _take_in(self, other: CaseClocks) -> None:
        both = {self.state, other.state}
        self.state = "new" if both == {"new"} else "open" if both & {"new", "open"} else "waiting"
        self.waits_since = min((at for at in (self.waits_since, other.waits_since) if at is not None), default=None)

    # ── what runs ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _wanted(self, kind: str) -> bool:
        if self.away or self.state == "resolved":
            return False
        first = self.state == "new" and not self.ours and self.waits_since is not None
        if kind == "first-response":
            return first
        if kind == "next-reply":
            return not first and (self.state == "open" or (self.state == "new" and self.waits_since is not None))
        return True

    def _set(self, now: datetime, *, back: bool, promise: object) -> None:
        for kind in KINDS:
            clock = self._newest.get(kind)
            if not self._wanted(kind):
                if clock is not None and clock.ended is None:
                    met = not self.away and (self.state == "waiting" or (kind == "resolution" and self.state == "resolved"))
                    clock.stop(now, "met" if met else "dropped")
                continue
            if clock is None or not self._is_the_same(clock, back):
                clock = self._start(kind, now, back)
            elif clock.ended is not None:
                self._take_up(clock, now, back)
            self._older_wait(clock)
            before = clock.team, clock.allowance
            if clock.breached is None:
                clock.team, clock.allowance = self.team, getattr(promise, kind.replace("-", "_"))
                clock.overseas = promise is OVERSEAS
                if clock.seconds is None and before[1].split()[1] in SECONDS:
                    clock.day = clock.started
            self._pause(clock, now)
            if clock.stands:
                clock.phases.append(Phase(now))
            elif clock.breached is None and (clock.anew or (clock.team, clock.allowance) != before):
                clock.phases.append(Phase(now, clock.warns(), clock.due))
            elif clock.breached is not None and clock.phases[-1].due is None:
                clock.phases.append(Phase(now, None, clock.breached))
            clock.anew = False

    def _is_the_same(self, clock: Running, back: bool) -> bool:
        """Whether a clock that was stopped is the one that is wanted again."""
        if clock.ended is None or clock.kind == "resolution":
            return True
        return clock.started == self.waits_since or (self.waits_since is None and not back)

    def _start(self, kind: str, now: datetime, back: bool) -> Running:
        started = self.opened if kind == "resolution" else (self.waits_since or now)
        since = now if back and kind != "resolution" else started
        promise = promised(self.team, self.priority)
        clock = Running(kind, started, self.team, getattr(promise, kind.replace("-", "_")), promise is OVERSEAS, since, since)
        self.all.append(clock)
        self._newest[kind] = clock
        return clock

    def _take_up(self, clock: Running, now: datetime, back: bool) -> None:
        clock.ended, clock.end, clock.anew = None, "", True
        if clock.breached is not None:
            return
        if clock.kind == "resolution" and clock.seconds is not None:  # while it was solved no time passed
            clock.since = now
        elif back and clock.due is not None and clock.due <= now:
            clock.begin_again(now)

    def _older_wait(self, clock: Running) -> None:
        since = self.waits_since
        if clock.kind != "resolution" and since is not None and since < clock.started:
            clock.started = since
            if clock.breached is None:
                clock.begin_again(since)

    def _pause(self, clock: Running, now: datetime) -> None:
        if clock.kind != "resolution" or clock.seconds is None:
            return
        stands = self.state == "waiting"
        if clock.stands and not stands:
            clock.since, clock.anew = now, True
        clock.stands = stands


def clocks_of(diary: Diary, at: datetime) -> dict[int, CaseClocks]:
    """Case number → its clocks as they are at an instant."""
    cases: dict[int, CaseClocks] = {}
    for lines in _together(line for line in heard(diary) if line.at <= at):
        first = lines[0]
        if first.case not in cases:
            cases[first.case] = CaseClocks(first)
        case = cases[first.case]
        case.happens(lines)
        if first.deed == "merged":
            into = cases[first.more["into"]]
            into.happens([Line(first.at, first.more["into"], "note")], case)
    for case in cases.values():
        case.live(at)
    return cases


def _together(lines: Iterable[Line]) -> Iterable[list[Line]]:
    """Lines of one case at one instant are one deed."""
    group: list[Line] = []
    for line in lines:
        if group and (line.case, line.at) != (group[0].case, group[0].at):
            yield group
            group = []
        group.append(line)
    if group:
        yield group
