"""Who writes to the cases of a desk, and by which addresses: those who take part, strangers, machines, and what comes home."""

from __future__ import annotations

from datetime import datetime

from tests.figures.door_days import Days, Story

# What comes to a case, and how often beside the rest.
LETTERS = {
    "writes": 30, "thanks": 5, "machine": 7, "stranger": 8, "forwarded": 3, "unclear": 3, "by_another_door": 4, "copies_the_desk": 5,
    "to_two_cases": 3, "absent": 3, "fails": 7, "fails_again": 3, "is_late": 3, "ours": 2, "blocked": 3,
}  # fmt: skip


class Senders(Days):
    """Writes letters of every kind."""

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
