"""The hands of a desk's people: each deed is done by the product's own actions and written into the diary, in the same breath.

Deeds of different cases share a transaction, for a commit costs more than a deed; a case is never touched twice in one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.actions import (
    calls,
    cases,
    deliveries,
    entries,
    fields,
    handovers,
    merging,
    people,
    recall,
    sending,
    sight,
    spam,
    split,
)
from helpdesk.db import Database
from helpdesk.models import Agent, Case, Desk, Entry, Event, OutboxMail, Team
from tests.figures.diary import Diary
from tests.figures.house import TEAMS

NOTE = {"promised": "A call", "tried": "All of it", "next_step": "Call them"}
AT_ONCE = 150


class Hands:
    """Does deeds; `ids` are those of the house."""

    def __init__(self, database: Database, ids: dict[str, int], diary: Diary) -> None:
        self.database, self.ids, self.diary = database, ids, diary
        self._block: Any = None
        self._touched: set[int] = set()
        self._done = 0

    # ── a transaction of many ────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _at(self, now: datetime, *numbers: int) -> Iterator[Session]:
        if self._touched & set(numbers) or self._done >= AT_ONCE:
            self.settle()
        if self._block is None:
            self._block = self.database.transaction()
            self._session = self._block.__enter__()
        self._touched |= set(numbers)
        self._done += 1
        with clock.freeze(now):
            yield self._session

    def settle(self) -> None:
        """Commit what was done."""
        if self._block is not None:
            block, self._block = self._block, None
            block.__exit__(None, None, None)
        self._touched, self._done = set(), 0

    def _agent(self, name: str) -> Agent:
        return self._session.get_one(Agent, self.ids[name])

    # ── what customers do ────────────────────────────────────────────────────────────────────────────────────────────

    def opens(
        self, now: datetime, customer: str, team: str, priority: str = "normal", *, follows: int | None = None, acknowledged: bool
    ) -> int:
        """A first mail; the number of its case."""
        with self._at(now, *filter(None, [follows])) as session:
            person = people.known(session, f"{customer}@customer.example", customer.title(), now=now, language="en")
            case = cases.open_case(session, session.scalars(select(Desk)).one(), person, f"About {customer}", now=now,
                                   team=session.get_one(Team, self.ids[team]))  # fmt: skip
            self._touched.add(case.number)
            if follows:
                cases.link(session, case, session.get_one(Case, follows), kind="follow-up", now=now)
            if priority != "normal":
                fields.prioritise(session, case, priority, agent=self._agent("Ben"), now=now)
            mail = entries.Incoming(customer, "It broke", "It broke")
            entry = entries.receive(session, case, mail, person=person, counts=True, now=now)
            if acknowledged:
                entries.acknowledge(session, case, entry, now=now)
            secret, until = case.confidential, self._named(session, case.number)
        self.diary.write(now, case.number, "mail", team=team, priority=priority, customer=customer, follows=follows)
        if acknowledged:
            self.diary.write(now, case.number, "acknowledged", until=until)
        if secret:
            self.diary.write(now, case.number, "secret")
        return case.number

    def _named(self, session: Session, number: int) -> datetime | None:
        """The time that the acknowledgement named."""
        told = select(Event).where(Event.case_number == number, Event.deed == "acknowledged")
        event = session.scalars(told).one_or_none()
        return datetime.fromisoformat(event.after["promise"]) if event and "promise" in event.after else None

    def writes(self, now: datetime, number: int, text: str = "It still burns", **more: bool) -> None:
        """Their mail; `more` is what it only says: `thanks`, or yes or no (`says`)."""
        with self._at(now, number) as session:
            case = session.get_one(Case, number)
            mail = entries.Incoming(case.requester.name, text, text)
            entries.receive(session, case, mail, person=case.requester, counts=True, now=now)
        self.diary.write(now, number, "mail", **more)

    def machine_writes(self, now: datetime, number: int, flag: str = "automatic") -> None:
        """An absence notice, or (`stranger`) somebody who takes no part."""
        with self._at(now, number) as session:
            mail = entries.Incoming("Somebody", "I am away", "I am away", flags=[flag])
            entries.receive(session, session.get_one(Case, number), mail, person=None, counts=False, now=now)
        self.diary.write(now, number, "machine" if flag == "automatic" else "stranger")

    # ── what agents do ───────────────────────────────────────────────────────────────────────────────────────────────

    def begins(self, now: datetime, customer: str, who: str) -> int:
        """Our own first mail to somebody, in the agent's team."""
        with self._at(now) as session:
            desk, agent = session.scalars(select(Desk)).one(), self._agent(who)
            team = agent.teams[0]
            entry = entries.begin(session, desk, f"{customer}@customer.example", "We have a question", "Well?", agent=agent, now=now,
                                  team=team)  # fmt: skip
            number = entry.case_number
            self._touched.add(number)
        self.diary.write(now, number, "began", who, team=team.name, priority="normal", customer=customer)
        self.diary.write(now, number, "answer", who, resolves=False)
        return number

    def answers(self, now: datetime, number: int, who: str, *, resolves: bool = False) -> None:
        with self._at(now, number) as session:
            entries.reply(session, session.get_one(Case, number), "Use the stairs", agent=self._agent(who), now=now,
                          then_resolve=resolves)  # fmt: skip
        self.diary.write(now, number, "answer", who, resolves=resolves)

    def answers_and_takes_it_back(self, now: datetime, number: int, who: str) -> None:
        """Nobody got it, so the diary knows nothing of it."""
        with self._at(now, number) as session:
            case, agent = session.get_one(Case, number), self._agent(who)
            entry = sending.send(session, case, "Oh", agent=agent, now=now, then_resolve=False, undo=timedelta(seconds=10))
        self.settle()
        with self._at(now + timedelta(seconds=5), number) as session:
            recall.take_back(session, session.get_one(Case, number), session.get_one(Entry, entry.id), agent=self._agent(who),
                             now=now + timedelta(seconds=5))  # fmt: skip

    def calls(self, now: datetime, number: int, who: str) -> None:
        with self._at(now, number) as session:
            contact = calls.Contact("call", now, "I told them", direction="out", turn="theirs")
            calls.log(session, session.get_one(Case, number), contact, agent=self._agent(who), now=now)
        self.diary.write(now, number, "call", who)

    def notes(self, now: datetime, number: int, who: str) -> None:
        with self._at(now, number) as session:
            entries.note(session, session.get_one(Case, number), "Look", agent=self._agent(who), now=now)
        self.diary.write(now, number, "note", who)

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

    def assigns(self, now: datetime, number: int, to: str, who: str) -> None:
        with self._at(now, number) as session:
            cases.assign(session, session.get_one(Case, number), self._agent(to), agent=self._agent(who), now=now)
        self.diary.write(now, number, "holder", who, to=to, note=False)

    def hands_over(self, now: datetime, number: int, to: str, who: str) -> None:
        """With a note, to an agent or to a team."""
        with self._at(now, number) as session:
            is_team = to in TEAMS
            other = session.get_one(Team, self.ids[to]) if is_team else self._agent(to)
            handovers.hand_over(session, session.get_one(Case, number), other, NOTE, agent=self._agent(who), now=now)
        self.diary.write(now, number, "team" if is_team else "holder", who, to=to, note=True)

    def gives_to_team(self, now: datetime, number: int, to: str, who: str) -> None:
        with self._at(now, number) as session:
            team = session.get_one(Team, self.ids[to])
            handovers.give_to_team(session, session.get_one(Case, number), team, agent=self._agent(who), now=now)
        self.diary.write(now, number, "team", who, to=to, note=False)

    def merges(self, now: datetime, number: int, into: int, who: str) -> None:
        with self._at(now, number, into) as session:
            one, other = session.get_one(Case, number), session.get_one(Case, into)
            merging.merge(session, one, other, agent=self._agent(who), now=now)
        self.diary.write(now, number, "merged", who, into=into)

    def splits(self, now: datetime, number: int, who: str) -> tuple[int, datetime]:
        """The newest mail of theirs becomes a case of its own: (its number, when that mail came)."""
        with self._at(now, number) as session:
            query = select(Entry).where(Entry.case_number == number, Entry.kind == "mail-in").order_by(Entry.id.desc())
            entry = next(one for one in session.scalars(query) if not one.flags)
            case = session.get_one(Case, number)
            fresh = split.split(session, case, [entry], case.requester, "Another thing", agent=self._agent(who), now=now)
            self._touched.add(fresh.number)
            holder = next((name for name, number in self.ids.items() if number == fresh.assignee_id and name not in TEAMS), "")
            team, confidential, mail_at = fresh.team.name if fresh.team else "", fresh.confidential, entry.at
        self.diary.write(
            now, fresh.number, "split", who, other=number, mail_at=mail_at, team=team, priority="normal", holder=holder
        )
        if confidential:
            self.diary.write(now, fresh.number, "secret", who)
        return fresh.number, mail_at

    # ── what the post does ───────────────────────────────────────────────────────────────────────────────────────────

    def bounces(self, now: datetime, number: int) -> None:
        """The last answer comes home."""
        with self._at(now, number) as session:
            query = select(OutboxMail).where(OutboxMail.case_number == number, OutboxMail.kind == "reply")
            row = session.scalars(query.order_by(OutboxMail.id.desc())).first()
            assert row is not None
            deliveries.bounced(session, row, "550 no such user", permanent=True, now=now)
        self.diary.write(now, number, "bounce")

    def _simply(self, deed: Any, now: datetime, number: int, who: str, name: Any) -> None:
        with self._at(now, number) as session:
            deed(session, session.get_one(Case, number), agent=self._agent(who), now=now)
        self.diary.write(now, number, name, who)
