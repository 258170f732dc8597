"""What happens at a desk: customers who write at any hour, agents who answer soon, late or never, and all that goes wrong between.

The same seed gives the same life.  It decides by what it did itself, never by what the product says.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.figures.hands import Hands
from tests.figures.house import AGENTS, TEAMS

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GRACE = 28 * DAY
Next = tuple[datetime, int, Callable[[datetime], None]]


@dataclass
class Story:
    """A case as those remember it who had to do with it."""

    number: int
    team: str
    customer: str
    state: str = "new"  # new open waiting resolved gone
    turn: int = 0  # grows with each change of turn: what was planned for an older one does not happen
    answered: bool = False
    holder: str = ""
    solved_at: datetime | None = None
    secret: bool = False
    mails: int = 1
    copies: bool = False
    mailed: bool = False  # we wrote to them by mail
    asked: bool = False  # whether it helped, and they said nothing since


@dataclass
class Pace:
    """How busy a desk is, and how good."""

    cases: int
    begin: datetime
    days: int
    odd: float = 1.0  # how much of what is rare: merges, splits, spam …
    staff: dict[str, str] = field(default_factory=lambda: dict(AGENTS))


class Life:
    """Lives through the days of a desk."""

    def __init__(self, hands: Hands, pace: Pace, seed: int = 2024) -> None:
        self._hands, self._pace, self._random = hands, pace, random.Random(seed)
        self._end = pace.begin + pace.days * DAY
        self._queue: list[Next] = []
        self._count = 0
        self._mergeable: dict[str, Story] = {}
        span = int((self._end - pace.begin).total_seconds())
        for n in range(pace.cases):
            self._plan(pace.begin + timedelta(seconds=self._random.randrange(span)), lambda now, n=n: self._new(now, n))

    def until(self, at: datetime) -> None:
        """Let everything happen that happens before an instant."""
        while self._queue and self._queue[0][0] < min(at, self._end):
            now, _order, what = heapq.heappop(self._queue)
            what(now)
        self._hands.settle()

    # ── chance ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _plan(self, at: datetime, what: Callable[[datetime], None]) -> None:
        self._count += 1
        heapq.heappush(self._queue, (at.replace(microsecond=0), self._count, what))

    def _if_still(self, story: Story, hours: tuple[float, float], now: datetime, what: Callable[[datetime], None]) -> None:
        """Some hours later, unless it is another's turn by then."""
        turn = story.turn
        self._plan(now + self._random.uniform(*hours) * HOUR, lambda at: what(at) if story.turn == turn else None)

    def _odd(self, share: float) -> bool:
        return self._random.random() < share * self._pace.odd

    def _somebody(self, team: str) -> str:
        return self._random.choice([name for name, of in self._pace.staff.items() if of == team])

    # ── the customer's turn ──────────────────────────────────────────────────────────────────────────────────────────

    def _new(self, now: datetime, n: int) -> None:
        chance, customer = self._random.random(), f"customer{n}"
        if chance < 0.03:
            who = self._random.choice(sorted(self._pace.staff))
            story = Story(self._hands.begins(now, customer, who), self._pace.staff[who], customer, "waiting", 1, True, who)
            self._customer_reacts(now, story)
            return
        team = self._random.choices(list(TEAMS), (50, 25, 15, 10))[0]
        priority = self._random.choices(("normal", "urgent", "high"), (90, 6, 4))[0]
        story = Story(self._hands.opens(now, customer, team, priority, acknowledged=chance < 0.3), team, customer)
        if self._odd(0.03):
            self._if_still(story, (0.1, 30), now, lambda at: self._spam(at, story))
        if self._odd(0.02):
            self._hands.conceals(now + timedelta(seconds=90), story.number, self._somebody(team))
            story.secret = True
        elif self._odd(0.05):
            self._merge(now, story)
        self._our_turn(now, story)

    def _writes(self, now: datetime, story: Story) -> None:
        was = story.state
        self._hands.writes(now, story.number)
        self._has_written(now, story, was)

    def _says(self, now: datetime, story: Story) -> None:
        """One word, to the question whether we helped or to none."""
        says, was = self._random.random() < 0.7, story.state
        self._hands.writes(now, story.number, "Yes, thank you!" if says else "No, not really.", says=says)
        if says and story.asked:
            story.asked = False
            self._after_the_end(now, story)
            return
        self._has_written(now, story, was)

    def _has_written(self, now: datetime, story: Story, was: str) -> None:
        story.mails, story.asked = story.mails + 1, False
        if was in ("waiting", "resolved"):
            story.state, story.turn, story.solved_at = "open", story.turn + 1, None
            self._our_turn(now, story)
        else:
            self._maybe_chase(now, story)

    def _customer_reacts(self, now: datetime, story: Story) -> None:
        chance = self._random.random()
        if self._odd(0.03):
            self._if_still(story, (0.02, 3), now, lambda at: self._bounces(at, story))
        elif self._odd(0.06):
            self._if_still(story, (0.01, 1), now, lambda at: self._hands.machine_writes(at, story.number))
        if chance < 0.4:
            self._if_still(story, (0.3, 140), now, lambda at: self._writes(at, story))
        elif chance < 0.9:
            self._if_still(story, (1, 260), now, lambda at: self._solves(at, story))

    def _maybe_chase(self, now: datetime, story: Story) -> None:
        if self._random.random() < 0.4:
            self._if_still(story, (5, 70), now, lambda at: self._writes(at, story))

    def _after_the_end(self, now: datetime, story: Story) -> None:
        chance = self._random.random()
        if chance < 0.12:
            self._if_still(story, (1, 27 * 24), now, lambda at: self._writes(at, story))
        elif chance < 0.15:
            self._if_still(story, (28 * 24 + 1, 50 * 24), now, lambda at: self._follows(at, story))
        elif chance < 0.18:
            self._if_still(story, (1, 100), now, lambda at: self._reopens(at, story))
        elif chance < 0.24:
            self._if_still(story, (0.1, 200), now, lambda at: self._hands.machine_writes(at, story.number))
        elif chance < 0.27:
            self._if_still(story, (0.1, 20), now, lambda at: self._thanks(at, story))
        elif chance < 0.45:
            self._if_still(story, (0.1, 90), now, lambda at: self._says(at, story))
        elif chance < 0.47 and story.mailed:
            self._if_still(story, (0.1, 3), now, lambda at: self._bounces(at, story))

    def _thanks(self, now: datetime, story: Story) -> None:
        """It opens the case again, and somebody closes it."""
        story.state, story.solved_at, story.turn, story.asked = "open", None, story.turn + 1, False
        self._hands.writes(now, story.number, "Thank you very much!", thanks=True)
        self._if_still(story, (0.2, 30), now, lambda at: self._solves(at, story))

    def _follows(self, now: datetime, story: Story) -> None:
        """They wrote to an address that had ended: a case of its own."""
        number = self._hands.opens(now, story.customer, story.team, follows=story.number, acknowledged=False)
        self._our_turn(now, Story(number, story.team, story.customer, secret=story.secret))

    # ── our turn ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _our_turn(self, now: datetime, story: Story) -> None:
        chance = self._random.random()
        hours = (0.02, 3) if chance < 0.5 else (2, 30) if chance < 0.85 else (24, 220)
        if self._random.random() < 0.97:
            self._if_still(story, hours, now, lambda at: self._acts(at, story))
        self._maybe_chase(now, story)

    def _acts(self, now: datetime, story: Story) -> None:
        """Something before the answer, or the answer."""
        me = story.holder or self._somebody(story.team)
        if self._odd(0.08):
            self._hands.notes(now, story.number, me)
        elif self._odd(0.09):
            self._changes_hands(now, story, me)
        elif self._odd(0.02) and story.mails > 1 and not story.copies and story.state in ("new", "open"):
            number, _came = self._hands.splits(now, story.number, me)
            fresh = Story(number, story.team, story.customer, "new", holder=story.holder, secret=story.secret, copies=True)
            self._our_turn(now, fresh)
        elif self._odd(0.03):
            self._solves(now, story)  # without a word
            return
        elif self._odd(0.03):
            self._hands.answers_and_takes_it_back(now, story.number, me)
        else:
            self._answers(now, story, me)
            return
        self._if_still(story, (0.1, 12), now, lambda at: self._acts(at, story))

    def _answers(self, now: datetime, story: Story, me: str) -> None:
        me = self._somebody(story.team) if self._random.random() < 0.1 else me
        story.turn += 1
        story.holder, story.answered = story.holder or me, True
        if self._odd(0.03):
            self._hands.calls(now, story.number, me)
            story.state = "waiting"
            self._if_still(story, (1, 100), now, lambda at: self._solves(at, story))
            return
        resolves = self._random.random() < 0.25
        self._hands.answers(now, story.number, me, resolves=resolves)
        story.mailed = True
        if resolves:
            story.state, story.solved_at, story.asked = "resolved", now, True
            self._after_the_end(now, story)
        else:
            story.state = "waiting"
            self._customer_reacts(now, story)

    def _changes_hands(self, now: datetime, story: Story, me: str) -> None:
        others = [name for name in TEAMS if name != story.team]
        if self._random.random() < 0.5 and not story.secret:
            story.team, story.holder = self._random.choice(others), ""
            give = self._hands.hands_over if self._random.random() < 0.5 else self._hands.gives_to_team
            give(now, story.number, story.team, me)
            return
        others = [name for name, of in sorted(self._pace.staff.items()) if of == story.team and name != story.holder]
        if not others:
            self._hands.notes(now, story.number, me)
            return
        to = self._random.choice(others)
        give = self._hands.hands_over if self._random.random() < 0.5 else self._hands.assigns
        give(now, story.number, to, me)
        story.holder = to

    def _solves(self, now: datetime, story: Story) -> None:
        story.state, story.solved_at, story.turn = "resolved", now, story.turn + 1
        self._hands.solves(now, story.number, story.holder or self._somebody(story.team))
        self._after_the_end(now, story)

    def _reopens(self, now: datetime, story: Story) -> None:
        story.state, story.solved_at, story.turn = "open", None, story.turn + 1
        self._hands.reopens(now, story.number, story.holder or self._somebody(story.team))
        self._our_turn(now, story)

    def _bounces(self, now: datetime, story: Story) -> None:
        if not story.mailed:  # that one has come home already
            return
        story.mailed = False
        story.state, story.turn = "open", story.turn + 1
        self._hands.bounces(now, story.number)
        self._our_turn(now, story)

    def _spam(self, now: datetime, story: Story) -> None:
        if story.state != "new":
            return
        story.state, story.turn = "gone", story.turn + 1
        self._hands.marks_spam(now, story.number, self._somebody(story.team))
        if self._random.random() < 0.3:
            self._if_still(story, (1, 90), now, lambda at: self._no_spam(at, story))

    def _no_spam(self, now: datetime, story: Story) -> None:
        story.state, story.turn = "new", story.turn + 1
        self._hands.unmarks_spam(now, story.number, self._somebody(story.team))
        self._our_turn(now, story)

    def _merge(self, now: datetime, story: Story) -> None:
        """Two cases of one team become one: the newer goes on in the older, some hours after it came."""
        older = self._mergeable.pop(story.team, None)
        if older is None:
            self._mergeable[story.team] = story
            return

        def deed(at: datetime) -> None:
            if (
                older.state in ("new", "open", "waiting")
                and story.state in ("new", "open")
                and not (older.secret or story.secret)
            ):
                me = self._somebody(story.team)
                both = {older.state, story.state}
                state = "new" if both == {"new"} else "open"
                self._hands.merges(at, story.number, older.number, me)
                story.state, story.turn = "gone", story.turn + 1
                older.turn += older.state == "waiting"
                changed, older.state = older.state == "waiting", state
                older.copies = True
                if changed:
                    self._our_turn(at, older)

        self._plan(now + self._random.uniform(1, 40) * HOUR, deed)
