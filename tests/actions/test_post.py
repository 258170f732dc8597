"""The ledger of what came in: one outcome and one sentence for each mail × recipient."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk import blobs
from helpdesk.actions import entries, post
from helpdesk.actions.post import NothingToDo
from helpdesk.models import Arrival, Event, InboundMail, Job
from helpdesk.queries.post import arrivals, ledger


@pytest.fixture()
def mail(session, monday) -> InboundMail:
    mail = InboundMail(
        door="smtp",
        peer="127.0.0.1",
        sender="anna@customer.example",
        received_at=monday,
        sha256=blobs.keep(session, b"raw"),
        size=3,
        attempts=2,
    )
    mail.arrivals = [Arrival(recipient="help@example.org"), Arrival(recipient="sales@example.org")]
    session.add(mail)
    session.flush()
    return mail


def test_a_mail_is_settled_when_all_its_recipients_are(session, mail, monday) -> None:
    first, second = mail.arrivals
    assert ledger(session).waiting == 2
    post.settle(session, first, "held", "Because.", now=monday)
    assert mail.settled_at is None
    post.settle(session, second, "refused", "No.", now=monday)
    session.flush()
    assert mail.settled_at == monday
    books = ledger(session)
    assert (books.accepted, books.waiting, books.mismatch) == (2, 0, 0)
    assert (books.by_outcome["held"], books.by_outcome["refused"]) == (1, 1)


def test_an_outcome_that_is_not_in_the_books_is_a_mismatch(session, mail, monday) -> None:
    post.settle(session, mail.arrivals[0], "lost", "?", now=monday)
    session.flush()
    assert ledger(session).mismatch == 1


def test_replaying_orders_the_mail_to_be_read_anew(session, mail, bob, monday) -> None:
    arrival = mail.arrivals[0]
    for row in mail.arrivals:
        post.settle(session, row, "held", "It could not be read.", now=monday)
    post.replay(session, arrival, agent=bob, now=monday)
    assert (arrival.outcome, arrival.released, mail.settled_at, mail.attempts) == (None, False, None, 0)
    assert mail.arrivals[1].outcome == "held"
    job = session.scalars(select(Job).where(Job.kind == "mail.process")).one()
    assert job.payload == {"mail": mail.id}
    event = session.scalars(select(Event).where(Event.deed == "mail-replayed")).one()
    assert (event.agent, event.before) == (bob, {"outcome": "held", "reason": "It could not be read."})


def test_releasing_says_that_a_person_let_it_in(session, mail, bob, monday) -> None:
    arrival = mail.arrivals[0]
    post.settle(session, arrival, "held", "More than 30 new cases.", now=monday)
    post.release(session, arrival, agent=bob, now=monday)
    assert arrival.released
    post.settle(session, arrival, "held", "Still.", now=monday)
    post.replay(session, arrival, agent=bob, now=monday)
    assert arrival.released


def test_what_lies_in_a_case_is_neither_replayed_nor_released(session, mail, case, bob, monday) -> None:
    entry = entries.note(session, case, "x", agent=bob, now=monday)
    first, second = mail.arrivals
    post.settle(session, first, "case", "Here.", now=monday, case=case.number, entry=entry.id)
    post.settle(session, second, "report", "A bounce.", now=monday)
    for arrival in (first, second):
        with pytest.raises(NothingToDo):
            post.replay(session, arrival, agent=bob, now=monday)
        with pytest.raises(NothingToDo):
            post.release(session, arrival, agent=bob, now=monday)


def test_the_post_room_shows_the_newest_first_and_one_outcome_where_asked(session, mail, bob, monday) -> None:
    first, second = mail.arrivals
    post.settle(session, first, "held", "Because.", now=monday)
    session.flush()
    assert arrivals(session, bob) == [second, first]
    assert arrivals(session, bob, outcome="held") == [first]
    assert arrivals(session, bob, outcome="waiting") == [second]
    assert arrivals(session, bob, before=second.id) == [first]
