"""Behind a relay that lets a mailbox send only as itself, and never with a null sender (Microsoft 365)."""

from __future__ import annotations

import pytest

from tests.stories.test_machines import OUT_OF_OFFICE, report
from tests.ways import each_once

HELP = "help@example.org"


@pytest.fixture()
def case(desk, anna, bob):
    desk.relay.only_sender = HELP
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    return case


@each_once
def test_acknowledgement_and_answer_arrive_and_their_bounces_come_home_by_what_they_quote(desk, case, anna) -> None:
    acknowledgement, answer = anna.inbox
    assert [mail.sender for mail in anna.inbox] == [HELP, HELP]
    assert (acknowledgement["Auto-Submitted"], answer["Auto-Submitted"]) == ("auto-replied", "")
    sent = len(desk.relay.mails)
    first = desk.takes(report(HELP, acknowledgement["Message-ID"]), "", [HELP])
    second = desk.takes(report(HELP, answer["Message-ID"], status="5.2.1"), "", [HELP])
    assert (first.outcome, second.outcome) == ("report", "report")
    assert [state for _, _, state in desk.outbox] == ["bounced", "bounced"]
    assert case.last_message.delivery == (("anna@customer.example", "bounced"),)
    assert case.state == "open"
    assert len(desk.relay.mails) == sent  # nothing is ever answered to a bounce


@each_once
def test_an_automatic_reply_to_our_own_sender_is_never_answered(desk, case, anna) -> None:
    sent = len(desk.relay.mails)
    brought = anna.sends("I am away", to=HELP, envelope="", **OUT_OF_OFFICE)
    assert brought.outcome == "held"
    assert len(desk.relay.mails) == sent


@each_once
def test_a_forwarded_mail_that_bounces_at_its_last_address_still_comes_home(desk, case, anna) -> None:
    answer = anna.inbox[-1]
    about = report(HELP, answer["Message-ID"], recipient="anna.private@elsewhere.example")
    assert desk.takes(about, "", [HELP]).outcome == "report"
    assert case.last_message.delivery == (("anna@customer.example", "bounced"),)
