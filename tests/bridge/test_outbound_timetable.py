"""What the timetable does for the bridge: nothing that is due lies about, and no row is forgotten."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update

from helpdesk import clock
from helpdesk.actions import outbox
from helpdesk.actions.jobs import enqueue
from helpdesk.models import Agent, InboundMail, Job, OutboxMail
from mail import inbound, jobs, outbound
from mail.letter import Envelope
from tests.conftest import MONDAY
from tests.outbox_desk import HELP, Desk


def test_what_is_due_again_is_rung_for_once(desk: Desk) -> None:
    desk.relay.script = {"MAIL": "451 4.3.0 later"}
    desk.replies(desk.opens("Anna"))
    desk.delivers()
    with desk.deed() as session:
        session.execute(delete(Job))
    again_at = MONDAY + timedelta(minutes=1)
    assert jobs.ring_due(desk.database, now=again_at - timedelta(seconds=1)) is False
    assert jobs.ring_due(desk.database, now=again_at) is True
    assert jobs.ring_due(desk.database, now=again_at) is True
    assert len(desk.jobs("outbox.deliver")) == 1


def test_what_is_being_sent_is_not_rung_for(desk: Desk) -> None:
    desk.replies(desk.opens("Anna"))
    outbound._claim(desk.database, "busy", MONDAY)
    assert jobs.ring_due(desk.database, now=MONDAY) is False
    assert jobs.ring_due(desk.database, now=MONDAY + outbound.LEASE) is True


def keeps_mail(desk: Desk) -> int:
    envelope = Envelope("smtp", "anna@customer.example", (HELP,), "192.0.2.1", clock.now())
    return inbound.accept(desk.database, [inbound.Parcel(b"Subject: it burns\r\n\r\n", envelope)])[0].mail_id


def test_mail_that_no_job_knows_of_is_read_after_all(desk: Desk) -> None:
    mail_id, other = keeps_mail(desk), keeps_mail(desk)
    with desk.deed() as session:
        session.execute(delete(Job))
        session.get_one(InboundMail, other).settled_at = MONDAY
    assert jobs.sweep_forgotten(desk.database, now=MONDAY + jobs.FORGOTTEN_AFTER) == 0
    later = MONDAY + jobs.FORGOTTEN_AFTER + timedelta(seconds=1)
    assert jobs.sweep_forgotten(desk.database, now=later) == 1
    assert jobs.sweep_forgotten(desk.database, now=later) == 0
    assert [job.payload for job in desk.jobs("mail.process")] == [{"mail": mail_id}]


def test_mail_that_a_worker_has_in_hand_is_left_to_it(desk: Desk) -> None:
    keeps_mail(desk)
    with desk.deed() as session:
        session.execute(update(Job).values(state="run"))
    assert jobs.sweep_forgotten(desk.database, now=MONDAY + timedelta(hours=1)) == 0


def test_hastening_makes_the_mail_of_a_named_instant_due_in_real_time(desk: Desk) -> None:
    next_year = MONDAY + timedelta(days=400)
    with clock.freeze(next_year):
        desk.replies(desk.opens("Anna"))
        desk.replies(desk.opens("Carl"))
    with desk.deed() as session:
        session.execute(update(OutboxMail).where(OutboxMail.id == 2).values(due_at=next_year + timedelta(seconds=1)))
    assert jobs.hasten(desk.database, at=next_year) == 1
    assert desk.delivers() == 1
    assert desk.states == ["sent", "queued"]
    hastened, left = desk.rows
    assert hastened.created_at == MONDAY  # its give-up age goes by the real clock
    assert left.due_at == next_year + timedelta(seconds=1)
    assert [job.run_at for job in desk.jobs("outbox.deliver")] == [MONDAY]


def test_hastening_lets_a_put_off_mail_try_again_at_once(desk: Desk) -> None:
    desk.relay.script = {"MAIL": lambda connection: "451 4.3.0 later" if connection == 1 else None}
    desk.replies(desk.opens("Anna"))
    desk.delivers()
    assert jobs.hasten(desk.database, at=MONDAY + timedelta(seconds=59)) == 0
    assert jobs.hasten(desk.database, at=MONDAY + timedelta(seconds=60)) == 1
    desk.delivers()
    assert desk.states == ["sent"]


def test_hastening_makes_every_job_of_a_named_instant_due(desk: Desk) -> None:
    next_year = MONDAY + timedelta(days=400)
    with desk.deed() as session:
        enqueue(session, "mail.process", {"mail": 1}, now=next_year)
        enqueue(session, "mail.process", {"mail": 2}, now=next_year + timedelta(seconds=1))
    jobs.hasten(desk.database, at=next_year)
    assert [job.run_at for job in desk.jobs("mail.process")] == [MONDAY, next_year + timedelta(seconds=1)]


def test_hastening_rings_for_what_is_due_anyway(desk: Desk) -> None:
    desk.replies(desk.opens("Anna"))
    with desk.deed() as session:
        session.execute(delete(Job))
    assert jobs.hasten(desk.database, at=MONDAY) == 0
    assert len(desk.jobs("outbox.deliver")) == 1


def test_a_job_ordered_as_of_another_day_does_not_swallow_todays_bell(desk: Desk) -> None:
    next_year = MONDAY + timedelta(days=400)
    with desk.deed() as session:
        bob = session.get_one(Agent, desk.bob)
        outbox.queue_to_agent(session, "notification", bob, {"number": 1001}, now=next_year)
    jobs.hasten(desk.database, at=next_year)
    assert [job.run_at for job in desk.jobs("outbox.deliver")] == [MONDAY]
