"""Other machines write to us: nothing is lost, nothing is answered, nothing runs in circles (RFC 3834, RFC 3464)."""

from __future__ import annotations

import pytest

from tests.ways import in_process


@pytest.fixture()
def case(anna, bob):
    """Anna's case, which Bob has answered."""
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    return case


def report(
    to: str, about: str, *, status: str = "5.1.1", action: str = "failed", recipient: str = "anna@customer.example"
) -> bytes:
    """A delivery report (RFC 3464) about a mail of ours."""
    return f"""From: MAILER-DAEMON@mx.customer.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: Mon, 2 Nov 2026 10:05:00 +0100
Message-ID: <{status}.{action}@mx.customer.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I could not deliver your message.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--b
Content-Type: message/rfc822-headers

Message-ID: {about}
Subject: Re: A complaint

--b--
""".replace("\n", "\r\n").encode()


OUT_OF_OFFICE = {"subject": "Out of office", "headers": [("Auto-Submitted", "auto-replied")]}


def test_an_out_of_office_is_shown_folded_and_nothing_moves(desk, case, anna) -> None:
    before = case.state, len(anna.inbox), len(desk.cases)
    brought = anna.sends("I am away", to=case.door.address, **OUT_OF_OFFICE)
    assert (brought.outcome, brought.case) == ("auto", case)
    assert case.last_message.flags == ("automatic",)
    assert (case.state, len(anna.inbox), len(desk.cases)) == before


def test_an_out_of_office_does_not_reopen_a_case(case, anna, bob) -> None:
    bob.resolves(case)
    until = case.door.expires_at
    anna.sends("I am away", to=case.door.address, **OUT_OF_OFFICE)
    assert (case.state, case.door.expires_at) == ("resolved", until)


def test_an_out_of_office_to_the_envelope_s_sender_finds_its_case(case, anna) -> None:
    """RFC 3834 §4: automatic answers go to the return path."""
    brought = anna.sends("I am away", to=anna.inbox[-1].sender, envelope="", **OUT_OF_OFFICE)
    assert (brought.outcome, brought.case) == ("auto", case)


def test_an_out_of_office_at_the_desk_about_nothing_is_held(desk, anna) -> None:
    assert anna.sends("I am away", **OUT_OF_OFFICE).outcome == "held"
    assert (desk.cases, anna.inbox) == ([], [])


def test_the_null_sender_is_a_machine_whatever_the_headers_say(case, anna, desk) -> None:
    brought = anna.sends("All humans here", to=case.door.address, envelope="", headers=[("Auto-Submitted", "auto-generated")])
    assert brought.outcome == "auto"
    plain = anna.sends("All humans here, too", to=case.door.address, envelope="")
    assert plain.outcome == "auto"
    assert case.state == "waiting"


@pytest.mark.parametrize(
    "header",
    [
        ("Precedence", "bulk"),
        ("Precedence", "junk"),
        ("Precedence", "list"),
        ("Precedence", "auto_reply"),
        ("X-Autoreply", "yes"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("List-Id", "<news.shop.example>"),
        ("Auto-Submitted", "auto-generated"),
    ],
    ids=lambda header: f"{header[0]}: {header[1]}",
)
@in_process
def test_no_machine_of_ours_answers_a_machine(desk, anna, header) -> None:
    anna.sends("News", headers=[header])
    assert anna.inbox == []
    assert [line.outcome is not None for line in desk.post_room] == [True]


@pytest.mark.parametrize("address", ["mailer-daemon@mx.example", "postmaster@mx.example", "noreply@shop.example"])
@in_process
def test_no_machine_of_ours_writes_to_a_mailbox_of_machines(desk, anna, address) -> None:
    anna.sends("Hello", author=address, envelope=address)
    assert desk.relay.mails == []


def test_our_own_mail_that_comes_back_is_linked_and_nothing_more(desk, case, anna) -> None:
    """A forward, an alias, a customer's rule that returns everything."""
    before = len(case.said), len(desk.relay.mails)
    for letter in list(anna.inbox):
        for address in ("help@example.org", case.door.address):
            brought = desk.takes(letter.raw, anna.address, [address])
            assert (brought.outcome, brought.case) == ("duplicate", case)
    assert (len(case.said), len(desk.relay.mails), len(desk.cases)) == (*before, 1)


def test_a_bounce_comes_home_to_its_mail_and_gives_the_turn_to_us(desk, case, anna) -> None:
    answer = anna.inbox[-1]
    brought = desk.takes(report(answer.sender, answer["Message-ID"]), "", [answer.sender])
    assert brought.outcome == "report"
    assert case.last_message.delivery == (("anna@customer.example", "bounced"),)
    assert (case.state, case.events[-2:]) == ("open", ["undeliverable", "escalated"])
    assert (len(desk.cases), len(anna.inbox)) == (1, 2)


def test_a_bounce_of_the_last_answer_opens_a_resolved_case_and_its_door(desk, case, anna, bob) -> None:
    bob.resolves(case)
    answer = anna.inbox[-1]
    desk.takes(report(answer.sender, answer["Message-ID"]), "", [answer.sender])
    assert (case.state, case.door.standing) == ("open", "active")
    assert "reopened" not in case.events


def test_a_bounce_that_went_to_the_desk_finds_its_mail_by_what_it_quotes(desk, case, anna) -> None:
    answer = anna.inbox[-1]
    brought = desk.takes(report("help@example.org", answer["Message-ID"]), "", ["help@example.org"])
    assert brought.outcome == "report"
    assert case.last_message.delivery == (("anna@customer.example", "bounced"),)


def test_a_delay_is_noted_and_nothing_else(desk, case, anna) -> None:
    answer = anna.inbox[-1]
    delayed = report(answer.sender, answer["Message-ID"], status="4.4.1", action="delayed")
    assert desk.takes(delayed, "", [answer.sender]).outcome == "report"
    assert case.last_message.delivery == (("anna@customer.example", "sent"),)
    assert case.state == "waiting"


def test_a_bounce_about_a_mail_that_we_never_sent_is_held_and_harms_nobody(desk, case, anna) -> None:
    forged = anna.inbox[-1]["Message-ID"].replace(".", ".0", 1)
    assert desk.takes(report("help@example.org", forged), "", ["help@example.org"]).outcome == "held"
    assert case.last_message.delivery == (("anna@customer.example", "sent"),)
    assert case.state == "waiting"


def test_a_bounce_of_one_of_two_marks_only_that_one(desk, case, anna, carl, bob) -> None:
    bob.adds(case, carl)
    bob.replies(case, "Hello both")
    his = carl.inbox[-1]
    desk.takes(report(his.sender, his["Message-ID"], recipient=carl.address), "", [his.sender])
    assert case.last_message.delivery == (("anna@customer.example", "sent"), ("carl@customer.example", "bounced"))


def test_an_acknowledgement_has_no_sender_so_nothing_can_bounce(desk, anna) -> None:
    anna.writes("It burns")
    assert [mail.sender for mail in anna.inbox] == [""]


def test_another_helpdesk_that_answers_everything_ends_after_one_round(desk, anna) -> None:
    """It marks nothing, and gives each of its mails another subject and another number."""
    anna.writes("It burns")
    heard = 0
    for number in range(10):
        if len(anna.inbox) == heard:
            break
        heard = len(anna.inbox)
        anna.sends(f"We have received your request #{number}", subject=f"Ticket {number}", to=anna.inbox[-1].reply_to)
    assert heard == 1


def test_a_machine_that_nothing_gives_away_gets_three_mails_a_day_at_the_most(desk, anna) -> None:
    for number in range(12):
        anna.sends(f"We shall look at number {number}", subject=f"Number {number}")
    assert len(anna.inbox) == 3
    assert len(desk.cases) == 12


def test_the_caretaker_of_a_list_gets_no_answer(desk, anna) -> None:
    anna.sends("x", author="owner-list@lists.example", envelope="owner-list@lists.example")
    assert desk.relay.mails == []
