"""What machines say about our mail, as the case's page shows it."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk import clock, db
from helpdesk.actions import cases, deliveries, entries
from helpdesk.models import Agent, Case, OutboxMail
from tests.web.browsing import Browser, anna_writes, words_of

Windows = Callable[..., Browser]


def test_an_address_where_nobody_is_a_second_copy_and_a_foreign_number_are_told(
    browser: Windows, database: db.Database, staff: dict[str, Agent]
) -> None:
    number, bob, now = anna_writes(database, "The printer is on fire"), browser("bob"), clock.now()
    with database.transaction() as session:
        case, agent = session.get_one(Case, number), session.get_one(Agent, staff["bob"].id)
        for words in ("Use the stairs", "Now"):
            entries.reply(session, case, words, agent=agent, now=now)
        rows = session.query(OutboxMail).filter_by(kind="reply").order_by(OutboxMail.id).all()
        rows[0].maybe_twice = True
        for row in rows:
            deliveries.failed(session, row, "550 5.1.1 no such user", now=now)
        cases.learn_ticket(session, case.participants[0], "[#4711]", now=now)
    page = words_of(bob.get(f"/cases/{number}"))
    assert page.count("possibly sent twice to Anna Kundin") == 1
    assert "came back twice: its server says that nobody is there." in page
    assert "their number: [#4711]" in page


def test_what_a_machine_sent_is_folded_under_its_name(browser: Windows, database: db.Database) -> None:
    number, bob, now = anna_writes(database, "The printer is on fire"), browser("bob"), clock.now()
    with database.transaction() as session:
        case = session.get_one(Case, number)
        for kind in ("receipt", "calendar", "complaint", "challenge"):
            mail = entries.Incoming(author="Guard", text=kind, visible=kind, flags=["automatic", kind])
            entry = entries.receive(session, case, mail, person=None, counts=False, now=now)
        deliveries.challenged(session, case, entry, now=now)
    page = words_of(bob.get(f"/cases/{number}"))
    for line in (
        "Read receipt from Guard",
        "Calendar answer from Guard",
        "Spam complaint, passed on by Guard",
        "Guard wants a proof that a human wrote",
        "Our answer was held back:",
    ):
        assert line in page
