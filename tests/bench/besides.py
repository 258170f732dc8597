"""What the life of the figures has none of, and reports ask for: mail as it came, tags, fields, friction, escalations of deadlines."""

from __future__ import annotations

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from helpdesk import blobs
from helpdesk.models import (
    Agent,
    Arrival,
    Case,
    CaseClock,
    CaseField,
    CaseTag,
    DoorMail,
    Entry,
    Escalation,
    Field,
    Friction,
    InboundMail,
    Promise,
    Tag,
)
from helpdesk.policies.friction import KINDS as MARKS

TAG, TAGGED = "press", 20  # one case of so many has it
FIELD, PRODUCTS = "product", ("heating", "lift", "roof", "water")
MARKED = 10
DESK = "help@example.org"


def add(session: Session) -> None:
    """Give the cases that are there all of it."""
    session.execute(
        delete(Promise).where(Promise.merged_from.is_not(None))
    )  # its words lie in a case of which there are no copies
    numbers = session.scalars(select(Case.number).order_by(Case.number)).all()
    tag, field = Tag(name=TAG, folded=TAG), Field(name=FIELD, kind="choice", choices=list(PRODUCTS))
    session.add_all([tag, field])
    session.flush()
    for n, number in enumerate(numbers):
        session.add(CaseField(case_number=number, field_id=field.id, value=PRODUCTS[n % len(PRODUCTS)]))
        if n % TAGGED == 0:
            session.add(CaseTag(case_number=number, tag_id=tag.id))
    _mails(session)
    _marks(session)
    _escalations(session)
    session.flush()


def _mails(session: Session) -> None:
    """Each word of theirs came by a mail: the first one to the desk, all others to the door of the case."""
    content = b"From: somebody@example.net\r\n\r\nHello"
    sha256, seen = blobs.keep(session, content), set[int]()
    for entry in session.scalars(select(Entry).where(Entry.kind == "mail-in").order_by(Entry.id)):
        outcome = "case" if entry.case_number in seen else "new-case"
        seen.add(entry.case_number)
        mail = InboundMail(
            door="smtp", peer="192.0.2.1", sender="somebody@example.net", received_at=entry.at, sha256=sha256, size=len(content)
        )
        mail.settled_at = entry.at
        arrival = Arrival(mail=mail, recipient=DESK, outcome=outcome, case_number=entry.case_number, entry_id=entry.id)
        arrival.settled_at = entry.at
        session.add_all([mail, arrival])
        session.flush()
        if outcome == "case":
            door = DoorMail(arrival_id=arrival.id, at=entry.at, case_number=entry.case_number, standing="active")
            door.writer, door.brings_back = "participant", False
            session.add(door)


def _marks(session: Session) -> None:
    bob = session.scalars(select(Agent).order_by(Agent.id)).first()
    assert bob is not None
    theirs = session.scalars(select(Entry).where(Entry.kind == "mail-in").order_by(Entry.id)).all()
    for n, entry in enumerate(theirs[::MARKED]):
        session.add(
            Friction(case_number=entry.case_number, entry_id=entry.id, kind=MARKS[n % len(MARKS)], by_id=bob.id, at=entry.at)
        )


def _escalations(session: Session) -> None:
    """Each deadline that was missed was escalated, and somebody did something where the clock was stopped."""
    session.execute(text("DELETE FROM escalation WHERE reason = 'breach'"))
    for clock in session.scalars(select(CaseClock).where(CaseClock.breached_at.is_not(None)).order_by(CaseClock.id)):
        assert clock.breached_at is not None
        session.add(
            Escalation(
                case_number=clock.case_number, reason="breach", cause=f"clock {clock.id}", clock_id=clock.id, due_at=clock.breached_at,
                level=1, team_id=clock.team_id, raised_at=clock.breached_at, told_at=clock.breached_at,
                first_action_at=clock.stopped_at, closed_at=clock.stopped_at, outcome="answered" if clock.stopped_at else None,
            )
        )  # fmt: skip
