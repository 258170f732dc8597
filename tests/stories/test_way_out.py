"""What we send arrives once, whatever the relay does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from helpdesk import clock
from helpdesk.actions import outbox
from helpdesk.models import Job, OutboxMail
from mail import outbound
from tests.cast import MONDAY
from tests.ways import by_every_relay, in_process


@pytest.fixture()
def case(anna):
    return anna.writes("The printer is on fire")


@by_every_relay
def test_a_relay_that_says_later_for_four_days_gets_the_same_mail_again(desk, case, anna, bob) -> None:
    desk.relay.answer = "451 4.3.0 later"
    said = bob.replies(case, "Use the stairs")
    assert said.delivery == (("anna@customer.example", "deferred"),)
    desk.days_pass(4)
    assert case.last_message.delivery == (("anna@customer.example", "deferred"),)
    desk.relay.answer = None
    desk.minutes_pass(4 * 60)
    assert case.last_message.delivery == (("anna@customer.example", "sent"),)
    answers = [mail for mail in anna.inbox if not mail.is_automatic]
    assert [mail["Message-ID"] for mail in answers] == [said.message_id]


@by_every_relay
def test_a_relay_that_never_takes_it_is_given_up_after_five_days_and_the_case_is_ours_again(desk, case, anna, bob) -> None:
    desk.relay.answer = "451 4.3.0 later"
    bob.replies(case, "Use the stairs")
    assert case.state == "waiting"
    desk.days_pass(6)
    assert case.last_message.delivery == (("anna@customer.example", "failed"),)
    assert (case.state, case.events[-2:]) == ("open", ["undeliverable", "escalated"])
    desk.relay.answer = None
    desk.days_pass(1)
    assert len(anna.inbox) == 1


@by_every_relay
def test_of_two_recipients_the_refused_one_fails_and_the_other_gets_it_once(desk, case, anna, carl, bob) -> None:
    bob.adds(case, carl)
    desk.relay.refused["carl@customer.example"] = "550 5.1.1 no such user"
    bob.replies(case, "Hello both")
    assert case.last_message.delivery == (("anna@customer.example", "sent"), ("carl@customer.example", "failed"))
    desk.days_pass(2)
    assert len([mail for mail in anna.inbox if not mail.is_automatic]) == 1
    assert carl.inbox == []


@by_every_relay
def test_what_failed_is_sent_again_when_an_agent_says_so(desk, case, anna, bob) -> None:
    desk.relay.answer = "550 5.7.1 not from you"
    said = bob.replies(case, "Use the stairs")
    desk.relay.answer = None
    failed = select(OutboxMail).where(OutboxMail.state == "failed")
    desk.changes(lambda session: outbox.try_again(session, session.scalars(failed).one(), now=clock.now()))
    assert anna.inbox[-1]["Message-ID"] == said.message_id
    assert case.last_message.delivery == (("anna@customer.example", "sent"),)


@pytest.mark.desk(outgoing="hold")
@by_every_relay
def test_before_go_live_everything_stays_in_the_outbox(desk, anna, bob) -> None:
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    desk.days_pass(3)
    assert desk.relay.mails == []
    assert [state for _, _, state in desk.outbox] == ["queued", "queued"]
    live = desk.settings.model_copy(update={"outgoing": "send"})
    desk.database.house = desk.database.house._replace(settings=live)
    desk.runs_its_timetable()
    assert len(anna.inbox) == 2


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("when", ["before it connects", "after the relay took it"])
@in_process
def test_a_sender_that_is_killed_sends_once_more_under_the_same_message_id(desk, case, anna, bob, when) -> None:
    kind = desk.relay.send

    def dies(*args, **more):
        if when == "after the relay took it":
            kind(*args, **more)
        raise Killed

    desk.relay.send = dies
    with pytest.raises(Killed):
        bob.replies(case, "Use the stairs")
    desk.relay.send = kind
    said = case.last_message
    desk.runs_its_timetable()
    assert said.delivery == (("anna@customer.example", "queued"),)  # the lease of the dead still holds
    desk.is_now(MONDAY + outbound.LEASE)
    desk.runs_its_timetable()
    assert case.last_message.delivery == (("anna@customer.example", "sent"),)
    answers = [mail for mail in anna.inbox if not mail.is_automatic]
    assert len(answers) == (1 if when == "before it connects" else 2)
    assert {mail["Message-ID"] for mail in answers} == {said.message_id}
    assert len({mail.raw for mail in answers}) == 1


@in_process
def test_a_reader_that_is_killed_reads_again_when_its_lease_ends(desk, anna) -> None:
    healthy = desk.around.reader

    class Dies:
        def read(self, raw: bytes):
            raise Killed

    desk.around.reader = Dies()
    desk.keeps(anna.letter("It burns"), anna.address, ["help@example.org"])
    with pytest.raises(Killed):
        desk.works()
    desk.around.reader = healthy
    desk.works()
    assert desk.cases == []
    desk.is_now(MONDAY + timedelta(minutes=1))
    desk.works()
    assert [len(case.messages) for case in desk.cases] == [1]


@in_process
def test_mail_whose_job_was_lost_is_found_by_the_sweep(desk, anna) -> None:
    desk.keeps(anna.letter("It burns"), anna.address, ["help@example.org"])
    with desk.database.transaction() as session:
        session.execute(delete(Job))
    desk.is_now(MONDAY + timedelta(minutes=1))
    desk.runs_its_timetable()
    assert len(desk.cases) == 1


@by_every_relay
def test_a_double_click_sends_once(desk, case, anna, bob) -> None:
    first = bob.replies(case, "Use the stairs", key="click")
    again = bob.replies(case, "Use the stairs", key="click")
    assert first.id == again.id
    assert len([mail for mail in anna.inbox if not mail.is_automatic]) == 1
