"""The people who write to us."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.actions.indexing import index_person
from helpdesk.models import Agent, Case, Entry, Event, Gesture, Participant, Person
from helpdesk.policies.people import mailbox
from helpdesk.queries.addresses import is_own


def known(session: Session, address: str, name: str = "", *, now: datetime, language: str | None = None) -> Person:
    """The person with this mail address; made where nobody knew them.  A name is learned once and not overwritten by mail."""
    address = address.strip().lower()
    person = session.scalar(select(Person).where(Person.address == address))
    if person is None:
        person = Person(address=address, name=name.strip(), language=language, created_at=now)
        session.add(person)
        index_person(session, person)
    elif name and not person.name:
        person.name = name.strip()
        index_person(session, person)
    return person


def forget_unused(session: Session, person: Person) -> None:
    """Somebody who was made by mistake; whoever took part in anything stays."""
    theirs = (
        Participant.person_id, Case.requester_id, Entry.person_id, Event.person_id, Gesture.person_id, Person.same_as_id,
    )  # fmt: skip
    if not any(session.scalar(select(exists().where(column == person.id))) for column in theirs):
        session.delete(person)
        session.flush()


def without_mail(
    session: Session, name: str, *, phone: str = "", postal: str = "", now: datetime, language: str | None = None
) -> Person:
    """Somebody who calls, comes or writes on paper; by name and telephone the one whom we know already.  Raises NotUsable."""
    name, phone, postal = " ".join(name.split()), telephone(phone), postal.strip()
    if not name:
        raise NotUsable("name", "Who is it?")
    same = select(Person).where(Person.phone == phone, Person.name == name, Person.phone != "").order_by(Person.id)
    person = session.scalars(same.limit(1)).first()
    if person is None:
        # No mail can go to what has no @, and nobody else gets it.
        address = f"no-mail-{secrets.token_hex(8)}"
        person = Person(address=address, name=name, phone=phone, language=language, created_at=now)
        session.add(person)
    person.postal = postal or person.postal
    index_person(session, person)
    return person


def learn_contact(session: Session, person: Person, *, phone: str, postal: str, mail: str, agent: Agent, now: datetime) -> None:
    """How else they can be reached.  A mail address only for somebody who had none.  Raises NotUsable."""
    before = {"phone": person.phone, "postal": person.postal, "mail": person.mail}
    if mail.strip() and not person.mail:
        person.address = _their_own(session, mail)
    person.phone, person.postal = telephone(phone), postal.strip()
    after = {"phone": person.phone, "postal": person.postal, "mail": person.mail}
    if after != before:
        index_person(session, person)
        record(session, "person-changed", now=now, agent=agent, thing=f"person {person.id}", before=before, after=after)


def telephone(text: str) -> str:
    """A number as it was said, without needless space."""
    return " ".join(text.split())[:50]


def _their_own(session: Session, mail: str) -> str:
    try:
        name, address = mailbox(mail)
    except ValueError:
        name, address = "no address", mail
    if name:
        raise NotUsable("mail", "“%(address)s” is not a mail address like help@example.org.", address=mail)
    if is_own(session, address):
        raise NotUsable("mail", "%(address)s is an address of this desk; mail to it would run in a circle.", address=address)
    other = session.scalar(select(Person).where(Person.address == address))
    if other is not None:
        raise NotUsable("mail", "%(address)s is known already: it is %(name)s’s.", address=address, name=other.called)
    return address


def change(session: Session, person: Person, *, name: str, language: str | None, note: str, agent: Agent, now: datetime) -> None:
    """An agent corrects what we know of somebody."""
    before = {"name": person.name, "language": person.language, "note": person.note}
    person.name, person.language, person.note = " ".join(name.split()), language, note.replace("\r\n", "\n").strip()
    index_person(session, person)
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
