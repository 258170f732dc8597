"""The way out: claim, compose once, send, record.  The relay is a real one, on a socket."""

from __future__ import annotations

import hashlib
import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from helpdesk import blobs, clock
from helpdesk.actions import deliveries, entries, people
from helpdesk.db import Database
from helpdesk.models import Attachment, Blob, Case, Entry, Job, OutboxMail
from mail import jobs, outbound
from tests.conftest import MONDAY
from tests.outbox_desk import HELP, Desk
from tests.scripted_relay import HANG_UP, ScriptedRelay


@pytest.mark.parametrize(
    "address",
    [HELP, "HELP@example.org", "help+anything@example.org", "re-2xce-56wk-dpbf-w6eq-8dne-rakd@reply.example.org", "x@reply.example.org",
     "anna@customer.example\r\nRCPT TO:<mallory@evil.example>", "anna", "anna@customer.example, bob@x.example"],
)  # fmt: skip
def test_mail_to_ourselves_or_to_no_address_fails_before_we_connect(desk: Desk, address: str) -> None:
    desk.replies(desk.opens("Anna"))
    with desk.deed() as session:
        session.execute(update(OutboxMail).values(recipient=address))
    desk.delivers()
    (row,) = desk.rows
    assert (row.state, desk.relay.connections) == ("failed", 0)
    assert row.answer.endswith(".")


def test_before_go_live_nothing_leaves(desk: Desk) -> None:
    desk.replies(desk.opens("Anna"))
    live = desk.database.house
    desk.database.house = live._replace(settings=live.settings.model_copy(update={"outgoing": "hold"}))
    assert desk.delivers() == 0
    assert jobs.ring_due(desk.database, now=clock.now()) is False
    (row,) = desk.rows
    assert (row.state, row.attempts, row.sha256, desk.relay.connections) == ("queued", 0, None, 0)


def test_what_is_not_due_waits(desk: Desk) -> None:
    desk.replies(desk.opens("Anna"))
    with desk.deed() as session:
        session.execute(update(OutboxMail).values(due_at=clock.now() + timedelta(seconds=1)))
    assert desk.delivers() == 0


def test_fifty_mails_go_over_one_connection_and_the_rest_is_ordered(desk: Desk) -> None:
    number = desk.opens(*[f"P{n}" for n in range(53)])
    desk.replies(number)
    with desk.deed() as session:
        session.execute(delete(Job))
    jobs.deliver_due(desk.database, desk.transport)
    assert (desk.states.count("sent"), desk.relay.connections) == (50, 1)
    with desk.database.reading() as session:
        assert session.scalars(select(Job.kind)).all() == ["outbox.deliver"]
    jobs.deliver_due(desk.database, desk.transport)
    assert (set(desk.states), desk.relay.connections) == ({"sent"}, 2)


def test_one_recipient_may_be_refused_and_another_put_off(desk: Desk) -> None:
    desk.relay.script = {"RCPT TO:<carl@": "550 5.1.1 nobody of that name", "RCPT TO:<dora@": "452 4.2.2 mailbox full"}
    desk.replies(desk.opens("Anna", "Carl", "Dora", "Emil"))
    desk.delivers()
    assert desk.states == ["sent", "failed", "deferred", "sent"]
    assert [row.answer[:9] for row in desk.rows] == ["250 2.0.0", "550 5.1.1", "452 4.2.2", "250 2.0.0"]
    assert desk.rows[2].due_at == MONDAY + timedelta(minutes=1)
    desk.relay.script = {}
    assert desk.delivers() == 0
    with clock.freeze(MONDAY + timedelta(minutes=1)):
        assert desk.delivers() == 1
    assert desk.states == ["sent", "failed", "sent", "sent"]
    assert [taken.recipients[0][:4] for taken in desk.relay.taken] == ["anna", "emil", "dora"]


def test_a_refusal_stands_on_the_case(desk: Desk) -> None:
    desk.relay.script = {"RCPT": "550 5.1.1 nobody of that name"}
    number = desk.opens("Anna")
    desk.replies(number)
    desk.delivers()
    with desk.database.reading() as session:
        assert session.get_one(Case, number).state == "open"


def test_a_dead_relay_defers_each_mail_by_one_try(desk: Desk) -> None:
    desk.replies(desk.opens("Anna", "Carl", "Dora"))
    desk.relay.script = {"CONNECT": HANG_UP}
    assert desk.delivers() == 3
    assert [(row.state, row.attempts, row.lease_by) for row in desk.rows] == [("deferred", 1, None)] * 3
    assert desk.relay.connections == 1


def test_after_a_drop_the_others_go_over_a_new_connection(desk: Desk) -> None:
    desk.relay.script = {"RCPT TO:<anna@": HANG_UP}
    desk.replies(desk.opens("Anna", "Carl", "Dora"))
    desk.delivers()
    assert (desk.states, desk.relay.connections) == (["deferred", "sent", "sent"], 2)


def test_mails_that_break_the_connection_do_not_hold_up_the_others_for_ever(desk: Desk) -> None:
    desk.relay.script = {"RCPT TO:<anna@": HANG_UP, "RCPT TO:<carl@": HANG_UP}
    desk.replies(desk.opens("Anna", "Carl", "Dora"))
    clock_at_start = clock.now()
    with clock.freeze(clock_at_start + timedelta(seconds=2)):  # the breaking took two seconds
        outbound.deliver_due(desk.database, desk.transport, now=clock_at_start)
    assert desk.states == ["deferred", "deferred", "deferred"]
    with clock.freeze(clock_at_start + timedelta(minutes=2)):
        desk.delivers()
    assert desk.states == ["deferred", "deferred", "sent"]


def test_a_mail_that_cannot_be_composed_holds_up_no_other(desk: Desk) -> None:
    upload = entries.Upload("receipt.pdf", "application/pdf", b"%PDF")
    desk.replies(desk.opens("Anna"), files=[upload])
    desk.replies(desk.opens("Carl"))
    with desk.deed() as session:
        digest = session.scalar(select(Attachment.sha256))
        session.execute(update(Blob).where(Blob.sha256 == digest).values(content=b"somebody was here"))
    desk.delivers()
    assert desk.states == ["deferred", "sent"]
    assert desk.rows[0].answer == "It could not be composed (Damaged)."


def test_after_five_days_of_trying_it_is_given_up(desk: Desk) -> None:
    desk.relay.script = {"MAIL": "451 4.3.0 later"}
    desk.replies(desk.opens("Anna"))
    at, tries = MONDAY, 0
    while desk.states == ["deferred"] or tries == 0:
        with clock.freeze(at):
            tries += desk.delivers()
            at = max(desk.rows[0].due_at, at)
    assert desk.states == ["failed"]
    assert timedelta(days=5) <= at - MONDAY < timedelta(days=5, hours=5)
    assert 30 < tries < 50


def test_every_try_sends_the_same_bytes(desk: Desk) -> None:
    desk.relay.script = {".": "451 4.3.0 later"}
    number = desk.opens("Anna")
    desk.replies(number, "First thoughts")
    desk.delivers()
    (row,) = desk.rows
    with desk.deed() as session:  # whatever changes meanwhile: the words, the desk, the templates of a newer version
        session.execute(update(Entry).values(text="Second thoughts", html="<p>Second thoughts</p>"))
        kept = blobs.read(session, row.sha256 or "")
    desk.relay.script = {}
    with clock.freeze(MONDAY + timedelta(minutes=1)):
        desk.delivers()
    assert desk.relay.taken[0].raw == kept
    assert hashlib.sha256(kept).hexdigest() == row.sha256
    assert "First thoughts" in desk.last_text


def test_no_transaction_is_open_while_the_relay_takes_its_time(desk: Desk) -> None:
    wrote: list[bool] = []

    def meanwhile(_connection: int) -> None:
        with desk.database.transaction() as session:
            people.known(session, "somebody@else.example", now=clock.now())
        wrote.append(True)

    desk.relay.script = {"MAIL": meanwhile, ".": meanwhile}
    desk.replies(desk.opens("Anna"))
    desk.delivers()
    assert (wrote, desk.states) == ([True, True], ["sent"])


def test_several_workers_at_once_send_each_mail_once(each_database: Database, relay: ScriptedRelay, monday: datetime) -> None:
    desk = Desk(each_database, relay)
    desk.replies(desk.opens(*[f"P{n}" for n in range(12)]))
    workers = [threading.Thread(target=desk.delivers) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert set(desk.states) == {"sent"}
    assert sorted(taken.recipients[0] for taken in desk.relay.taken) == sorted(f"p{n}@customer.example" for n in range(12))


def test_a_sender_killed_after_the_relay_took_it_sends_once_more_and_says_so(desk: Desk) -> None:
    desk.replies(desk.opens("Anna"))
    claimed = outbound._claim(desk.database, "the one who dies", MONDAY)
    with desk.transport.connection() as connection:
        parcel = outbound._parcel(desk.database, claimed[0], "the one who dies", MONDAY)
        connection.send(parcel.sender, parcel.recipient, parcel.raw)
    assert desk.delivers() == 0  # its lease still holds
    assert desk.rows[0].maybe_twice is False
    with clock.freeze(MONDAY + outbound.LEASE):
        assert desk.delivers() == 1
    first, second = desk.relay.taken
    assert first.raw == second.raw
    assert (desk.rows[0].state, desk.rows[0].maybe_twice) == ("sent", True)


def test_a_lost_answer_after_the_final_dot_is_told_too(desk: Desk) -> None:
    desk.relay.script = {".": HANG_UP}
    desk.replies(desk.opens("Anna"))
    desk.delivers()
    assert (desk.rows[0].state, desk.rows[0].maybe_twice) == ("deferred", True)


def test_a_sender_whose_lease_was_taken_over_has_no_say(desk: Desk) -> None:
    def taken_over(_connection: int) -> None:
        with desk.database.transaction() as session:
            session.execute(update(OutboxMail).values(lease_by="another worker"))

    desk.relay.script = {".": taken_over}
    desk.replies(desk.opens("Anna"))
    desk.delivers()
    (row,) = desk.rows
    assert (row.state, row.lease_by) == ("queued", "another worker")


@pytest.mark.parametrize("composed", [True, False])
def test_a_mail_that_another_worker_took_over_is_left_to_it(desk: Desk, composed: bool) -> None:
    desk.relay.script = {"MAIL": "451 4.3.0 later"}
    desk.replies(desk.opens("Anna", "Carl"))
    if composed:
        desk.delivers()

    def taken_over(_connection: int) -> None:
        with desk.database.transaction() as session:
            session.execute(update(OutboxMail).where(OutboxMail.id == 2).values(lease_by="another worker"))

    desk.relay.script = {"RCPT TO:<anna@": taken_over}
    with clock.freeze(MONDAY + timedelta(minutes=1)):
        desk.delivers()
    assert [taken.recipients for taken in desk.relay.taken] == [("anna@customer.example",)]
    assert desk.rows[1].lease_by == "another worker"


def test_what_was_composed_too_late_is_not_kept(desk: Desk) -> None:
    desk.replies(desk.opens("Anna"))
    (row_id,) = outbound._claim(desk.database, "slow", MONDAY)
    with clock.freeze(MONDAY + outbound.LEASE):
        desk.delivers()
    with pytest.raises(outbound.LeaseLost), desk.deed() as session:
        outbound._keep(session, row_id, "slow", b"other words")
    assert desk.rows[0].sha256 == hashlib.sha256(desk.relay.taken[0].raw).hexdigest()


def test_a_living_sender_keeps_its_leases(desk: Desk) -> None:
    desk.replies(desk.opens("Anna", "Carl"))
    outbound._claim(desk.database, "slow", MONDAY)
    with desk.deed() as session:
        deliveries.renew(session, worker="slow", until=MONDAY + 2 * outbound.LEASE)
        deliveries.renew(session, worker="somebody else", until=MONDAY)
    with clock.freeze(MONDAY + outbound.LEASE):
        assert desk.delivers() == 0
