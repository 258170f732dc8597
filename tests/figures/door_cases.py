"""A case as the model of doors knows it: who takes part, by which addresses, and how these live and end.

An address lives as long as its case is not solved, and 28 days longer; a case that comes back wakes those that had ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.figures.door_diary import Door

GRACE = timedelta(days=28)
RETIRED_AFTER = timedelta(days=335)
LIVES = ("active", "grace")


@dataclass
class Address:
    """An address of somebody in a case; `came_with` a case that was merged."""

    door: Door
    ends: datetime | None = None
    noted: datetime | None = None  # that it had ended
    revoked: datetime | None = None
    retired: datetime | None = None
    came_with: bool = False

    def standing(self, now: datetime) -> str:
        if self.retired:
            return "retired"
        if self.revoked:
            return "revoked"
        if self.ends is None:
            return "active"
        return "grace" if now < self.ends else "expired"

    def lives(self, now: datetime) -> bool:
        return self.standing(now) in LIVES

    def swept(self, now: datetime) -> None:
        """The timetable looks at it."""
        if self.standing(now) == "expired" and self.noted is None:
            self.noted = now
        over = [at for at in (self.noted, self.revoked) if at is not None]
        if self.retired is None and any(at <= now - RETIRED_AFTER for at in over):
            self.retired = now


@dataclass
class Case:
    number: int
    team: str
    people: list[str]
    follows: int = 0
    state: str = "new"  # open waiting resolved
    secret: bool = False
    spam: bool = False
    before_spam: str = ""
    asked_as_spam: bool = False  # somebody who takes part wrote meanwhile
    into: int = 0
    addresses: list[Address] = field(default_factory=list)  # in the order in which they were given out

    # ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────

    def give(self, person: str) -> Address:
        """Another address for somebody who takes part."""
        number = 1 + sum(one.door[:2] == (self.number, person) for one in self.addresses)
        self.addresses.append(Address(Door(self.number, person, number)))
        return self.addresses[-1]

    def begin_grace(self, now: datetime) -> None:
        for one in self.addresses:
            if one.lives(now) and (one.ends is None or one.ends < now + GRACE):
                one.ends = now + GRACE

    def renew(self, now: datetime) -> None:
        for one in self.addresses:
            if one.standing(now) in ("grace", "expired"):
                one.ends = one.noted = None

    def has_living(self, person: str, now: datetime) -> bool:
        return any(one.door.person == person and one.lives(now) for one in self.addresses)

    def carry(self, person: str, now: datetime) -> None:
        """A mail to somebody carries an address of theirs that lives; else theirs lives again, or they get a new one."""
        theirs = [one for one in self.addresses if one.door.person == person]
        theirs.sort(key=lambda one: (one.came_with, -self.addresses.index(one)))
        if self.has_living(person, now):
            return
        if not theirs or theirs[0].standing(now) in ("revoked", "retired"):
            self.give(person)
        else:
            theirs[0].ends, theirs[0].noted = now + GRACE, None

    # ── whose turn it is ─────────────────────────────────────────────────────────────────────────────────────────────

    def solve(self, now: datetime) -> None:
        self.state = "resolved"
        self.begin_grace(now)

    def open_again(self, now: datetime) -> None:
        """They wrote, our answer did not arrive, or an agent says so."""
        if self.state == "resolved":
            self.renew(now)
        self.state = "open" if self.state != "new" else "new"

    def answered(self, now: datetime, *, resolves: bool) -> None:
        for person in self.people:
            self.carry(person, now)
        if self.state == "resolved" or resolves:
            self.solve(now)
        else:
            self.state = "waiting"

    def marked_spam(self, now: datetime) -> None:
        self.before_spam, self.asked_as_spam = self.state, False
        if self.state != "resolved":
            self.solve(now)
        self.spam = True

    def unmarked(self, now: datetime) -> None:
        """As it was before, and what came meanwhile waits for an answer."""
        self.spam = False
        was = self.before_spam
        if was != "resolved" or self.asked_as_spam:
            self.state = "new" if was == "new" else "open" if self.asked_as_spam else was
            self.renew(now)

    def take_in(self, other: Case, now: datetime) -> None:
        """The other one goes on in this one, with its people and their addresses."""
        self.people += [one for one in other.people if one not in self.people]
        for one in other.addresses:
            one.came_with = True
        self.addresses, other.addresses = [*self.addresses, *other.addresses], []
        both = {self.state, other.state}
        other.into, other.state = self.number, "resolved"
        if both != {"resolved"}:
            self.state = "new" if both == {"new"} else "open" if both & {"new", "open"} else "waiting"
            self.renew(now)
