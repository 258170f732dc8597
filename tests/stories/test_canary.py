"""The canary: a probe leaves by the real relay to a hidden address of ours, and has to come back by the real door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from helpdesk import clock
from helpdesk.blobs import Blob
from helpdesk.models import InboundMail, OutboxMail, ReplyAddress
from helpdesk.queries import canary as find
from helpdesk.web.health import look
from mail import jobs as bridge
from tests.ways import in_process, where_mail_can_be_refused, where_mail_is_fetched

EVERY = timedelta(minutes=15)
flying = pytest.mark.desk(canary=EVERY)


def sends_probe(desk):
    """What the timetable does; the probe that leaves, or None."""
    before = len(desk.relay.mails)
    bridge.send_probe(desk.database, now=clock.now())
    desk.works()
    return desk.relay.mails[-1] if len(desk.relay.mails) > before else None


def comes_back(desk, probe):
    (recipient,) = probe.recipients
    return desk.takes(probe.raw, probe.sender, [recipient])


def known(desk):
    with desk.database.reading() as session:
        return find.state(session)


def trouble(desk):
    with desk.database.reading() as session:
        return look(session, clock.now()).get("canary")


def goes_round(desk, way):
    probe = sends_probe(desk)
    assert probe.message["Auto-Submitted"] == "auto-generated"
    assert probe.message["Reply-To"] is None
    desk.minutes_pass(1)
    brought = comes_back(desk, probe)
    assert (brought.outcome, brought.reason) == ("report", "Our own probe came back after 60 s: the line holds.")
    assert desk.cases == []
    assert (known(desk).took, trouble(desk)) == (timedelta(minutes=1), None)
    assert len(desk.relay.mails) == 1  # nothing is ever answered to it


@flying
@where_mail_can_be_refused
def test_a_probe_goes_round_by_smtp_and_opens_no_case(desk, way) -> None:
    goes_round(desk, way)


@flying
@where_mail_is_fetched
def test_a_probe_goes_round_by_imap_and_opens_no_case(desk, way) -> None:
    goes_round(desk, way)


@flying
@in_process
def test_a_probe_leaves_once_in_each_interval_and_always_to_the_same_hidden_address(desk) -> None:
    first = sends_probe(desk)
    assert sends_probe(desk) is None
    desk.minutes_pass(14.9)
    assert sends_probe(desk) is None
    desk.minutes_pass(0.1)
    second = sends_probe(desk)
    assert second.recipients == first.recipients
    with desk.database.reading() as session:
        [address] = session.scalars(select(ReplyAddress).where(ReplyAddress.purpose == "probe"))
        assert (address.case_number, address.participant_id) == (None, None)


@in_process
def test_without_the_setting_no_probe_leaves(desk) -> None:
    assert sends_probe(desk) is None


@pytest.mark.desk(canary=EVERY, outgoing="hold")
@in_process
def test_before_go_live_no_probe_leaves_and_none_is_missed(desk) -> None:
    assert sends_probe(desk) is None
    assert desk.outbox == []
    desk.days_pass(1)
    assert trouble(desk) is None


@flying
@in_process
def test_three_probes_may_be_missing_and_then_it_is_told(desk) -> None:
    comes_back(desk, sends_probe(desk))
    for _ in range(3):
        desk.minutes_pass(15)
        sends_probe(desk)
    desk.minutes_pass(5)
    assert trouble(desk) is None
    desk.minutes_pass(0.1)
    assert "No probe has come back for 50 minutes" in trouble(desk)
    comes_back(desk, desk.relay.mails[-1])
    assert trouble(desk) is None


@flying
@in_process
def test_after_a_pause_of_ours_the_count_begins_anew(desk) -> None:
    comes_back(desk, sends_probe(desk))
    desk.days_pass(2)
    sends_probe(desk)
    desk.minutes_pass(50)
    assert trouble(desk) is None
    desk.minutes_pass(0.1)
    assert trouble(desk) is not None


@flying
@in_process
def test_an_old_probe_brought_again_does_not_pass_for_a_new_one(desk) -> None:
    old = sends_probe(desk)
    comes_back(desk, old)
    for _ in range(4):
        desk.minutes_pass(15)
        sends_probe(desk)
    assert comes_back(desk, old).outcome == "report"
    assert trouble(desk) is not None


@flying
@in_process
def test_a_probe_that_comes_late_does_not_make_the_news_older(desk) -> None:
    late = sends_probe(desk)
    desk.minutes_pass(15)
    comes_back(desk, sends_probe(desk))
    before = known(desk)
    comes_back(desk, late)
    assert known(desk) == before


@flying
@in_process
def test_a_relay_that_writes_its_own_message_id_does_not_hide_a_probe(desk) -> None:
    probe = sends_probe(desk)
    changed = probe.raw.replace(b"Message-ID: <", b"Message-ID: <0102.relay.example-", 1)
    assert desk.takes(changed, "", list(probe.recipients)).outcome == "report"
    assert known(desk).took == timedelta(0)


@flying
@in_process
def test_other_mail_to_the_hidden_address_is_held_and_proves_nothing(desk, mallory) -> None:
    probe = sends_probe(desk)
    (hidden,) = probe.recipients
    forged = f"Holdline probe {probe.message['Message-ID'][1:10]}x@reply.example.org"
    brought = mallory.sends("It is me, the canary", to=hidden, subject=forged)
    assert (brought.outcome, known(desk).took) == ("held", None)


@flying
@in_process
def test_a_probe_that_could_not_leave_makes_room_for_the_next(desk) -> None:
    desk.relay.answer = "451 4.3.0 later"
    for _ in range(5):
        assert sends_probe(desk) is None
        desk.minutes_pass(15)
    assert [kind for kind, _, _ in desk.outbox] == ["probe"]
    desk.relay.answer = None
    assert sends_probe(desk) is not None


@flying
@in_process
def test_old_probes_are_forgotten_and_the_books_agree(desk, anna) -> None:
    anna.writes("The printer is on fire")
    for _ in range(3):
        comes_back(desk, sends_probe(desk))
        desk.days_pass(1)
    comes_back(desk, sends_probe(desk))
    with desk.database.reading() as session:
        rows = session.scalar(select(func.count()).select_from(OutboxMail).where(OutboxMail.kind == "probe"))
        mails = session.scalar(select(func.count()).select_from(InboundMail))
        blobs = session.scalar(select(func.count()).select_from(Blob))
    assert (rows, mails) == (3, 4)  # of three days, and Anna's
    assert blobs == 3 + 2  # each probe left and came with the same bytes; Anna's mail and its acknowledgement
    assert comes_back(desk, desk.relay.mails[1]).reason == "An old probe of ours came back."
