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


def change(session: Session, person: Person, *, name: str, language: str | None, note: str, agent: Agent, now: datetime) -> None:
    """An agent corrects what we know of somebody."""
    before = {"name": person.name, "language": person.language, "note": person.note}
    person.name, person.language, person.note = " ".join(name.split()), language, note.replace("\r\n", "\n").strip()
    after = {"name": person.name, "language": person.language, "note": person.note}
    record(session, "person-changed", now=now, agent=agent, thing=f"person {person.id}", before=before, after=after)


def join(session: Session, person: Person, other: Person, *, agent: Agent, now: datetime) -> None:
    """`other` is the same person at another address: their cases stand together.  No mail is believed more for it (R5)."""
    root = person.same_as or person
    if other.id == root.id or other.same_as_id == root.id:
        return
    for alias in session.scalars(select(Person).where(Person.same_as_id == other.id)):
        alias.same_as = root
    other.same_as = root
    session.flush()
    record(session, "person-joined", now=now, agent=agent, thing=f"person {root.id}", after={"address": other.address})


def part(session: Session, alias: Person, *, agent: Agent, now: datetime) -> None:
    """They are two people after all."""
    if alias.same_as is not None:
        thing = f"person {alias.same_as_id}"
        alias.same_as = None
        session.flush()
        record(session, "person-parted", now=now, agent=agent, thing=thing, before={"address": alias.address})
