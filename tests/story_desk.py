"""The desk of a story: the whole product but for its pages, with a door in front and a relay behind."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock, runner
from helpdesk import jobs as timetable
from helpdesk.db import Database
from helpdesk.models import Arrival, Case, InboundMail, OutboxMail
from mail import inbound
from mail import jobs as bridge
from tests.story_case import Arrived, Brought, StoryCase
from tests.ways import Outside, drain

DAY = timedelta(days=1)


class Desk:
    """The whole product but for its pages, with a door in front and a relay behind."""

    def __init__(self, database: Database, way: str, around: Outside) -> None:
        self.database, self.way, self.around = database, way, around
        self.settings, self.relay, self.door = database.house.settings, around.relay, around.door
        self._clock = contextlib.ExitStack()
        self.handlers: dict[str, runner.Handler] = {
            "mail.process": lambda job: inbound.process(self.database, self.around.reader, job["mail"]),
            "outbox.deliver": lambda _job: bridge.deliver_due(self.database, self.around.transport),
        }

    @property
    def refuses(self) -> bool:
        """Whether its door can say no; by IMAP the mail is here already."""
        return not self.way.startswith("imap")

    def is_now(self, at: datetime) -> None:
        self._clock.enter_context(clock.freeze(at))

    def days_pass(self, days: float) -> None:
        """Let time pass as the timetable would live through it: sweeps, and whatever is due goes out."""
        end = clock.now() + timedelta(days=days)
        step = DAY if days <= 7 else 2 * DAY  # a longer silence would look like a clock that jumped
        while clock.now() < end:
            self.is_now(min(clock.now() + step, end))
            self.runs_its_timetable()

    def minutes_pass(self, minutes: float) -> None:
        self.days_pass(minutes / 24 / 60)

    def waits_until(self, at: datetime) -> None:
        self.days_pass((at - clock.now()) / DAY)

    def runs_its_timetable(self) -> None:
        timetable.sweep(self.database, now=clock.now())
        bridge.ring_due(self.database, now=clock.now())
        bridge.sweep_forgotten(self.database, now=clock.now())
        self.works()

    def works(self) -> None:
        """Do all that is due now."""
        drain(self.database, self.handlers)

    def takes(self, raw: bytes, sender: str, recipients: Sequence[str]) -> Brought:
        """Have somebody's server bring a mail, and work at it."""
        answers = self.keeps(raw, sender, recipients)
        with self.database.reading() as session:
            newest = session.scalar(select(InboundMail.id).order_by(InboundMail.id.desc()).limit(1)) or 0
        taken = [to for to, answer in answers.items() if answer.startswith("250")]
        first = newest - (len(taken) if not self.refuses else min(len(taken), 1)) + 1
        self.works()
        return Brought(answers, tuple(line for line in self.post_room if line.mail_id >= first) if taken else ())

    def keeps(self, raw: bytes, sender: str, recipients: Sequence[str]) -> dict[str, str]:
        """Have somebody's server bring a mail, and leave it lying there."""
        return self.door.bring(raw, sender, list(recipients))

    @property
    def cases(self) -> list[StoryCase]:
        with self.database.reading() as session:
            return [StoryCase(self.database, number) for number in session.scalars(select(Case.number).order_by(Case.number))]

    @property
    def post_room(self) -> list[Arrived]:
        """Every line of it, the oldest first."""
        with self.database.reading() as session:
            return [self._arrived(row) for row in session.scalars(select(Arrival).order_by(Arrival.id))]

    @property
    def outbox(self) -> list[tuple[str, str, str]]:
        """(kind, recipient, state) of every mail that we ever wrote."""
        with self.database.reading() as session:
            rows = session.scalars(select(OutboxMail).order_by(OutboxMail.id))
            return [(row.kind, row.recipient, row.state) for row in rows]

    def _arrived(self, row: Arrival) -> Arrived:
        case = StoryCase(self.database, row.case_number) if row.case_number else None
        return Arrived(row.id, row.mail_id, row.recipient, row.outcome, row.reason, case, row.entry_id)

    def changes(self, deed: Callable[[Session], Any]) -> Any:
        """One deed in one transaction, and the work that follows from it."""
        with self.database.transaction() as session:
            result = deed(session)
        self.works()
        return result

    def close(self) -> None:
        self._clock.close()
