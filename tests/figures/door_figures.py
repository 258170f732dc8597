"""The figures of doors and of mail, counted one by one over everything that ever came."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.figures.door_cases import Address, Case
from tests.figures.door_diary import Door, Letter, Place
from tests.figures.door_model import Arrival, Model

FILED = ("case", "new-case", "follow-up")
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Asked:
    """Whose eyes (their teams), which team's mail (None: all of it), and what time it is."""

    house: Model
    reads_in: frozenset[str]
    team: str | None
    now: datetime

    # ── what may be told, and to which team it belongs ───────────────────────────────────────────────────────────────

    def _is_told(self, case: Case) -> bool:
        """What lies in a case is told to those who may know of it, and counts for the team that has it now."""
        home = self.house.home(case.number)
        return (not home.secret or home.team in self.reads_in) and self.team in (None, home.team)

    def _may_know(self, one: Arrival) -> bool:
        """Mail that lies nowhere: by the address that it came to, unless nobody knew any more whose that had been."""
        return (isinstance(one.to, Door) and one.knock is None) or self._is_known(one.to)

    def _is_known(self, to: Place) -> bool:
        if isinstance(to, Door):
            home = self.house.home(to.case)
            return not home.secret or home.team in self.reads_in
        return True

    def _belongs(self, letter: Letter, place: int, case: int) -> bool:
        """The same for books that do not agree: there a desk's mail is its team's."""
        if case:
            return self._is_told(self.house.cases[case])
        to = letter.to[place]
        if isinstance(to, Door) and self.house.address(to)[1].retired:  # nobody knows any more whose it was
            return self.team is None
        theirs = self.house.home(to.case).team if isinstance(to, Door) else to
        return self._is_known(to) and self.team in (None, theirs)

    # ── mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def outcomes(self, begin: datetime, end: datetime) -> Counter[str]:
        """How much came to each outcome then; probes are no mail."""
        found: Counter[str] = Counter()
        for one in self.house.arrivals.values():
            told = self._is_told(self.house.cases[one.case]) if one.case else self.team is None and self._may_know(one)
            if told and begin <= one.at < end:
                found[one.outcome] += 1
        return found

    def mail(self, begin: datetime, end: datetime) -> dict[str, int]:
        """Taken in, filed, held, refused, and what of ours came back."""
        by = self.outcomes(begin, end)
        mails = self.house.bounced.items()
        cases, of = self.house.cases, self.house.case_of_mail
        return {
            "accepted": sum(by.values()),
            "filed": sum(by[one] for one in FILED),
            "held": by["held"],
            "refused": by["refused"],
            "bounced-out": sum(begin <= at < end and self._is_told(cases[of[mail]]) for mail, at in mails),
        }

    def probes(self, begin: datetime, end: datetime) -> tuple[list[float], int]:
        """Seconds on the way of those that left then and came back, sorted; and how many did not."""
        left = [(sent, back) for sent, back in self.house.trips.items() if begin <= sent < end]
        return sorted((back - sent).total_seconds() for sent, back in left if back), sum(back is None for _sent, back in left)

    def mismatches(self) -> dict[str, int]:
        """Now: taken in more than an hour ago and without an outcome; and with more words than outcomes."""
        unread = [(letter, n) for at, letter in self.house.unread if at < self.now - HOUR for n, _to in enumerate(letter.to)]
        twice = [one for one in self.house.arrivals.values() if one.letter.key in self.house.laid_again and one.case]
        return {
            "mail-unsettled": sum(self._belongs(letter, n, 0) for letter, n in unread),
            "mail-twice": sum(self._belongs(one.letter, one.place, one.case) for one in twice),
        }

    # ── doors ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def addresses(self) -> dict[str, int]:
        """How many live, are in their days of grace, or have ended, now.  What was withdrawn before is none of these."""
        ends = [one.ends for one in self._lasting()]
        return {
            "addresses-open": sum(at is None for at in ends),
            "addresses-grace": sum(at is not None and at > self.now for at in ends),
            "addresses-expired": sum(at is not None and at <= self.now for at in ends),
        }

    def ended(self, begin: datetime, end: datetime) -> int:
        """How many had their last day then."""
        return sum(one.ends is not None and begin <= one.ends < end and one.ends <= self.now for one in self._lasting())

    def _lasting(self) -> list[Address]:
        """The addresses of cases that are no spam, but for those that were withdrawn before they ended."""
        told = [one for case, one in self.house.all_addresses() if self._is_told(case) and not case.spam]
        return [one for one in told if one.revoked is None or (one.ends is not None and one.revoked >= one.ends)]

    def knocks(self, begin: datetime, end: datetime) -> list[Arrival]:
        """What came to the addresses of cases, but for spam."""
        found = [one for one in self.house.arrivals.values() if one.knock is not None and begin <= one.knock.at < end]
        cases = self.house.cases
        return [
            one
            for one in found
            if one.knock and self._is_told(cases[one.knock.case]) and not self.house.home(one.knock.case).spam
        ]

    def behind(self, key: str, begin: datetime, end: datetime) -> list[int]:
        """The cases of late mail, of strangers', of what brought something back, and of late mail that did; one for each mail."""
        found = []
        for one in self.knocks(begin, end):
            knock = one.knock
            assert knock is not None
            late = knock.standing == "expired" and knock.writer != "machine"
            is_one = {
                "late": late,
                "strangers": knock.writer == "stranger",
                "brought-back": knock.brings_back,
                "late-brought-back": late and knock.brings_back,
            }[key]
            if is_one:
                found.append(self.house.home(knock.case).number)
        return sorted(found)

    def came_back(self, begin: datetime, end: datetime) -> list[int]:
        cases, of = self.house.cases, self.house.case_of_mail
        return sorted(
            self.house.home(of[mail]).number
            for mail, at in self.house.bounced.items()
            if begin <= at < end and self._is_told(cases[of[mail]])
        )


def middle(values: list[float]) -> float | None:
    half = len(values) // 2
    return None if not values else values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def within(values: list[float], percent: int) -> float | None:
    """By when so many of a hundred were back."""
    return values[math.ceil(len(values) * percent / 100) - 1] if values else None


def per_hundred(some: int, of: int) -> float | None:
    return 100 * some / of if of else None
