"""What is measured of a case by what happened in it (policies.histories): its story is told once, and counted as it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise

from helpdesk.policies.histories import Deed
from helpdesk.policies.hours import Hours
from helpdesk.policies.measures import Facts, Measure, seconds_between
from helpdesk.policies.moves import moves_of, whose

A_DAY_OF_HOURS = 24


class Measuring:
    """Measures one case.  `hours_of`: the working time of a team."""

    def __init__(
        self, facts: Facts, deeds: Sequence[Deed], hours_of: Callable[[int | None], Hours], zone: tzinfo, teams: Mapping[str, int]
    ) -> None:
        self._facts, self._deeds, self._hours_of, self._zone = facts, deeds, hours_of, zone
        self._teams = moves_of(facts, deeds, teams)
        self._found: list[Measure] = []
        self._asked_first: datetime | None = None
        self._answered_first = False
        self._waits: dict[int, datetime] = {}  # of this case (0), and of those that go on in it later
        self._theirs_since: datetime | None = None
        self._unsolved_since: datetime | None = facts.opened_at
        self._repliers: set[int | None] = set()
        self._answers = 0
        self._their_time: list[tuple[datetime, datetime]] = []
        self._solutions: list[_Solution] = []
        self._solved_at: datetime | None = None

    def measure(self) -> list[Measure]:
        """Everything that is measured of the case."""
        self._count("opened", self._facts.opened_at)
        for deed in self._deeds:
            match deed.what:
                case "asked":
                    self._was_asked(deed)
                case "answered":
                    self._was_answered(deed)
                case "bounced" if not deed.lane:
                    self._has_bounced(deed.at)
                case "solved":
                    self._was_solved(deed)
                case "reopened":
                    self._was_reopened(deed)
                case "joined":
                    self._has_joined(deed)
                case "handed-over":
                    self._count("handover", deed.at)
                case "passed-on" | "moved":
                    self._count(deed.what, deed.at)
        self._go_on()
        self._sum_up()
        return self._found

    # ── what happened ────────────────────────────────────────────────────────────────────────────────────────────────

    def _was_asked(self, deed: Deed) -> None:
        at = deed.at
        local = at.astimezone(self._zone)
        self._count("arrived", at, value=local.weekday() * A_DAY_OF_HOURS + local.hour)
        if not deed.lane:
            self._stop_their_time(at)
        self._asked_first = self._asked_first or at
        if deed.lane in self._waits:
            self._count("chaser", at)
        else:
            self._waits[deed.lane] = at

    def _was_answered(self, deed: Deed) -> None:
        self._count("sent", deed.at, agent=deed.by)
        if not self._answered_first and self._asked_first is not None and not self._facts.ours:
            self._stretch("first-response", self._asked_first, deed.at, deed.by)
        if deed.lane in self._waits:
            self._stretch("wait", self._waits.pop(deed.lane), deed.at, deed.by)
        self._answered_first = True
        self._answers += 1
        self._repliers.add(deed.by)
        if self._unsolved_since is not None and self._theirs_since is None and not deed.lane:
            self._theirs_since = deed.at

    def _was_solved(self, deed: Deed) -> None:
        if self._unsolved_since is None and not deed.lane:
            return
        if deed.lane in self._waits:
            self._stretch("unanswered", self._waits.pop(deed.lane), deed.at)
        if deed.lane or self._unsolved_since is None:
            return
        self._stretch("unsolved", self._unsolved_since, deed.at)
        self._unsolved_since = None
        self._stop_their_time(deed.at)
        self._solved_at = deed.at
        if self._solutions and self._solutions[-1].thanked:
            self._solutions[-1].thanked = False  # it holds, as it did before
        else:
            self._solutions.append(_Solution(deed.at, deed.by))

    def _was_reopened(self, deed: Deed) -> None:
        if self._unsolved_since is not None:
            return
        self._unsolved_since = deed.at
        if not self._solutions:
            return
        last = self._solutions[-1]
        last.thanked = deed.is_thanks
        if not deed.is_thanks:
            last.undone_by_them = deed.by_customer
            last.undone = deed.by_customer or deed.at - last.at <= self._facts.lifetime

    def _has_bounced(self, at: datetime) -> None:
        """Our last answer did not arrive: a case that was solved by it is not solved, though nobody of theirs said so."""
        self._stop_their_time(at)
        self._is_not_solved(at)

    def _has_joined(self, deed: Deed) -> None:
        """Another case goes on in this one: what waits in it waits here from now on, since the older of both waits began."""
        since = self._waits.pop(deed.lane, None)
        if since is not None:
            self._waits[deed.into] = min(since, self._waits.get(deed.into, since))
        if deed.into == 0 and deed.state != "resolved":
            self._is_not_solved(deed.at)
        if deed.into == 0 and since is not None:
            self._stop_their_time(deed.at)

    def _is_not_solved(self, at: datetime) -> None:
        if self._unsolved_since is None:
            self._unsolved_since = at
            if self._solutions:
                self._solutions[-1].undone = True

    def _stop_their_time(self, at: datetime) -> None:
        if self._theirs_since is not None and self._theirs_since < at:  # an answer that also solves asks nobody to wait
            self._their_time.append((self._theirs_since, at))
        self._theirs_since = None

    # ── what it comes to ─────────────────────────────────────────────────────────────────────────────────────────────

    def _go_on(self) -> None:
        """What goes on still, and what ended without an answer."""
        if self._unsolved_since is None:
            if self._asked_first is not None and not self._answered_first and not self._facts.ours and self._solved_at:
                self._stretch("never-answered", self._asked_first, self._solved_at)
            return
        self._stretch("unsolved", self._unsolved_since, None)
        if self._waits:
            oldest = min(self._waits.values())
            self._stretch("wait", oldest, None)
            if not self._answered_first and not self._facts.ours:
                self._stretch("first-response", self._asked_first or oldest, None)
        if self._repliers:
            self._found.append(Measure("repliers", None, self._start, len(self._repliers), team_id=self._facts.team_id))

    def _sum_up(self) -> None:
        solutions = self._solutions
        if not solutions:
            return
        self._stretch("first-resolution", self._start, solutions[0].at, solutions[0].by)
        for before, solution in pairwise(solutions):
            self._count("solved-again", solution.at, began_at=before.at)
        undone = [solution for solution in solutions if solution.undone_by_them]
        for number, solution in enumerate(undone):
            self._count("reopened", solution.at, began_at=undone[number - 1].at if number else None)
        held = [solution for solution in solutions if not solution.undone]
        if held:
            self._of_the_solution(held[-1], once=not undone)

    def _of_the_solution(self, last: _Solution, *, once: bool) -> None:
        self._stretch("resolution", self._start, last.at, last.by)
        theirs = [(begin, min(end, last.at)) for begin, end in self._their_time if begin < last.at]
        if theirs:
            seconds = sum(seconds_between(begin, end) for begin, end in theirs)
            hours = self._hours_of(self._team_at(last.at))
            working = sum(hours.between(begin, end) for begin, end in theirs)
            self._count("their-time", last.at, value=seconds, working=working)
        if once and self._answers == 1:
            self._count("one-and-done", last.at, agent=last.by)
        if len(self._repliers) > 1 and self._unsolved_since is None:
            self._count("repliers", last.at, value=len(self._repliers))

    # ── how it is written down ───────────────────────────────────────────────────────────────────────────────────────

    @property
    def _start(self) -> datetime:
        """When the way to a solution begins: with their first message, or with our opening it."""
        return self._asked_first if self._asked_first is not None and not self._facts.ours else self._facts.opened_at

    def _stretch(self, kind: str, begin: datetime, end: datetime | None, agent: int | None = None) -> None:
        team = self._team_at(end) if end is not None else self._facts.team_id
        value = seconds_between(begin, end) if end is not None else None
        working = max(0, self._hours_of(team).between(begin, end)) if end is not None else None
        self._found.append(Measure(kind, end, begin, value, working, team, agent))

    def _count(
        self,
        kind: str,
        at: datetime,
        *,
        value: int | None = None,
        working: int | None = None,
        began_at: datetime | None = None,
        agent: int | None = None,
    ) -> None:
        self._found.append(Measure(kind, at, began_at, value, working, self._team_at(at), agent))

    def _team_at(self, at: datetime) -> int | None:
        """Whose case it was then; at the instant of a move, theirs who had it until then."""
        return whose(self._teams, at, self._facts)


@dataclass
class _Solution:
    at: datetime
    by: int | None
    undone: bool = False
    undone_by_them: bool = False
    thanked: bool = False  # it was reopened by nothing but thanks
