"""What became of a mail that we sent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk.actions import cases, deliveries, entries, outbox, people
from helpdesk.actions.outbox import NotWaiting
from helpdesk.db import Database
from helpdesk.models import Case, Event, OutboxMail
from helpdesk.queries import outbox as find_outbox

INSTANT = timedelta(microseconds=1)
LEASE = timedelta(minutes=5)


@pytest.fixture()
def row(session, case, bob, monday) -> OutboxMail:
    entry = entries.reply(session, case, "Use the stairs", agent=bob, now=monday)
    return session.scalars(select(OutboxMail).where(OutboxMail.entry_id == entry.id)).one()


def claim(session, at: datetime, *, real: datetime | None = None, worker: str = "one", limit: int = 10) -> list[OutboxMail]:
    return deliveries.claim_due(session, now=at, real_now=real or at, worker=worker, lease=LEASE, limit=limit)


def told(session, case: Case) -> list[str]:
    return list(session.scalars(select(Event.deed).where(Event.case_number == case.number).order_by(Event.id)))


def test_a_mail_is_held_by_one_sender_until_its_lease_ends(session, row, monday) -> None:
    assert claim(session, monday) == [row]
    assert claim(session, monday + LEASE - INSTANT, worker="two") == []
    assert claim(session, monday + LEASE, worker="two") == [row]
    assert deliveries.held(session, row.id, worker="one") is None
    assert deliveries.held(session, row.id, worker="two") is row


def test_a_lease_is_counted_by_the_real_clock_whatever_the_timetable_says(session, row, monday) -> None:
    claim(session, monday, real=monday)
    assert claim(session, monday + timedelta(days=30), real=monday + INSTANT, worker="two") == []


def test_the_oldest_go_first_and_no_more_than_wanted(session, case, bob, row, monday) -> None:
    entries.reply(session, case, "And the bucket", agent=bob, now=monday)
    assert claim(session, monday, limit=1) == [row]


def test_what_was_sent_is_not_sent_again(session, row, monday) -> None:
    claim(session, monday)
    deliveries.sent(session, row, "250 2.0.0 kept", now=monday)
    assert (row.state, row.sent_at, row.answer, row.lease_by) == ("sent", monday, "250 2.0.0 kept", None)
    assert claim(session, monday + timedelta(days=365)) == []


def test_what_is_deferred_is_due_again_a_little_later(session, row, monday) -> None:
    claim(session, monday)
    deliveries.deferred(session, row, "451 later", now=monday)
    assert row.state == "deferred"
    assert claim(session, monday + timedelta(minutes=1) - INSTANT) == []
    assert claim(session, monday + timedelta(minutes=1)) == [row]


def test_a_relay_that_says_later_for_five_days_is_given_up_and_the_case_says_so(session, case, row, monday) -> None:
    now, last = monday, monday
    while row.state in ("queued", "deferred"):
        now = row.due_at
        claim(session, now)
        deliveries.deferred(session, row, "451 later", now=now)
        last = now
    assert row.state == "failed"
    assert timedelta(days=5) <= last - monday < timedelta(days=5, hours=4)
    assert told(session, case)[-1] == "undeliverable"
    assert 20 < row.attempts < 60


def test_a_refused_answer_puts_the_case_back_to_us(session, case, row, monday) -> None:
    assert case.state == "waiting"
    claim(session, monday)
    deliveries.failed(session, row, "550 5.1.1 unknown", now=monday)
    assert case.state == "open"
    event = session.scalars(select(Event).where(Event.deed == "undeliverable")).one()
    assert event.after == {
        "state": "open",
        "address": "anna@customer.example",
        "answer": "550 5.1.1 unknown",
        "name": "Anna",
    }


def test_a_bounce_of_the_last_answer_opens_a_resolved_case_and_is_no_reopening(session, case, bob, row, monday) -> None:
    deliveries.sent(session, row, "250", now=monday)
    cases.resolve(session, case, agent=bob, now=monday)
    deliveries.bounced(session, row, "5.1.1 unknown", permanent=True, now=monday)
    assert (case.state, row.state) == ("open", "bounced")
    assert "reopened" not in told(session, case)


def test_a_bounce_of_an_earlier_answer_is_told_and_moves_nothing(session, case, bob, row, monday) -> None:
    entries.reply(session, case, "And the bucket", agent=bob, now=monday)
    deliveries.bounced(session, row, "5.1.1 unknown", permanent=True, now=monday)
    assert (case.state, told(session, case)[-1]) == ("waiting", "undeliverable")


def test_a_bounce_that_comes_twice_is_told_once(session, case, bob, row, monday) -> None:
    deliveries.bounced(session, row, "5.1.1 unknown", permanent=True, now=monday)
    cases.resolve(session, case, agent=bob, now=monday)
    deliveries.bounced(session, row, "5.1.1 unknown", permanent=True, now=monday)
    assert case.state == "resolved"
    assert told(session, case).count("undeliverable") == 1


def test_a_delay_is_noted_and_changes_nothing_else(session, case, row, monday) -> None:
    deliveries.sent(session, row, "250", now=monday)
    deliveries.bounced(session, row, "4.4.1 no answer", permanent=False, now=monday)
    assert (row.state, row.answer, case.state) == ("sent", "4.4.1 no answer", "waiting")


def test_a_bounce_at_one_of_two_recipients_marks_only_that_one(session, case, bob, monday) -> None:
    cases.add_participant(session, case, people.known(session, "carl@customer.example", now=monday), now=monday)
    entries.reply(session, case, "Use the stairs", agent=bob, now=monday)
    anna, carl = session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    deliveries.sent(session, anna, "250", now=monday)
    deliveries.sent(session, carl, "250", now=monday)
    deliveries.bounced(session, carl, "5.1.1 unknown", permanent=True, now=monday)
    assert (anna.state, carl.state) == ("sent", "bounced")


def test_what_failed_is_sent_again_when_an_agent_says_so(session, row, bob, monday) -> None:
    deliveries.failed(session, row, "550 5.7.1 no", now=monday)
    later = monday + timedelta(days=9)
    outbox.try_again(session, row, agent=bob, now=later)
    assert claim(session, later) == [row]
    deliveries.deferred(session, row, "451 later", now=later)
    assert row.state == "deferred"  # its five days begin anew


def test_what_was_sent_or_is_being_sent_is_not_sent_again(session, row, bob, monday) -> None:
    claim(session, monday)
    with pytest.raises(NotWaiting):
        outbox.try_again(session, row, agent=bob, now=monday)
    deliveries.sent(session, row, "250", now=monday)
    with pytest.raises(NotWaiting):
        outbox.try_again(session, row, agent=bob, now=monday)


def test_a_long_answer_of_the_relay_is_cut(session, row, monday) -> None:
    deliveries.sent(session, row, "x" * 10_000, now=monday)
    assert len(row.answer) == 500


@pytest.mark.needs("postgresql")
def test_two_senders_never_take_the_same_mail(each_database: Database, monday) -> None:
    from helpdesk.actions import agents, desks
    from helpdesk.queries import addresses as find

    with each_database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        bob = agents.create(session, "bob@example.org", "Bob", role="agent", now=monday)
        anna = people.known(session, "anna@customer.example", now=monday)
        case = cases.open_case(session, find.desk_at(session, "help@example.org"), anna, "Fire", now=monday)
        for _ in range(4):
            entries.reply(session, case, "Stairs", agent=bob, now=monday)
    with each_database.transaction() as one:
        first = {row.id for row in claim(one, monday, limit=2)}
        if each_database.engine.dialect.name == "sqlite":
            return  # nobody else can write meanwhile
        with each_database.transaction() as two:
            second = {row.id for row in claim(two, monday, worker="two")}
    assert len(first) == len(second) == 2
    assert not first & second


def test_an_address_is_given_up_when_its_server_said_twice_that_nobody_is_there(session, case, bob, row, monday) -> None:
    anna = "anna@customer.example"
    deliveries.failed(session, row, "550 5.1.1 unknown", now=monday)
    assert find_outbox.nobody_at(session, [anna]) == []
    entries.reply(session, case, "Again", agent=bob, now=monday)
    second = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)).one()
    deliveries.bounced(session, second, "5.2.2 mailbox full", permanent=True, now=monday)
    assert find_outbox.nobody_at(session, [anna]) == []
    second.answer = "5.1.1 unknown"
    assert find_outbox.nobody_at(session, [anna]) == [anna]
    entries.reply(session, case, "And again", agent=bob, now=monday)
    third = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)).one()
    deliveries.sent(session, third, "250", now=monday)
    assert find_outbox.nobody_at(session, [anna]) == []


def test_a_bounce_of_automatic_mail_moves_no_case(session, case, bob, row, monday) -> None:
    deliveries.sent(session, row, "250", now=monday)
    cases.resolve(session, case, agent=bob, now=monday)
    row.kind, row.automatic = "acknowledgement", True
    deliveries.bounced(session, row, "5.1.1 unknown", permanent=True, now=monday)
    assert (case.state, row.state, told(session, case)[-1]) == ("resolved", "bounced", "undeliverable")
