"""The hands of those who work at a desk: each deed is done by the product's own actions and written into the diary, in the same breath."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.actions import addresses, blocks, cases, entries, handovers, merging, people, sight, spam
from helpdesk.db import House
from helpdesk.models import Agent, Case, OutboxMail, ReplyAddress, Team
from tests.figures.door_diary import Door
from tests.figures.door_post import Post, address_of


class DoorHands(Post):
    """Does deeds, too."""

    @contextmanager
    def _at(self, now: datetime) -> Iterator[Session]:
        with clock.freeze(now), self.database.transaction() as session:
            yield session

    def answers(self, now: datetime, number: int, who: str, *, resolves: bool) -> dict[str, int]:
        """Person → the mail that went to them."""
        with self._at(now) as session:
            me, case = session.get_one(Agent, self.ids[who]), session.get_one(Case, number)
            entry = entries.reply(session, case, "Use the stairs", agent=me, now=now, then_resolve=resolves)
            session.flush()
            rows = session.scalars(select(OutboxMail).where(OutboxMail.entry_id == entry.id))
            mails = {row.recipient.partition("@")[0]: row.id for row in rows}
        self._meet_doors()
        self.diary.write(now, "answer", number, resolves=resolves, mails=mails)
        return mails

    def solves(self, now: datetime, number: int, who: str) -> None:
        self._simply(cases.resolve, now, number, who, "solved")

    def reopens(self, now: datetime, number: int, who: str) -> None:
        self._simply(cases.reopen, now, number, who, "reopened")

    def conceals(self, now: datetime, number: int, who: str) -> None:
        self._simply(sight.conceal, now, number, who, "secret")

    def marks_spam(self, now: datetime, number: int, who: str) -> None:
        self._simply(spam.mark, now, number, who, "spam")

    def unmarks_spam(self, now: datetime, number: int, who: str) -> None:
        self._simply(spam.unmark, now, number, who, "no-spam")

    def _simply(self, deed: Any, now: datetime, number: int, who: str, name: Any) -> None:
        with self._at(now) as session:
            deed(session, session.get_one(Case, number), agent=session.get_one(Agent, self.ids[who]), now=now)
        self.diary.write(now, name, number)

    def lets_join(self, now: datetime, number: int, person: str, who: str) -> None:
        with self._at(now) as session:
            known = people.known(session, address_of(person), person.title(), now=now)
            me = session.get_one(Agent, self.ids[who])
            cases.add_participant(session, session.get_one(Case, number), known, agent=me, now=now)
        self._meet_doors()
        self.diary.write(now, "joins", number, person=person)

    def gives_to_team(self, now: datetime, number: int, to: str, who: str) -> None:
        with self._at(now) as session:
            team, me = session.get_one(Team, self.ids[to]), session.get_one(Agent, self.ids[who])
            handovers.give_to_team(session, session.get_one(Case, number), team, agent=me, now=now)
        self.diary.write(now, "team", number, to=to)

    def merges(self, now: datetime, number: int, into: int, who: str) -> None:
        with self._at(now) as session:
            one, other = session.get_one(Case, number), session.get_one(Case, into)
            merging.merge(session, one, other, agent=session.get_one(Agent, self.ids[who]), now=now)
        self.diary.write(now, "merged", number, into=into)

    def revokes(self, now: datetime, door: Door, who: str) -> None:
        self._at_door(addresses.revoke, now, door, who)
        self.diary.write(now, "revoked", door=door)

    def rotates(self, now: datetime, door: Door, who: str) -> None:
        self._at_door(addresses.rotate, now, door, who)
        self._meet_doors()
        self.diary.write(now, "rotated", door=door)

    def extends(self, now: datetime, door: Door, days: int, who: str) -> None:
        with self._at(now) as session:
            row, me = session.get_one(ReplyAddress, self.doors[door][0]), session.get_one(Agent, self.ids[who])
            addresses.extend(session, row, days, agent=me, now=now)
        self.diary.write(now, "extended", door=door, days=days)

    def _at_door(self, deed: Any, now: datetime, door: Door, who: str) -> None:
        with self._at(now) as session:
            row = session.get_one(ReplyAddress, self.doors[door][0])
            deed(session, row, agent=session.get_one(Agent, self.ids[who]), now=now)

    def blocks(self, now: datetime, person: str, who: str) -> None:
        with self._at(now) as session:
            blocks.block(session, address_of(person), agent=session.get_one(Agent, self.ids[who]), now=now)
        self.diary.write(now, "blocked", person=person)

    def becomes_strict(self, now: datetime) -> None:
        settings, keys = self.database.house
        self.database.house = House(settings.model_copy(update={"expired": "refuse"}), keys)
        self.diary.write(now, "strict")
