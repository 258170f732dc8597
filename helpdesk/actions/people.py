"""The people who write to us."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions.events import record
from helpdesk.models import Agent, Person


def known(session: Session, address: str, name: str = "", *, now: datetime, language: str | None = None) -> Person:
    """The person with this mail address; made where nobody knew them.  A name is learned once and not overwritten by mail."""
    address = address.strip().lower()
    person = session.scalar(select(Person).where(Person.address == address))
    if person is None:
        person = Person(address=address, name=name.strip(), language=language, created_at=now)
        session.add(person)
        session.flush()
    elif name and not person.name:
        person.name = name.strip()
    return person


def change(session: Session, person: Person, *, name: str, language: str | None, agent: Agent, now: datetime) -> None:
    """An agent corrects what we know of somebody."""
    before = {"name": person.name, "language": person.language}
    person.name, person.language = " ".join(name.split()), language
    after = {"name": person.name, "language": person.language}
    record(session, "person-changed", now=now, agent=agent, thing=f"person {person.id}", before=before, after=after)
