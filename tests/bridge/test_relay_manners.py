"""A relay with ways of its own: one that lets us send only as ourselves, one that refuses our log-in, one that is away."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr

from helpdesk import clock
from helpdesk.actions import relay as notes
from helpdesk.db import Database
from helpdesk.policies.relay import dislikes_sender
from helpdesk.queries import relay
from helpdesk.queries.relay import Relay
from mail import jobs, outbound
from tests.outbox_desk import HELP, Desk

DENIED = "550 5.7.60 SMTP; Client does not have permissions to send as this sender"


def senders(desk: Desk) -> list[str]:
    return [mail.sender for mail in desk.relay.taken]


def known(database: Database) -> Relay:
    with database.reading() as session:
        return relay.state(session)


def with_settings(desk: Desk, **changes: object) -> None:
    live = desk.database.house
    desk.database.house = live._replace(settings=live.settings.model_copy(update=changes))


def test_a_relay_that_refuses_our_report_addresses_gets_the_mailboxs_own_and_that_is_remembered(desk: Desk) -> None:
    desk.relay.script["MAIL FROM:<b-"] = DENIED
    number = desk.opens("Anna")
    desk.replies(number)
    desk.delivers()
    desk.replies(number, "Once more")
    desk.delivers()
    assert desk.states == ["sent", "sent"]
    assert senders(desk) == [HELP, HELP]
    assert len([said for said in desk.relay.commands if said.startswith("MAIL FROM:<b-")]) == 1
    assert known(desk.database).own_sender == DENIED


def test_a_relay_that_refuses_the_null_sender_gets_automatic_mail_from_the_mailbox(desk: Desk) -> None:
    desk.relay.script["MAIL FROM:<>"] = "501 5.5.4 Invalid sender"
    number = desk.opens("Anna")
    desk.acknowledges(number, desk.receives(number, "Anna", "It burns"))
    desk.delivers()
    assert (desk.states, senders(desk)) == (["sent"], [HELP])
    assert desk.last["Auto-Submitted"] == "auto-replied"


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (".", "554 5.2.252 SendAsDenied; help@example.org not allowed to send as b-2@reply.example.org"),
        ("RCPT", "553 5.7.1 <b-2@reply.example.org>: Sender address rejected: not owned by user help"),
    ],
)
def test_a_relay_that_looks_at_the_sender_late_is_understood(desk: Desk, stage: str, said: str) -> None:
    desk.relay.script[stage] = lambda _n: said if desk.relay.commands_of_sender("b-") else None
    desk.replies(desk.opens("Anna"))
    desk.delivers()
    assert (desk.states, senders(desk)) == (["sent"], [HELP])


@pytest.mark.parametrize("said", ["550 5.1.1 no such user", "550 5.7.1 blocked", "552 5.3.4 too big"])
def test_what_is_refused_for_another_reason_is_offered_once(desk: Desk, said: str) -> None:
    desk.relay.script["MAIL" if said.startswith("552") else "RCPT"] = said
    desk.replies(desk.opens("Anna"))
    desk.delivers()
    assert desk.states == ["failed"]
    assert len([line for line in desk.relay.commands if line.startswith("MAIL")]) == 1
    assert known(desk.database).own_sender is None


def test_a_relay_that_refuses_our_own_sender_too_has_not_taught_us_anything(desk: Desk) -> None:
    desk.relay.script["MAIL"] = DENIED
    desk.replies(desk.opens("Anna"))
    desk.delivers()
    assert desk.states == ["failed"]
    assert known(desk.database).own_sender is None


def test_what_was_learned_is_forgotten_after_a_month_and_with_another_relay(desk: Desk, monday: datetime) -> None:
    with desk.deed() as session:
        notes.insists_on_own_sender(session, DENIED, now=clock.now())
    assert known(desk.database).wants_own_sender(monday + timedelta(days=29))
    assert not known(desk.database).wants_own_sender(monday + timedelta(days=30))
    with_settings(desk, relay=SecretStr("smtp://127.0.0.1:2626"))
    assert not known(desk.database).wants_own_sender(monday)


def test_the_operator_may_say_so_beforehand(desk: Desk) -> None:
    with_settings(desk, relay_sender="desk@office.example")
    number = desk.opens("Anna")
    desk.acknowledges(number, desk.receives(number, "Anna", "It burns"))
    desk.replies(number)
    desk.delivers()
    assert senders(desk) == ["desk@office.example"] * 2


@pytest.mark.parametrize(
    ("answer", "at_mail", "of_sender"),
    [
        (DENIED, False, True),
        ("550 whatever", True, True),
        ("552 5.3.4 too big", True, False),
        ("550 5.1.1 user unknown", False, False),
        ("550 5.7.1 we do not like this sender's country", False, False),
        ("501 5.1.7 null sender not accepted", False, True),
        ("553 user help is not allowed to use the sender x@y", False, True),
    ],
)
def test_a_refusal_is_about_the_sender_or_it_is_not(answer: str, at_mail: bool, of_sender: bool) -> None:
    assert dislikes_sender(answer, at_mail=at_mail) is of_sender


# trouble


def test_a_refused_log_in_is_told_at_once_and_the_relay_left_alone_for_longer_and_longer(desk: Desk, monday: datetime) -> None:
    desk.relay.features = ("AUTH PLAIN",)
    desk.relay.script["AUTH"] = "535 5.7.8 no"
    desk.transport.user, desk.transport.password = "help", "wrong"
    desk.replies(desk.opens("Anna"))
    for minutes in range(61):
        with clock.freeze(monday + timedelta(minutes=minutes)):
            jobs.ring_due(desk.database, now=clock.now())
            outbound.deliver_due(desk.database, desk.transport, now=clock.now())
            outbound.look(desk.database, desk.transport)
            assert known(desk.database).alarm(clock.now()) == "The relay does not accept our log-in: 535 5.7.8 no"
    assert desk.relay.connections == 8  # after 0, 1, 3, 7, 15, 30, 45 and 60 minutes
    del desk.relay.script["AUTH"]
    with clock.freeze(monday + timedelta(minutes=75)):
        outbound.look(desk.database, desk.transport)
        assert known(desk.database).alarm(clock.now()) is None
    with clock.freeze(monday + timedelta(hours=4)):
        desk.delivers()
    assert desk.states == ["sent"]


def test_while_the_relay_is_left_alone_no_mail_is_taken_up_and_none_is_ordered(desk: Desk, monday: datetime) -> None:
    desk.replies(desk.opens("Anna"))
    with desk.deed() as session:
        notes.failed(session, "535", refused=True, now=clock.now())
    assert jobs.ring_due(desk.database, now=clock.now()) is False
    assert desk.delivers() == 0
    (row,) = desk.rows
    assert (row.attempts, desk.relay.connections) == (0, 0)
    with clock.freeze(monday + timedelta(minutes=1)):
        assert jobs.ring_due(desk.database, now=clock.now()) is True
        assert desk.delivers() == 1


def test_a_relay_that_is_away_is_told_after_five_minutes(desk: Desk, monday: datetime) -> None:
    desk.relay.script["CONNECT"] = "421 4.3.2 not now"
    for minutes in (0, 4, 5):
        with clock.freeze(monday + timedelta(minutes=minutes)):
            outbound.look(desk.database, desk.transport)
            assert (known(desk.database).alarm(clock.now()) is None) == (minutes < 5)
            assert not known(desk.database).rests(clock.now())


def test_a_look_is_ordered_where_nothing_was_heard_for_four_minutes(desk: Desk, monday: datetime) -> None:
    jobs.look_at_relay(desk.database, now=monday)
    assert len(desk.jobs("relay.look")) == 1
    outbound.look(desk.database, desk.transport)
    with desk.deed() as session:
        for job in desk.jobs("relay.look"):
            session.delete(session.merge(job))
    jobs.look_at_relay(desk.database, now=monday + timedelta(minutes=3))
    assert desk.jobs("relay.look") == []
    jobs.look_at_relay(desk.database, now=monday + timedelta(minutes=4))
    assert len(desk.jobs("relay.look")) == 1


def test_before_go_live_the_relay_is_not_looked_at(desk: Desk, monday: datetime) -> None:
    with_settings(desk, outgoing="hold")
    jobs.look_at_relay(desk.database, now=monday)
    assert desk.jobs("relay.look") == []
