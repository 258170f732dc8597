"""What the agents of a desk do to its cases and their addresses; what is not permitted nobody did."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from helpdesk.actions.addresses import CannotChange
from helpdesk.actions.cases import NotPermitted
from tests.figures.door_days import DAY, Days, Story

STAFF = {"Billing": ("Ben", "Bea"), "Repairs": ("Rolf", "Rita")}
# What is done to a case, and how often beside the rest.
DEEDS = {
    "answers": 14, "solves": 14, "reopens": 4, "joins": 6, "revokes": 3, "rotates": 4, "extends": 4, "spam": 3, "conceals": 4,
    "merges": 6, "team": 5,
}  # fmt: skip


class Staff(Days):
    """Does what agents do."""

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
