"""What supervisors are told of each case, worked out from the diary alone, as the definitions of the figures say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.figures.clock_model import Running, clocks_of
from tests.figures.diary import Diary, Line
from tests.figures.house import working_times
from tests.figures.rating_model import heard

LIFETIME = timedelta(days=28)
SAID = ("mail", "answer", "call", "split", "merged")


class Fact(NamedTuple):
    """One stretch or one thing that is counted: `at` is when it ended, None while it goes on."""

    kind: str
    at: datetime | None
    began_at: datetime | None
    value: int | None
    working: int | None
    team: str


@dataclass
class Solution:
    at: datetime
    by_customer: bool = False  # their word undid it
    undone: bool = False


@dataclass
class Story:
    """One case, read to its end.  What was merged into it is one story with it from the beginning."""

    lines: Sequence[Line]  # its own, and what was said in cases that were merged into it
    facts: list[Fact] = field(default_factory=list)

    def read(self) -> list[Fact]:
        first = next(line for line in self.lines if "team" in line.more)
        self.ours, self.teams = first.deed == "began", [(first.at, first.more["team"])]
        self.opened = first.at
        for line in self.lines:
            if line.deed == "team":
                self.teams.append((line.at, line.more["to"]))
        asked = [self._asked_at(line) for line in self.lines if line.deed in ("mail", "split") and not line.more.get("thanks")]
        answers = [line for line in self.lines if line.deed in ("answer", "call")]
        self._waits(asked, answers)
        self._way_to_the_end(asked, answers)
        self._hands()
        self._add("opened", self.opened)
        for at in asked:
            self._add("arrived", at)
        for line in answers:
            self._add("sent", line.at)
        return self.facts

    # ── who waits ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _waits(self, asked: list[datetime], answers: list[Line]) -> None:
        """From the oldest message that nobody has answered to the next answer; more of them are chasers, and one wait."""
        answered_at = min((line.at for line in answers if not asked or line.at >= min(asked)), default=None)
        if asked and not self.ours and (answered_at is not None or self._is_open()):
            self._stretch("first-response", min(asked), answered_at)
        elif asked and not self.ours and self._solved():
            self._stretch("never-answered", min(asked), max(self._solved()))
        own, others = self._number, {line.case for line in self.lines} - {self._number}
        rest = self._waits_of(own, [line for line in self.lines if line.deed == "merged" and line.case in others])
        if rest is not None:
            self._stretch("wait", rest, None)

    def _waits_of(self, number: int, merged: list[Line]) -> datetime | None:
        """The waits in one case, those of cases that went on in it among them from then on; since when somebody waits in the end."""
        waits_since: datetime | None = None
        happened = [line for line in self.lines if line.case == number] + [line for line in merged if line.more["into"] == number]
        for line in sorted(happened, key=lambda line: (self._asked_at(line), line.deed == "merged")):
            if line.deed == "merged" and line.more["into"] == number:
                taken_in = self._waits_of(line.case, merged)
                waits_since = min((at for at in (waits_since, taken_in) if at is not None), default=None)
            elif line.deed in ("mail", "split") and not line.more.get("thanks"):
                if waits_since is not None:
                    self._add("chaser", self._asked_at(line))
                waits_since = waits_since or self._asked_at(line)
            elif line.deed in ("answer", "call", "solved") and waits_since is not None:
                self._stretch("unanswered" if line.deed == "solved" else "wait", waits_since, line.at)
                waits_since = None
        return waits_since

    @property
    def _number(self) -> int:
        return next(line.case for line in self.lines if line.at == self.opened and "team" in line.more)

    # ── solved, and solved for good ──────────────────────────────────────────────────────────────────────────────────

    def _own(self) -> Iterable[Line]:
        """What was done to this case itself."""
        return (line for line in self.lines if line.case == self._number)

    def _solved(self) -> list[datetime]:
        return [line.at for line in self._own() if line.deed == "solved" or line.more.get("resolves")]

    def _is_open(self) -> bool:
        return not self._states or self._states[-1][1] != "resolved"

    @property
    def _states(self) -> list[tuple[datetime, str]]:
        """(since when, whose turn it is: ours, theirs, resolved)."""
        found = [(self.opened, "ours")]
        mine = set(map(id, self._own()))
        for line in self.lines:
            now = found[-1][1]
            if line.deed == "merged" and id(line) not in mine:  # only what waits for us is ever merged here
                found.append((line.at, "ours"))
            elif line.deed in ("answer", "call") and now != "resolved" and id(line) in mine:
                found.append((line.at, "resolved" if line.more.get("resolves") else "theirs"))
            elif line.deed == "solved" and id(line) in mine:
                found.append((line.at, "resolved"))
            elif (line.deed == "mail" and id(line) in mine) or line.deed in ("bounce", "reopened"):
                found.append((line.at, "ours"))
        return found

    def _way_to_the_end(self, asked: list[datetime], answers: list[Line]) -> None:
        begin = min(asked) if asked and not self.ours else self.opened
        states, solutions, since = self._states, [], self.opened
        theirs: list[tuple[datetime, datetime]] = []
        for (at, turn), (until, _next) in zip(states, [*states[1:], (None, "")], strict=True):
            if turn == "resolved":
                if not solutions or solutions[-1].undone or not self._came_back_by_thanks(solutions[-1].at, at):
                    solutions.append(Solution(at))
                self._stretch("unsolved", since, at)
                if until is not None:
                    since = until
                    self._undo(solutions[-1], until)
            elif turn == "theirs" and until is not None:
                theirs.append((at, until))
        if states[-1][1] != "resolved":
            self._stretch("unsolved", since, None)
        if not solutions:
            return self._count_repliers(answers, None)
        self._stretch("first-resolution", begin, solutions[0].at)
        for one in solutions[1:]:
            self._add("solved-again", one.at)
        for one in solutions:
            if one.by_customer:
                self._add("reopened", one.at)
        held = [one for one in solutions if not one.undone]
        if held:
            last = held[-1].at
            self._stretch("resolution", begin, last)
            self._of_customers([(a, min(b, last)) for a, b in theirs if a < last], last)
            if len(answers) == 1 and not any(one.by_customer for one in solutions):
                self._add("one-and-done", last)
        self._count_repliers(answers, held[-1].at if held else None)
        return None

    def _undo(self, solution: Solution, at: datetime) -> None:
        """A case that was solved is ours again: by whom, and does the solution still count?"""
        line = next(line for line in self._own() if line.at == at and line.deed in ("mail", "reopened", "bounce"))
        if line.deed == "mail" and line.more.get("thanks"):
            return
        solution.by_customer = line.deed == "mail"
        solution.undone = line.deed != "reopened" or at - solution.at <= LIFETIME

    def _came_back_by_thanks(self, before: datetime, again: datetime) -> bool:
        between = [line for line in self._own() if before < line.at < again and line.deed in ("mail", "reopened", "bounce")]
        return bool(between) and between[0].more.get("thanks", False)

    def _of_customers(self, theirs: list[tuple[datetime, datetime]], last: datetime) -> None:
        """How long we waited for them: told apart, never taken away."""
        if theirs:
            worked = working_times()[self._team_at(last)].worked
            seconds = sum(int((b - a).total_seconds()) for a, b in theirs)
            self._add("their-time", last, value=seconds, working=sum(worked(a, b) for a, b in theirs))

    # ── through whose hands ──────────────────────────────────────────────────────────────────────────────────────────

    def _count_repliers(self, answers: list[Line], solved: datetime | None) -> None:
        people = len({line.who for line in answers})
        if self._is_open() and people:
            self.facts.append(Fact("repliers", None, None, people, None, self.teams[-1][1]))
        elif people > 1 and solved is not None:
            self._add("repliers", solved, value=people)

    def _hands(self) -> None:
        holder = ""
        for line in self._own():
            match line.deed:
                case "split":
                    holder = line.more["holder"]
                case "answer" | "call" | "began":
                    holder = holder or line.who
                case "holder":
                    if line.more["note"]:
                        self._add("handover", line.at)
                    elif holder:
                        self._add("passed-on", line.at)
                    holder = line.more["to"]
                case "team":
                    self._add("moved", line.at)
                    if line.more["note"]:
                        self._add("handover", line.at)
                    holder = ""

    # ── how it is written down ───────────────────────────────────────────────────────────────────────────────────────

    def _stretch(self, kind: str, begin: datetime, end: datetime | None) -> None:
        team = self._team_at(end) if end else self.teams[-1][1]
        seconds = int((end - begin).total_seconds()) if end else None
        worked = working_times()[team].worked(begin, end) if end else None
        self.facts.append(Fact(kind, end, begin, seconds, worked, team))

    def _add(self, kind: str, at: datetime, value: int | None = None, working: int | None = None) -> None:
        self.facts.append(Fact(kind, at, None, value, working, self._team_at(at)))

    def _team_at(self, at: datetime) -> str:
        """Whose case it was; at the very instant of a move, theirs who had it until then."""
        return next((team for since, team in reversed(self.teams) if since < at), self.teams[0][1])

    @staticmethod
    def _asked_at(line: Line) -> datetime:
        at: datetime = line.more.get("mail_at", line.at)
        return at


def facts_of(diary: Diary, at: datetime) -> dict[int, list[Fact]]:
    """Case number → its facts, of all cases that count: not spam, not merged into another, not withdrawn."""
    known, clocks = heard(diary).until(at), clocks_of(diary, at)
    cases = known.cases()
    found = {}
    for number, lines in cases.items():
        if clocks[number].away:
            continue
        merged = [line for line in known if line.deed == "merged" and line.more["into"] == number]
        said = [line for one in merged for line in cases[one.case] if line.deed in SAID]
        found[number] = Story(sorted([*lines, *said], key=lambda line: line.at)).read()
        found[number] += [*_of_clocks(clocks[number].all), *_of_promises(number, cases, at)]
    return found


def _of_promises(number: int, cases: dict[int, list[Line]], now: datetime) -> Iterable[Fact]:
    """Times that were named and have come, or were kept before: kept by the first answer that arrived in time, else broken."""
    story, promises = cases[number], []
    for lines in [story, *(cases[line.case] for some in cases.values() for line in some if line.more.get("into") == number)]:
        promises += [line for line in lines if line.deed == "acknowledged" and line.more["until"]]
    for promise in promises:
        own = [line for line in cases[promise.case] if line.at > promise.at]
        moved = next((line.at for line in own if line.deed == "merged"), None)
        later = own + [line for line in story if moved is not None and line.at >= moved]
        standing = _standing(sorted(later, key=lambda line: line.at), promise.more["until"], now)
        if standing:
            yield Fact(f"promise-{standing}", promise.more["until"], None, None, None, "")


def _standing(lines: Iterable[Line], until: datetime, now: datetime) -> str:
    """kept, broken, or nothing that counts: it runs still, or nobody waited for it any more."""
    standing, before = "running", "running"
    kept_by: Line | None = None
    last: Line | None = None
    for line in lines:
        last = line if line.deed == "answer" else last
        if line.at > until and standing == "running":
            return "broken"
        match line.deed:
            case "answer" | "call" if standing == "running":
                standing, kept_by = "kept", line
            case "bounce" if standing == "kept" and kept_by is last:  # nobody got it
                standing = "running"
            case "solved" if standing == "running":
                standing = "dropped"
            case "spam":
                before, standing = standing, "dropped" if standing == "running" else standing
            case "no-spam":
                standing = before
    if standing == "running":
        return "broken" if until < now else ""
    return "" if standing == "dropped" else standing


def _of_clocks(clocks: Iterable[Running]) -> list[Fact]:
    """Deadlines that were met, and those that were missed with how far: charged to whoever had the case then."""
    found = []
    for clock in clocks:
        team = clock.breached_by or clock.team
        if clock.breached is not None:
            late = int((clock.ended - clock.breached).total_seconds()) if clock.ended else None
            worked = working_times()[team].worked(clock.breached, clock.ended) if clock.ended else None
            found.append(Fact(f"{clock.kind}-missed", clock.breached, clock.ended, late, worked, team))
        elif clock.end == "met":
            found.append(Fact(f"{clock.kind}-met", clock.ended, None, None, None, team))
    return found
