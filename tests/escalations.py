"""A team with a supervisor whose cases burn, for tests of escalations; time is told in hours since Monday at ten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import alerts, clock, jobs
from helpdesk.actions import agents, cases, desks, entries
from helpdesk.db import Database
from helpdesk.models import Agent, Case, Desk, Escalation, EscalationTelling, OutboxMail
from helpdesk.queries import people
from tests.conftest import MONDAY
from tests.web.browsing import anna_writes, mail_comes

HOUR = timedelta(hours=1)
# A first answer is due on Tuesday at ten, 24 hours after Monday at ten; the warning comes on Monday at 16:00.
WARNS, BREAKS = 6, 24
A_SECOND = 1 / 3600


class Burning:
    """Bob and Dana answer, Erik supervises their team, Carol is the admin."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            desks.sync_from_settings(session, now=MONDAY)
            carol = agents.create(session, "carol@example.org", "Carol", role="admin", now=MONDAY)
            team = desks.add_team(session, "Repairs", agent=carol, now=MONDAY)
            session.scalars(select(Desk)).one().team = team
            for name, role in (("Bob", "agent"), ("Dana", "agent"), ("Erik", "supervisor")):
                one = agents.create(session, f"{name.lower()}@example.org", name, role=role, now=MONDAY)
                agents.join(session, one, [team], by=carol, now=MONDAY)

    def at(self, hours: float) -> datetime:
        return MONDAY + hours * HOUR

    def writes(self, hours: float = 0, text: str = "The printer is on fire", number: int | None = None) -> int:
        """Anna's mail begins a case, or goes on in one; its number."""
        with clock.freeze(self.at(hours)):
            if number is None:
                return anna_writes(self.database, text)
            mail_comes(self.database, number, text)
            return number

    def does(self, deed: Callable[..., Any], hours: float, number: int = 1001, *, by: str = "bob", **more: Any) -> Any:
        """`deed(session, case, agent=…, now=…)` in a transaction of its own."""
        now = self.at(hours)
        with clock.freeze(now), self.database.transaction() as session:
            return deed(session, session.get_one(Case, number), agent=self.agent(session, by), now=now, **more)

    def answers(self, hours: float, number: int = 1001, **more: Any) -> None:
        self.does(lambda session, case, **by: entries.reply(session, case, "Use the stairs", **by), hours, number, **more)

    def agent(self, session: Session, name: str) -> Agent:
        found = people.agent_by_email(session, f"{name}@example.org")
        assert found is not None
        return found

    def tells(self, hours: float) -> list[tuple[str, int, str]]:
        """Run the timetable's sweeps and see who was told since: (name, level, how)."""
        with self.database.reading() as session:
            before = {row.id: row.how for row in session.scalars(select(EscalationTelling))}
        jobs.ring_at_your_word(self.database, now=self.at(hours))
        alerts.tell_at_your_word(self.database, now=self.at(hours))
        with self.database.reading() as session:
            rows = session.scalars(select(EscalationTelling).order_by(EscalationTelling.id))
            return [(row.agent.name, row.level, row.how) for row in rows if before.get(row.id) != row.how]

    def mails(self) -> list[tuple[str, datetime]]:
        """(whom, when) of each escalation mail."""
        with self.database.reading() as session:
            rows = session.scalars(select(OutboxMail).where(OutboxMail.kind == "escalation").order_by(OutboxMail.id))
            return [(row.recipient.partition("@")[0], row.created_at) for row in rows]

    def raised(self, number: int = 1001) -> list[tuple[str, str | None, bool]]:
        """(reason, outcome, whether it is open), the oldest first."""
        with self.database.reading() as session:
            rows = session.scalars(select(Escalation).where(Escalation.case_number == number).order_by(Escalation.id))
            return [(row.reason, row.outcome, row.closed_at is None) for row in rows]


def gives_to(name: str):
    """A deed: the case is given to this colleague."""

    def deed(session, case, **by):
        to = session.scalars(select(Agent).where(Agent.name == name)).one()
        return cases.assign(session, case, to, told_as=None, **by)

    return deed


def resolves(session, case, **by):
    """A deed: the case is solved."""
    return cases.resolve(session, case, **by)


def about(deed, reason: str):
    """A deed about the newest escalation of this reason in the case."""

    def does(session, case, **more):
        rows = select(Escalation).where(Escalation.case_number == case.number, Escalation.reason == reason)
        return deed(session, session.scalars(rows.order_by(Escalation.id.desc())).first(), **more)

    return does
