"""What was done at a desk, as far as its doors are concerned, worked out from the diary alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.figures.door_cases import GRACE, Address, Case
from tests.figures.door_diary import Door, Letter, Line

WEEK = timedelta(days=7)


class House:
    """All cases with their addresses, the mails of ours, and the probes."""

    def __init__(self) -> None:
        self.cases: dict[int, Case] = {}
        self.unread: list[tuple[datetime, Letter]] = []
        self.laid_again: list[int] = []
        self.trips: dict[datetime, datetime | None] = {}  # when a probe left → when it was back
        self.bounced: dict[int, datetime] = {}  # mail of ours → when it first came back
        self.case_of_mail: dict[int, int] = {}
        self._answers: dict[int, list[tuple[datetime, frozenset[int]]]] = {}
        self._blocked: set[str] = set()
        self._is_strict = False

    # ── where things are ─────────────────────────────────────────────────────────────────────────────────────────────

    def home(self, number: int) -> Case:
        """The case in which this one goes on."""
        case = self.cases[number]
        while case.into:
            case = self.cases[case.into]
        return case

    def address(self, door: Door) -> tuple[Case, Address]:
        """An address and the case to which it leads."""
        case = self.home(door.case)
        return case, next(one for one in case.addresses if one.door == door)

    def all_addresses(self) -> Iterator[tuple[Case, Address]]:
        return ((case, one) for case in self.cases.values() for one in case.addresses)

    def that_follow(self, case: Case) -> list[Case]:
        """The cases that follow one, where they go on now, the newest first."""
        found = [self.home(one.number) for one in reversed(self.cases.values()) if one.follows == case.number]
        return list({one.number: one for one in found}.values())

    def is_final(self, address: Address, now: datetime) -> bool:
        """Whether even those who take part are refused there."""
        assert address.ends is not None
        return self._is_strict and max(now, address.noted or now) >= address.ends + WEEK

    # ── what is done ─────────────────────────────────────────────────────────────────────────────────────────────────

    def happens(self, line: Line) -> None:
        now, more = line.at, line.more
        match line.deed:
            case "kept":
                self.unread.append((now, more["letter"]))
            case "laid-again":
                self.laid_again.append(more["letter"])
            case "blocked":
                self._blocked.add(more["person"])
            case "strict":
                self._is_strict = True
            case "sweep":
                for _case, one in self.all_addresses():
                    one.swept(now)
            case "probe":
                self.trips[now] = None
            case "probe-back":
                self.trips[more["sent"]] = now
            case "revoked" | "rotated" | "extended":
                self._done_to_address(line)
            case _:
                self._done_to_case(self.cases[line.case], line)

    def _done_to_address(self, line: Line) -> None:
        now = line.at
        case, one = self.address(line.more["door"])
        if line.deed == "extended":
            assert one.ends is not None
            one.ends, one.noted = max(one.ends, now) + timedelta(days=line.more["days"]), None
            return
        one.revoked = now
        if line.deed == "rotated":
            case.give(one.door.person).ends = one.ends if one.ends is None or one.ends > now else now + GRACE

    def _done_to_case(self, case: Case, line: Line) -> None:
        now, more = line.at, line.more
        match line.deed:
            case "answer":
                mails = more["mails"]
                assert set(mails) == set(case.people), "an answer goes to everybody who takes part"
                case.answered(now, resolves=more["resolves"])
                self.case_of_mail |= dict.fromkeys(mails.values(), case.number)
                self._answers.setdefault(case.number, []).append((now, frozenset(mails.values())))
            case "solved":
                case.solve(now)
            case "reopened":
                case.open_again(now)
            case "joins":
                case.people.append(more["person"])
                case.give(more["person"])
                if case.state == "resolved":
                    case.begin_grace(now)
            case "secret":
                case.secret = True
            case "team":
                case.team = more["to"]
            case "merged":
                self.cases[more["into"]].take_in(case, now)
            case "spam":
                case.marked_spam(now)
            case "no-spam":
                case.unmarked(now)

    def came_back(self, mail: int, now: datetime) -> None:
        """It did not arrive.  Where it was our last word, it is our turn again."""
        if mail in self.bounced:
            return
        self.bounced[mail] = now
        case = self.home(self.case_of_mail[mail])
        answers = [answer for number, some in self._answers.items() if self.home(number) is case for answer in some]
        if mail in max(answers)[1]:
            case.open_again(now)
