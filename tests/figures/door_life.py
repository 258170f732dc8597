"""What comes to a desk's doors over some months, at every age of an address: answers, strangers, machines, thanks, doubles, reports home.

The same seed gives the same life.  It decides by what it did itself, never by what the product says.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.figures.door_days import DAY, HOUR, Pace, Story
from tests.figures.door_diary import Door, Letter, Place
from tests.figures.door_hands import DoorHands
from tests.figures.door_senders import LETTERS, Senders
from tests.figures.door_staff import DEEDS, Staff

LONG_AGO = 420 * DAY  # so that addresses are retired within the months that are told of


class DoorLife(Senders, Staff):
    """Lives through the days of a desk."""

    def __init__(self, hands: DoorHands, pace: Pace, seed: int = 7) -> None:
        super().__init__(hands, pace, seed)
        self._deck: list[str] = []
        self._filed: list[Letter] = []
        for n in range(pace.cases):
            last = pace.begin + pace.opening * pace.days * DAY
            self._plan(self._some_time(pace.begin, last), lambda now, n=n: self._new(now, n))
        for n in range(max(3, pace.cases // 40)):
            first = pace.begin - LONG_AGO
            self._plan(self._some_time(first, first + 90 * DAY), lambda now, n=n: self._of_old(now, n))
        self._plan_the_timetable()
        self._plan_odds()

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
        for n in range(max(16, self._pace.cases // 8)):
            self._plan(self._some_time(self._pace.begin, self.end), lambda now, n=n: self._odd(now, n))
        for late in (50 * DAY, 10 * DAY, 3 * HOUR, 61 / 60 * HOUR, 59 / 60 * HOUR, HOUR / 3):
            self._plan(self.end - late, self._nobody_works)
        for _ in range(3 + self._pace.cases // 200):
            self._plan(self._some_time(self._pace.begin + 9 * DAY, self.end), lambda now: self._laid_again(now))

    # ── cases ────────────────────────────────────────────────────────────────────────────────────────────────────────

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
