"""A case that must not exist for most: with everything that could betray it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from helpdesk import blobs, clock
from helpdesk.actions import cases, desks, entries, people, post
from helpdesk.db import Database
from helpdesk.models import Agent, Arrival, CaseShutOut, Desk, InboundMail, OutboxMail

How = Literal["case", "team", "shut out"]
HOWS: tuple[How, ...] = ("case", "team", "shut out")
CANARY = "Canarybird"  # stands in every word of theirs, and in nothing else


@dataclass(frozen=True)
class Secret:
    """The ids of a hidden case and of what hangs on it; `open_number` is a case that it is linked with and that everybody sees."""

    number: int
    open_number: int
    person_id: int
    entry_id: int
    attachment_id: int
    arrival_id: int
    held_id: int
    mail_id: int
    held_mail_id: int
    outbox_id: int
    address_id: int


def hide(database: Database, how: How, inside: Agent, outside: list[Agent]) -> Secret:
    """A whistle-blower's case that `inside` sees and `outside` does not, for this reason."""
    with database.transaction() as session:
        now = clock.now()
        inside = session.get_one(Agent, inside.id)
        desk = session.scalars(select(Desk).order_by(Desk.id)).one()
        if how == "team":
            team = desks.add_team(session, "Trust", agent=None, now=now)
            desks.change_team(session, team, name="Trust", members=[inside], confidential=True, agent=None, now=now)
            desk = desks.add(session, "trust@example.org", "Trust", language="en", team=team, agent=None, now=now)
        anna = people.known(session, "anna@customer.example", "Anna Kundin", now=now, language="en")
        seen = cases.open_case(session, session.get_one(Desk, 1), anna, "The printer is on fire", now=now, language="en")
        person = people.known(session, f"{CANARY.lower()}@customer.example", f"Wilma {CANARY}", now=now, language="en")
        case = cases.open_case(session, desk, person, f"About a {CANARY}", now=now, language="en")
        if how == "case":
            case.confidential, case.assignee = True, inside
        if how == "shut out":
            case.shut_out = [CaseShutOut(agent_id=agent.id, since=now, reason=f"It is about them: {CANARY}") for agent in outside]
        files = [entries.Upload(f"{CANARY}.txt", "text/plain", CANARY.encode())]
        words = entries.Incoming(person.called, f"Hear me, {CANARY}", f"Hear me, {CANARY}", html=f"<p>{CANARY}</p>", files=files)
        entry = entries.receive(session, case, words, person=person, counts=True, now=now)
        address = case.participants[0].addresses[0]
        arrival = _arrives(database, session, desk.address)
        post.settle(session, arrival, "new-case", f"New mail to {desk.address}.", now=now, case=case.number, entry=entry.id)
        entry.mail_id = arrival.mail_id
        held = _arrives(database, session, address.address)
        post.settle(session, held, "held", "It came after the reply address had expired.", now=now)
        entries.reply(session, case, f"We hear you, {CANARY}", agent=inside, now=now)
        row = session.scalars(select(OutboxMail).where(OutboxMail.case_number == case.number)).first()
        assert row is not None
        row.state, row.answer = "bounced", f"550 No {CANARY} here"
        for one, other in ((case, seen), (seen, case)):
            cases.record(session, "linked", now=now, case=one, after={"kind": "related", "number": other.number})
        session.add(cases.CaseLink(from_number=case.number, to_number=seen.number, kind="related"))
        return Secret(
            case.number, seen.number, person.id, entry.id, entry.attachments[0].id, arrival.id, held.id, arrival.mail_id,
            held.mail_id, row.id, address.id,
        )  # fmt: skip


def _arrives(database: Database, session, recipient: str) -> Arrival:
    raw = f"From: {CANARY.lower()}@customer.example\r\nSubject: {CANARY}\r\n\r\n{CANARY} to {recipient}\r\n".encode()
    mail = InboundMail(
        door="smtp", peer="127.0.0.1", sender=f"{CANARY.lower()}@customer.example", received_at=clock.now(), size=3
    )
    mail.sha256 = blobs.keep(session, raw)
    arrival = Arrival(recipient=recipient, shown_from=mail.sender, shown_subject=f"About a {CANARY}")
    mail.arrivals = [arrival]
    session.add(mail)
    session.flush()
    return arrival
