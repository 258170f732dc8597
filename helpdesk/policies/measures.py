"""What is measured of one case: a pure function of its history (policies.histories).

first-response     the first message of theirs → the first answer by a human; not of cases that we began
wait               the oldest message that nobody has answered → the next answer; several messages are one wait
unanswered         a wait that ended because the case was solved without an answer
never-answered     the first message → the solution of a case that nobody of us ever answered
unsolved           from the opening, or a reopening, until it was solved: what the backlog of an instant is made of
resolution         the first message → the last solution that held
first-resolution   the first message → the first solution, whatever came of it
their-time         how much of that was time in which we waited for the customer; counted with the solution that held
solved-again       a later solution of the same case; `began_at` is the one before
reopened           a solution that their word undid; `began_at` is the one before it that was undone, too
one-and-done       solved with exactly one answer, never reopened by them
chaser             a message of theirs while an earlier one was unanswered
repliers           how many people answered: two or more of a solved case, any number of one that goes on
handover, passed-on, moved    from hand to hand with a note, without one; from team to team
arrived, sent      a message of theirs (the value is its hour of the week) and one of ours
opened             the case itself
<clock>-met, <clock>-missed   a deadline; the value is by how much it was missed
promise-kept, promise-broken  counted when it was due

`at` is the instant to which a measure is counted, None while it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Protocol

from helpdesk.policies.histories import Deed
from helpdesk.policies.hours import Hours

A_DAY_OF_HOURS = 24
CLOCKS = ("first-response", "next-reply", "resolution")  # policies.sla.KINDS
KINDS = (
    "first-response", "wait", "unanswered", "never-answered", "unsolved", "resolution", "first-resolution", "their-time", "solved-again", "reopened",
    "one-and-done", "chaser", "repliers", "handover", "passed-on", "moved", "arrived", "sent", "opened",
    "promise-kept", "promise-broken", *(f"{clock}-{end}" for clock in CLOCKS for end in ("met", "missed")),
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    kind: str
    at: datetime | None
    began_at: datetime | None = None
    value: int | None = None  # calendar seconds, or a number
    working: int | None = None
    team_id: int | None = None
    agent_id: int | None = None


@dataclass(frozen=True)
class Facts:
    """What has to be known of a case besides its history."""

    ours: bool  # begun by us
    opened_at: datetime
    team_id: int | None  # today's
    lifetime: timedelta  # of a reply address after the solution


class RunClock(Protocol):
    """A deadline as it ran (models.CaseClock)."""

    kind: str
    team_id: int | None
    due_at: datetime | None
    breached_at: datetime | None
    stopped_at: datetime | None
    paused_at: datetime | None
    end: str | None


class Made(Protocol):
    """A promise to a customer (models.Promise)."""

    due_at: datetime
    standing: str
    team_id: int | None


class Measuring:
    """Measures one case.  `hours_of`: the working time of a team."""

    def __init__(
        self, facts: Facts, deeds: Sequence[Deed], hours_of: Callable[[int | None], Hours], zone: tzinfo, teams: Mapping[str, int]
    ) -> None:
        self._facts, self._deeds, self._hours_of, self._zone = facts, deeds, hours_of, zone
        self._teams = _moves(facts, deeds, teams)
        self._found: list[Measure] = []
        self._asked_first: datetime | None = None
        self._answered_first = False
        self._waits: datetime | None = None
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
                    self._was_asked(deed.at)
                case "answered":
                    self._was_answered(deed)
                case "bounced":
                    self._has_bounced(deed.at)
                case "solved":
                    self._was_solved(deed)
                case "reopened":
                    self._was_reopened(deed)
                case "handed-over":
                    self._count("handover", deed.at)
                case "passed-on" | "moved":
                    self._count(deed.what, deed.at)
        self._go_on()
        self._sum_up()
        return self._found

    # ── what happened ────────────────────────────────────────────────────────────────────────────────────────────────

    def _was_asked(self, at: datetime) -> None:
        local = at.astimezone(self._zone)
        self._count("arrived", at, value=local.weekday() * A_DAY_OF_HOURS + local.hour)
        self._stop_their_time(at)
        self._asked_first = self._asked_first or at
        if self._waits is not None:
            self._count("chaser", at)
        else:
            self._waits = at

    def _was_answered(self, deed: Deed) -> None:
        self._count("sent", deed.at, agent=deed.by)
        if not self._answered_first and self._asked_first is not None and not self._facts.ours:
            self._stretch("first-response", self._asked_first, deed.at, deed.by)
        if self._waits is not None:
            self._stretch("wait", self._waits, deed.at, deed.by)
        self._answered_first, self._waits = True, None
        self._answers += 1
        self._repliers.add(deed.by)
        if self._unsolved_since is not None and self._theirs_since is None:
            self._theirs_since = deed.at

    def _was_solved(self, deed: Deed) -> None:
        if self._unsolved_since is None:
            return
        self._stretch("unsolved", self._unsolved_since, deed.at)
        self._unsolved_since = None
        if self._waits is not None:
            self._stretch("unanswered", self._waits, deed.at)
            self._waits = None
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
        if self._waits is not None:
            self._stretch("wait", self._waits, None)
            if not self._answered_first and not self._facts.ours:
                self._stretch("first-response", self._asked_first or self._waits, None)
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
            seconds = sum(_seconds(begin, end) for begin, end in theirs)
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
        value = _seconds(begin, end) if end is not None else None
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
        return _of(self._teams, at, self._facts)


@dataclass
class _Solution:
    at: datetime
    by: int | None
    undone: bool = False
    undone_by_them: bool = False
    thanked: bool = False  # it was reopened by nothing but thanks


def of_clocks(clocks: Iterable[RunClock], hours_of: Callable[[int | None], Hours], now: datetime) -> list[Measure]:
    """The deadlines of a case that were met or missed, each counted when that was decided, to the team of that instant."""
    found = []
    for clock in clocks:
        missed = clock.breached_at
        if missed is None and clock.stopped_at is None and clock.paused_at is None and clock.due_at and clock.due_at < now:
            missed = clock.due_at  # nobody has noticed yet
        if missed is not None:
            until = clock.stopped_at
            late = _seconds(missed, until) if until else None
            working = max(0, hours_of(clock.team_id).between(missed, until)) if until else None
            found.append(Measure(f"{clock.kind}-missed", missed, until, late, working, clock.team_id))
        elif clock.end == "met" and clock.stopped_at is not None:
            found.append(Measure(f"{clock.kind}-met", clock.stopped_at, None, None, None, clock.team_id))
    return found


def of_promises(promises: Iterable[Made], team_id: int | None, now: datetime) -> list[Measure]:
    """What became of promises.  One whose time has passed was broken, whether anybody has noticed or not."""
    found = []
    for one in promises:
        standing = "broken" if one.standing == "running" and one.due_at < now else one.standing
        if standing in ("kept", "broken"):
            found.append(Measure(f"promise-{standing}", one.due_at, team_id=one.team_id or team_id))
    return found


def _seconds(begin: datetime, end: datetime) -> int:
    return max(0, int((end - begin).total_seconds()))


def team_at(facts: Facts, deeds: Sequence[Deed], ids: Mapping[str, int], at: datetime) -> int | None:
    """Whose case it was at an instant."""
    return _of(_moves(facts, deeds, ids), at, facts)


def _of(moves: Sequence[tuple[datetime, int | None]], at: datetime, facts: Facts) -> int | None:
    return next((team for until, team in moves if at <= until), facts.team_id)


def _moves(facts: Facts, deeds: Sequence[Deed], ids: Mapping[str, int]) -> list[tuple[datetime, int | None]]:
    """(until when, whose): the moves of a case, the oldest first.  What was before a move is told by it, or by the move before."""
    moves = [deed for deed in deeds if deed.what == "moved"]
    told = [
        move.team_before if move.knows_before else (moves[n - 1].team if n else facts.team_id) for n, move in enumerate(moves)
    ]
    return [(move.at, ids.get(team) if isinstance(team, str) else team) for move, team in zip(moves, told, strict=True)]
