"""What comes to a desk's doors over some months, at every age of an address: answers, strangers, machines, thanks, doubles, reports home.

The same seed gives the same life.  It decides by what it did itself, never by what the product says.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from helpdesk.actions.addresses import CannotChange
from helpdesk.actions.cases import NotPermitted
from tests.figures.door_diary import Door, Letter, Place
from tests.figures.door_hands import DoorHands, doors_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
GRACE = 28 * DAY
LONG_AGO = 420 * DAY  # so that addresses are retired within the months that are told of
STAFF = {"Billing": ("Ben", "Bea"), "Repairs": ("Rolf", "Rita")}
# What comes to a case or is done to it, and how often beside the others.
LETTERS = {
    "writes": 30, "thanks": 5, "machine": 7, "stranger": 8, "forwarded": 3, "unclear": 3, "by_another_door": 4, "copies_the_desk": 5,
    "to_two_cases": 3, "absent": 3, "fails": 7, "fails_again": 3, "is_late": 3, "ours": 2, "blocked": 3,
}  # fmt: skip
DEEDS = {
    "answers": 14, "solves": 14, "reopens": 4, "joins": 6, "revokes": 3, "rotates": 4, "extends": 4, "spam": 3, "conceals": 4,
    "merges": 6, "team": 5,
}  # fmt: skip


@dataclass
class Pace:
    """How busy a desk is."""

    cases: int
    begin: datetime
    days: int
    each: float  # how much comes to a case, in the mean
    opening: float = 1.0  # in which share of the days new cases come
    steps: int = 1  # days from one sweep of the timetable, and one probe, to the next


@dataclass
class Story:
    """A case as those remember it who had to do with it."""

    number: int
    team: str
    people: list[str]
    state: str = "there"  # gone: it goes on in another one
    is_secret: bool = False
    is_spam: bool = False
    holds: list[int] = field(default_factory=list)  # the cases that were merged into it
    mails: list[tuple[int, str]] = field(default_factory=list)  # of ours, and whom they went to
    failed: list[int] = field(default_factory=list)


class DoorLife:
    """Lives through the days of a desk."""

    def __init__(self, hands: DoorHands, pace: Pace, seed: int = 7) -> None:
        self._hands, self._pace, self._random = hands, pace, random.Random(seed)
        self.end = pace.begin + pace.days * DAY
        self._queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._count, self._key = 0, 0
        self._stories: list[Story] = []
        self._deck: list[str] = []
        self._withdrawn: set[Door] = set()
        self._held: list[tuple[Letter, int]] = []
        self._filed: list[Letter] = []
        for n in range(pace.cases):
            self._plan(
                self._some_time(pace.begin, pace.begin + pace.opening * pace.days * DAY), lambda now, n=n: self._new(now, n)
            )
        for n in range(max(3, pace.cases // 40)):
            self._plan(
                self._some_time(pace.begin - LONG_AGO, pace.begin - LONG_AGO + 90 * DAY), lambda now, n=n: self._of_old(now, n)
            )
        self._plan_the_timetable()
        self._plan_odds()

    def lives(self) -> None:
        """Let everything happen."""
        while self._queue:
            now, _order, what = heapq.heappop(self._queue)
            if now < self.end:
                what(now)

    # ── chance and time ──────────────────────────────────────────────────────────────────────────────────────────────

    def _plan(self, at: datetime, what: Callable[[datetime], None]) -> None:
        self._count += 1
        at = at.replace(microsecond=0) + timedelta(microseconds=self._count % 1_000_000)  # no two deeds at one instant
        heapq.heappush(self._queue, (at, self._count, what))

    def _some_time(self, begin: datetime, end: datetime) -> datetime:
        return begin + self._random.random() * (end - begin)

    def _plan_the_timetable(self) -> None:
        day = self._pace.begin - LONG_AGO
        while day < self.end:
            self._plan(day, lambda now: self._hands.sweeps(now))
            day += self._pace.steps * DAY if day >= self._pace.begin else 12 * DAY
        for n in range(0, self._pace.days, self._pace.steps):
            self._plan(self._pace.begin + n * DAY + self._random.random() * 20 * HOUR, self._probe)

    def _plan_odds(self) -> None:
        """What is about no case of its own."""
        self._plan(self._pace.begin - HOUR, lambda now: self._hands.blocks(now, "noisy", "Ben"))
        self._plan(self._pace.begin + 0.8 * self._pace.days * DAY, self._becomes_strict)
        for n in range(max(24, self._pace.cases // 8)):
            self._plan(self._some_time(self._pace.begin, self.end), lambda now, n=n: self._odd(now, n))
        for late in (50 * DAY, 10 * DAY, 3 * HOUR, 61 / 60 * HOUR, 59 / 60 * HOUR, HOUR / 3):
            self._plan(self.end - late, self._nobody_works)
        for _ in range(3 + self._pace.cases // 200):
            self._plan(self._some_time(self._pace.begin + 9 * DAY, self.end), lambda now: self._laid_again(now))

    # ── letters ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _letter(self, by: str, *to: Place, sender: str | None = None, fetched: float = 0.4, **more: bool | int | str) -> Letter:
        self._key += 1
        is_fetched = self._random.random() < fetched
        return Letter(self._key, by, by if sender is None else sender, to, is_fetched, **more)  # type: ignore[arg-type]

    def _bring(self, now: datetime, letter: Letter, team: str, *, again: bool = True) -> dict[int, int]:
        """It comes, sometimes twice; whoever let it open a case goes on there."""
        opened = self._hands.brings(now, letter)
        for place, number in opened.items():
            to = letter.to[place]
            known = next((one for one in self._stories if isinstance(to, Door) and to.case in (one.number, *one.holds)), None)
            is_secret = bool(known and known.is_secret)
            by = letter.by if known is None or letter.by in known.people else letter.sender
            story = Story(number, known.team if known else to if isinstance(to, str) else team, [by], is_secret=is_secret)
            self._stories.append(story)
            self._goes_on(now, story, 0.5)
        if again and self._random.random() < 0.06:
            self._key += 1
            double = replace(letter, key=self._key, again=letter.key)
            self._plan(now + self._random.uniform(0.01, 3) * HOUR, lambda at: self._double(at, double))
        return opened

    def _double(self, now: datetime, letter: Letter) -> None:
        if not any(isinstance(to, Door) and to in self._withdrawn for to in letter.to):
            self._hands.brings(now, letter)

    def _new(self, now: datetime, n: int) -> None:
        team = "Billing" if self._random.random() < 0.6 else "Repairs"
        letter = self._letter(f"customer{n}", team)
        self._bring(now, letter, team)
        if len(self._filed) < 50 and self._random.random() < 0.3:
            self._filed.append(letter)

    def _of_old(self, now: datetime, n: int) -> None:
        """A case whose addresses end, and are retired, a year later."""
        opened = self._hands.brings(now, self._letter(f"old{n}", "Billing" if n % 3 else "Repairs", fetched=0))
        (number,) = opened.values()
        story = Story(number, "Billing" if n % 3 else "Repairs", [f"old{n}"])
        self._stories.append(story)
        if n % 4 == 1:
            self._plan(now + HOUR, lambda at: self._conceals(at, story))
        self._plan(now + 2 * HOUR, lambda at: self._answers(at, story))
        self._plan(now + 3 * DAY, lambda at: self._solves(at, story))
        for _ in range(3):
            kind = self._random.choice(("stranger", "machine", "forwarded"))
            self._plan(self._some_time(now + 40 * DAY, now + 300 * DAY), lambda at, kind=kind: self._happens(at, story, kind))
        for _ in range(3):  # to what is retired by then
            self._plan(self._some_time(self._pace.begin, self.end), lambda at: self._happens(at, story, "stranger"))

    # ── what comes of a case ─────────────────────────────────────────────────────────────────────────────────────────

    def _goes_on(self, now: datetime, story: Story, share: float = 1.0) -> None:
        """An answer and a solution in the first days, as a rule; the rest at any age of the address."""
        if self._random.random() < 0.9:
            self._plan(now + self._random.uniform(0.3, 40) * HOUR, lambda at: self._answers(at, story))
        if self._random.random() < 0.85:
            self._plan(now + self._random.uniform(2, 150) * HOUR, lambda at: self._solves(at, story))
        for _ in range(min(12, int(self._random.expovariate(1 / (self._pace.each * share))))):
            kind = self._draw()
            early = kind in ("conceals", "merges", "team")
            days = (
                self._random.uniform(0, 1 if early else 5)
                if early or self._random.random() < 0.35
                else self._random.uniform(0, 70)
            )
            self._plan(now + days * DAY, lambda at, kind=kind: self._happens(at, story, kind))

    def _draw(self) -> str:
        """From a deck of all that can happen, so that a small desk sees it, too."""
        if not self._deck:
            self._deck = [kind for kind, number in (LETTERS | DEEDS).items() for _ in range(number)]
            self._random.shuffle(self._deck)
        return self._deck.pop()

    def _happens(self, now: datetime, story: Story, kind: str) -> None:
        if story.state != "gone":
            getattr(self, f"_{kind}")(now, story)

    def _door(self, story: Story, person: str | None = None) -> Door:
        """An address of the case, whatever became of it, of one who takes part or of anybody."""
        doors = doors_of(self._hands, [story.number, *story.holds])
        return self._random.choice([door for door in doors if person in (None, door.person)] or doors)

    def _writes(self, now: datetime, story: Story, **more: bool) -> None:
        person = self._random.choice(story.people)
        self._bring(now, self._letter(person, self._door(story, person), **more), story.team)

    def _thanks(self, now: datetime, story: Story) -> None:
        self._writes(now, story, only_thanks=True)

    def _machine(self, now: datetime, story: Story) -> None:
        person = self._random.choice([*story.people, "robot"])
        self._bring(now, self._letter(person, self._door(story), is_machine=True), story.team)

    def _stranger(self, now: datetime, story: Story) -> None:
        letter = self._letter(f"stranger{self._key}", self._door(story), fetched=0.7)
        self._bring(now, letter, story.team)
        if letter.is_fetched:
            self._held.append((letter, 0))

    def _forwarded(self, now: datetime, story: Story) -> None:
        """By the server of one who takes part, in another's name."""
        sender = self._random.choice(story.people)
        self._bring(now, self._letter(f"friend{self._key}", self._door(story), sender=sender), story.team)

    def _unclear(self, now: datetime, story: Story) -> None:
        person = self._random.choice(story.people)
        self._bring(now, self._letter(person, self._door(story), is_unclear=True), story.team)

    def _by_another_door(self, now: datetime, story: Story) -> None:
        self._bring(now, self._letter(self._random.choice(story.people), self._door(story)), story.team)

    def _copies_the_desk(self, now: datetime, story: Story) -> None:
        person = self._random.choice(story.people)
        door = self._door(story, person)
        if door not in self._withdrawn:
            self._bring(now, self._letter(person, *self._random.sample([door, "Billing"], 2)), story.team, again=False)

    def _to_two_cases(self, now: datetime, story: Story) -> None:
        other = self._random.choice(self._stories)
        if other is not story and other.state != "gone":
            person = self._random.choice(story.people)
            self._bring(now, self._letter(person, self._door(story), self._door(other)), story.team, again=False)

    def _blocked(self, now: datetime, story: Story) -> None:
        self._bring(now, self._letter("noisy", self._door(story), fetched=1), story.team, again=False)

    # ── what our own mail comes back as ──────────────────────────────────────────────────────────────────────────────

    def _absent(self, now: datetime, story: Story) -> None:
        if story.mails:
            mail, person = self._random.choice(story.mails)
            self._bring(now, self._letter(person, mail, is_machine=True), story.team)

    def _fails(self, now: datetime, story: Story) -> None:
        if story.mails:
            mail, _person = story.mails[-1] if self._random.random() < 0.6 else self._random.choice(story.mails)
            self._bring(now, self._letter("mailer-daemon", mail, sender="", reports="failed"), story.team, again=False)
            story.failed.append(mail)

    def _fails_again(self, now: datetime, story: Story) -> None:
        if story.failed:
            self._bring(now, self._letter("mailer-daemon", story.failed[0], sender="", reports="failed"), story.team, again=False)

    def _is_late(self, now: datetime, story: Story) -> None:
        if story.mails:
            mail = story.failed[-1] if story.failed else story.mails[-1][0]
            self._bring(now, self._letter("mailer-daemon", mail, sender="", reports="delayed"), story.team, again=False)

    def _ours(self, now: datetime, story: Story) -> None:
        if story.mails:
            self._bring(now, self._letter("desk", "Repairs", is_ours=story.mails[-1][0]), story.team, again=False)

    # ── what agents do; what is not permitted nobody did ────────────────────────────────────────────────────────────

    def _deed(self, story: Story, deed: Callable[..., Any], now: datetime, *about: Any, **more: Any) -> Any:
        with suppress(NotPermitted, CannotChange):
            return deed(now, *about, self._random.choice(STAFF[story.team]), **more) or True
        return None

    def _answers(self, now: datetime, story: Story) -> None:
        if not story.is_spam and story.state != "gone":
            mails = self._deed(story, self._hands.answers, now, story.number, resolves=self._random.random() < 0.3)
            story.mails += [(mail, person) for person, mail in mails.items()]

    def _solves(self, now: datetime, story: Story) -> None:
        if not story.is_spam and story.state != "gone":
            self._deed(story, self._hands.solves, now, story.number)

    def _reopens(self, now: datetime, story: Story) -> None:
        if not story.is_spam:
            self._deed(story, self._hands.reopens, now, story.number)

    def _joins(self, now: datetime, story: Story) -> None:
        person = f"copy{self._key}"
        if person not in story.people and self._deed(story, self._hands.lets_join, now, story.number, person):
            story.people.append(person)

    def _revokes(self, now: datetime, story: Story) -> None:
        door = self._door(story)
        if self._deed(story, self._hands.revokes, now, door):
            self._withdrawn.add(door)

    def _rotates(self, now: datetime, story: Story) -> None:
        door = self._door(story)
        if door not in self._withdrawn and self._deed(story, self._hands.rotates, now, door):
            self._withdrawn.add(door)

    def _extends(self, now: datetime, story: Story) -> None:
        self._deed(story, self._hands.extends, now, self._door(story), self._random.randrange(1, 40))

    def _spam(self, now: datetime, story: Story) -> None:
        if not story.is_spam and self._deed(story, self._hands.marks_spam, now, story.number):
            story.is_spam = True
            if self._random.random() < 0.4:
                self._plan(now + self._random.uniform(0, 20) * DAY, lambda at: self._no_spam(at, story))

    def _no_spam(self, now: datetime, story: Story) -> None:
        self._deed(story, self._hands.unmarks_spam, now, story.number)
        story.is_spam = False

    def _conceals(self, now: datetime, story: Story) -> None:
        if not (story.is_secret or story.holds):
            story.is_secret = True
            self._deed(story, self._hands.conceals, now, story.number)

    def _team(self, now: datetime, story: Story) -> None:
        to = "Repairs" if story.team == "Billing" else "Billing"
        if not story.is_secret and self._deed(
            story, lambda at, number, who: self._hands.gives_to_team(at, number, to, who), now, story.number
        ):
            story.team = to

    def _merges(self, now: datetime, story: Story) -> None:
        """It goes on in another one, of whatever team."""
        others = [one for one in self._stories[-12:] if one is not story and one.state != "gone"]
        other = self._random.choice(others) if others else story
        if other is story or story.is_secret or other.is_secret or story.is_spam or other.is_spam:
            return
        if self._deed(story, lambda at, number, who: self._hands.merges(at, number, other.number, who), now, story.number):
            story.state = "gone"
            other.holds += [story.number, *story.holds]
            other.people += [one for one in story.people if one not in other.people]
            other.mails += story.mails
            other.failed += story.failed

    # ── what is about no case ────────────────────────────────────────────────────────────────────────────────────────

    def _odd(self, now: datetime, n: int) -> None:
        kinds: tuple[tuple[Place, dict[str, Any]], ...] = (
            ("elsewhere", {"fetched": 1}), ("nobody", {}), ("nobody", {"fetched": 1}), ("postmaster", {}), ("Billing", {"is_machine": True}),
            ("Repairs", {"is_unclear": True}), ("Repairs", {"is_blocked": True}), ("let in", {}),
        )  # fmt: skip
        to, more = kinds[n % len(kinds)]
        if to == "let in":
            return self._lets_in(now)
        by = "noisy" if more.pop("is_blocked", False) else f"odd{n}"
        letter = self._letter(by, to, **more)
        self._bring(now, letter, "Billing", again=False)
        if letter.is_fetched or by == "noisy":
            self._held.append((letter, 0))
        return None

    def _lets_in(self, now: datetime) -> None:
        """What is held, and was not doubled."""
        held = [(letter, place) for letter, place in self._held if letter.to[place] not in ("elsewhere",)]
        if held:
            letter, place = self._random.choice(held)
            self._held.remove((letter, place))
            if self._hands.is_held(letter, place):
                self._come_in(now, letter, place)

    def _come_in(self, now: datetime, letter: Letter, place: int) -> None:
        for number in self._hands.lets_in(now, letter, place, "Ben").values():
            to = letter.to[place]
            known = next((one for one in self._stories if isinstance(to, Door) and to.case in (one.number, *one.holds)), None)
            self._stories.append(Story(number, "Billing", [letter.by], is_secret=bool(known and known.is_secret)))

    def _nobody_works(self, now: datetime) -> None:
        to: Place = self._random.choice(["Billing", "Repairs", self._door(self._random.choice(self._stories))])
        self._hands.brings_to_sleepers(now, self._letter("unread", to, fetched=1))

    def _laid_again(self, now: datetime) -> None:
        if self._filed:
            self._hands.lays_again(now, self._filed.pop())

    def _becomes_strict(self, now: datetime) -> None:
        self._hands.becomes_strict(now)

    def _probe(self, now: datetime) -> None:
        raw = self._hands.probes(now)
        if self._random.random() < 0.93:
            back = now + timedelta(seconds=self._random.choice([self._random.randrange(1, 20), self._random.randrange(20, 4000)]))
            self._plan(back, lambda at: self._hands.probe_comes_back(at, now, raw))
