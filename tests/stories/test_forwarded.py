"""What a colleague forwards to the desk: its first writer is offered, and a person says whose case it is."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import forwards
from helpdesk.models import Case, Entry
from tests.cast import Customer
from tests.ways import in_process

FORWARD = """Please take over.

---------- Forwarded message ---------
From: Anna Weber <anna@customer.example>
Date: Mon, 2 Nov 2026 at 09:00
Subject: Printer
To: Bob <bob@example.org>

It burns."""


def answer(desk, bob, case, deed) -> None:
    def does(session) -> None:
        entry = session.scalars(select(Entry).where(Entry.case_number == case.number).order_by(Entry.id)).first()
        deed(session, session.get_one(Case, case.number), entry, agent=bob._me(session), now=clock.now())

    desk.changes(does)


def offered(desk, case) -> dict[str, str] | None:
    with desk.database.reading() as session:
        first = session.scalars(select(Entry).where(Entry.case_number == case.number).order_by(Entry.id)).first()
        return first.traits.get("forwarded")


def test_a_forwarded_mail_opens_its_case_for_the_colleague_and_offers_the_first_writer(desk, anna, bob) -> None:
    case = Customer(desk, "Bob Builder", "bob@example.org").writes(FORWARD, subject="Fwd: Printer")
    assert case.requester == "bob@example.org"
    assert offered(desk, case) == {"name": "Anna Weber", "address": "anna@customer.example", "state": "open"}
    assert desk.relay.mails == [], "nobody is mailed before somebody said whose case it is"
    old = case.door
    answer(desk, bob, case, forwards.accept)
    assert case.participants == ["anna@customer.example"]
    assert desk.relay.mails == []
    bob.replies(case, "Use the stairs")
    assert "Use the stairs" in anna.inbox[-1].text
    assert bob.inbox == []
    assert anna.answers("Thank you").case == case
    assert [door.standing for door in case.doors if door.id == old.id] == ["revoked"]
    assert "requester-changed" in case.events


@in_process
def test_no_is_an_answer_too(desk, bob) -> None:
    case = Customer(desk, "Bob Builder", "bob@example.org").writes(FORWARD)
    answer(desk, bob, case, forwards.decline)
    assert offered(desk, case)["state"] == "declined"
    assert case.requester == "bob@example.org"


@in_process
def test_what_anybody_else_forwards_offers_nobody(desk, anna, bob, carl) -> None:
    """C21: an inner head is nobody's identity, and moves nothing."""
    case = carl.writes(FORWARD)
    assert (case.requester, offered(desk, case)) == ("carl@customer.example", None)
    assert len(carl.inbox) == 1
    assert anna.inbox == []


@in_process
def test_a_forged_colleague_offers_nobody(desk, bob) -> None:
    forged = Customer(desk, "Bob Builder", "bob@example.org").sends(
        FORWARD, author="Bob <bob@example.org>, Eve <eve@evil.example>"
    )
    assert forged.outcome == "held"
