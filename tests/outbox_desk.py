"""A small desk for the tests of the way out: what it queues goes to a relay that follows a script."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.actions import agents, cases, desks, entries, people
from helpdesk.db import Database
from helpdesk.models import Agent, Case, Entry, Job, OutboxMail, Person
from helpdesk.queries import addresses as find
from mail import outbound
from mail.transport import Patience, Transport
from tests.scripted_relay import ScriptedRelay

HELP, BOB = "help@example.org", "bob@corp.example"


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class Desk:
    """A desk with Bob, and a relay behind it that follows a script."""

    def __init__(self, database: Database, relay: ScriptedRelay) -> None:
        self.database, self.relay = database, relay
        self.transport = Transport(relay.url(), patience=Patience(connect=2, command=2, final_dot=2))
        with database.transaction() as session:
            desks.sync_from_settings(session, now=clock.now())
            self.bob = agents.create(session, BOB, "Bob Builder", role="agent", now=clock.now()).id

    @contextmanager
    def deed(self) -> Iterator[Session]:
        with self.database.transaction() as session:
            yield session

    def opens(self, *names: str, language: str = "en") -> int:
        """A case in which these people take part; the first of them wrote it."""
        with self.deed() as session:
            front = find.desk_at(session, HELP)
            assert front is not None
            first, *others = [
                people.known(session, f"{name.lower()}@customer.example", name, now=clock.now(), language=language)
                for name in names
            ]
            case = cases.open_case(session, front, first, "The printer is on fire", now=clock.now())
            for other in others:
                cases.add_participant(session, case, other, now=clock.now())
            return case.number

    def receives(self, number: int, name: str, text: str, *, flags: tuple[str, ...] = (), message_id: str | None = None) -> int:
        with self.deed() as session:
            person = session.scalar(select(Person).where(Person.address == f"{name.lower()}@customer.example"))
            incoming = entries.Incoming(name, text, text, flags=flags, message_id=message_id)
            counts = not set(flags) & {"suspect", "stranger", "automatic"}
            return entries.receive(
                session, session.get_one(Case, number), incoming, person=person, counts=counts, now=clock.now()
            ).id

    def replies(self, number: int, text: str = "Use the stairs", **more: Any) -> int:
        with self.deed() as session:
            bob = session.get_one(Agent, self.bob)
            return entries.reply(session, session.get_one(Case, number), text, agent=bob, now=clock.now(), **more).id

    def acknowledges(self, number: int, entry_id: int) -> None:
        with self.deed() as session:
            entries.acknowledge(session, session.get_one(Case, number), session.get_one(Entry, entry_id), now=clock.now())

    def delivers(self) -> int:
        return outbound.deliver_due(self.database, self.transport, now=clock.now())

    @property
    def rows(self) -> list[OutboxMail]:
        with self.database.reading() as session:
            rows = list(session.scalars(select(OutboxMail).order_by(OutboxMail.id)))
            session.expunge_all()
            return rows

    @property
    def states(self) -> list[str]:
        return [row.state for row in self.rows]

    @property
    def last(self) -> EmailMessage:
        return read(self.relay.taken[-1].raw)

    @property
    def last_text(self) -> str:
        return text_of(self.last)

    def jobs(self, kind: str) -> list[Job]:
        with self.database.reading() as session:
            jobs = list(session.scalars(select(Job).where(Job.kind == kind).order_by(Job.id)))
            session.expunge_all()
            return jobs
