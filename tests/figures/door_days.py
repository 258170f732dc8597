"""The days of a desk to whose doors letters come: chance and time, who remembers what, and how a letter is brought."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.figures.door_diary import Door, Letter, Place
from tests.figures.door_hands import DoorHands

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


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


class Days:
    """What happens when; `_goes_on` is told of every case that begins."""

    def __init__(self, hands: DoorHands, pace: Pace, seed: int = 7) -> None:
        self._hands, self._pace, self._random = hands, pace, random.Random(seed)
        self.end = pace.begin + pace.days * DAY
        self._queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._count, self._key = 0, 0
        self._stories: list[Story] = []
        self._withdrawn: set[Door] = set()
        self._held: list[tuple[Letter, int]] = []

    def lives(self) -> None:
        """Let everything happen."""
        while self._queue:
            now, _order, what = heapq.heappop(self._queue)
            if now < self.end:
                what(now)

    def _goes_on(self, now: datetime, story: Story, share: float = 1.0) -> None:
        raise NotImplementedError

    def _plan(self, at: datetime, what: Callable[[datetime], None]) -> None:
        self._count += 1
        at = at.replace(microsecond=0) + timedelta(microseconds=self._count % 1_000_000)  # no two deeds at one instant
        heapq.heappush(self._queue, (at, self._count, what))

    def _some_time(self, begin: datetime, end: datetime) -> datetime:
        return begin + self._random.random() * (end - begin)

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
        if again and self._random.random() < 0.1:
            self._key += 1
            double = replace(letter, key=self._key, again=letter.key)
            self._plan(now + self._random.uniform(0.01, 3) * HOUR, lambda at: self._double(at, double))
        return opened

    def _double(self, now: datetime, letter: Letter) -> None:
        if not any(isinstance(to, Door) and to in self._withdrawn for to in letter.to):
            self._hands.brings(now, letter)

    def _door(self, story: Story, person: str | None = None) -> Door:
        """An address of the case, whatever became of it, of one who takes part or of anybody."""
        doors = self._hands.doors_of([story.number, *story.holds])
        return self._random.choice([door for door in doors if person in (None, door.person)] or doors)
