"""Reports about mail of ours come home; those about nothing are held; a forged one marks nobody (L1, L3, L4, L10, L15)."""

from __future__ import annotations

import pytest

from helpdesk.models import OutboxMail
from helpdesk.policies import message_ids
from tests.stories.test_machines import report
from tests.ways import in_process


@pytest.fixture()
def case(anna, bob):
    """Anna's case, which Bob has answered."""
    case = anna.writes("The printer is on fire")
    bob.replies(case, "Use the stairs")
    return case


def envelope_id(desk, number: int = 0) -> str:
    """The ENVID of the answer that went out."""
    with desk.database.reading() as session:
        row = session.query(OutboxMail).filter_by(kind="reply").order_by(OutboxMail.id).all()[number]
        return message_ids.envelope_id(row.id, row.message_id)


def naming(raw: bytes, envelope: str) -> bytes:
    return raw.replace(b"Reporting-MTA:", f"Original-Envelope-Id: {envelope}\r\nReporting-MTA:".encode(), 1)


def marks(case) -> list[str]:
    return [state for said in case.said for _address, state in said.delivery]


def test_a_forged_report_is_held_and_marks_nobody(desk, case, anna) -> None:
    answer = anna.inbox[-1]
    local, _, domain = answer.sender.partition("@")
    forged = [
        (report("x", "<nobody@knows.example>"), "help@example.org"),
        (naming(report("x", "<nobody@knows.example>"), f"1.{'0' * 20}.{'0' * 12}"), "help@example.org"),
        (naming(report("x", answer["Message-ID"]), f"2.{'0' * 20}.{'0' * 12}"), answer.sender),
    ]
    for raw, to in forged:
        assert desk.takes(raw, "", [to]).outcome == "held"
    misspelt = f"{local[:-1]}{'2' if local[-1] != '2' else '3'}@{domain}"
    brought = desk.takes(report("x", "<nobody@knows.example>"), "", [misspelt])
    assert brought.refused or brought.outcome in ("held", "refused")
    assert (set(marks(case)), case.state, len(desk.cases)) == ({"sent"}, "waiting", 1)
    assert "undeliverable" not in case.events


@in_process
def test_a_report_that_quotes_nothing_comes_home_by_the_envelope_s_id(desk, case) -> None:
    brought = desk.takes(naming(report("x", "<gone@mx.example>"), envelope_id(desk)), "", ["help@example.org"])
    assert brought.outcome == "report"
    assert case.last_message.delivery == (("anna@customer.example", "bounced"),)


@pytest.mark.parametrize(
    "way", ["pipe-sqlite", pytest.param("smtp-postgresql", marks=pytest.mark.needs("postgresql"))], indirect=True
)
def test_a_report_with_a_larger_number_than_any_row_has_is_held(desk, case, anna) -> None:
    told = naming(report("x", "<nobody@knows.example>"), f"{'9' * 17}.{'0' * 20}.{'0' * 12}")
    assert desk.takes(told, "", ["help@example.org"]).outcome == "held"


@in_process
def test_a_report_of_where_the_mail_was_forwarded_to_is_about_the_one_mail_that_went_out(desk, case, anna) -> None:
    elsewhere = report("x", anna.inbox[-1]["Message-ID"], recipient="anna@private.example")
    assert desk.takes(elsewhere, "", ["help@example.org"]).outcome == "report"
    assert case.last_message.delivery == (("anna@customer.example", "bounced"),)


@in_process
def test_what_a_mailer_daemon_says_never_opens_a_case(desk, case, anna) -> None:
    brought = anna.sends("Qwerty", author="MAILER-DAEMON@mx.example", envelope="MAILER-DAEMON@mx.example", subject="???")
    assert (brought.outcome, len(desk.cases)) == ("held", 1)
    about_ours = anna.sends(f"Message-ID: {anna.inbox[-1]['Message-ID']}", author="MAILER-DAEMON@mx.example", envelope="")
    assert (about_ours.outcome, about_ours.case, case.last_message.flags) == ("auto", case, ("automatic", "bounce"))


@in_process
def test_a_delay_and_then_a_failure_end_as_a_failure(desk, case, anna) -> None:
    answer = anna.inbox[-1]
    desk.takes(report("x", answer["Message-ID"], status="4.4.1", action="delayed"), "", [answer.sender])
    assert marks(case)[-1] == "sent"
    desk.takes(report("x", answer["Message-ID"]), "", [answer.sender])
    assert (marks(case)[-1], case.state) == ("bounced", "open")


def machine(kind: str, body: str, part: str, content: str) -> bytes:
    return (
        "From: Machine <machine@customer.example>\nTo: help@example.org\nSubject: About your mail\nMIME-Version: 1.0\n"
        f"Date: Mon, 6 Jan 2025 10:05:00 +0100\nMessage-ID: <{kind}@customer.example>\nContent-Type: {body}; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\nSee below.\n--b\nContent-Type: {part}\n\n{content}\n--b--\n"
    ).replace("\n", "\r\n").encode()  # fmt: skip


RECEIPT = ("multipart/report; report-type=disposition-notification", "message/disposition-notification")
COMPLAINT = ("multipart/report; report-type=feedback-report", "message/rfc822")


@in_process
def test_a_read_receipt_is_filed_folded_and_moves_nothing(desk, case, anna) -> None:
    raw = machine(
        "mdn", *RECEIPT, f"Original-Message-ID: {anna.inbox[-1]['Message-ID']}\nDisposition: manual-action; displayed\n"
    )
    brought = desk.takes(raw, anna.address, ["help@example.org"])
    assert (brought.outcome, case.last_message.flags, case.state) == ("auto", ("automatic", "receipt"), "waiting")
    nowhere = desk.takes(machine("x", *RECEIPT, "Original-Message-ID: <a@b.example>\n"), anna.address, ["help@example.org"])
    assert (nowhere.outcome, len(desk.cases)) == ("held", 1)


@in_process
def test_whoever_asks_for_a_receipt_gets_none(desk, anna) -> None:
    anna.writes("It burns", headers=[("Disposition-Notification-To", anna.address), ("Return-Receipt-To", anna.address)])
    assert [mail["Content-Type"].partition(";")[0] for mail in anna.inbox] == ["multipart/alternative"]


@in_process
def test_a_complaint_of_spam_is_filed_on_the_case_that_it_is_about(desk, case, anna) -> None:
    raw = machine("arf", *COMPLAINT, f"From: help@example.org\nMessage-ID: {anna.inbox[-1]['Message-ID']}\n\nUse the stairs\n")
    brought = desk.takes(raw, "fbl@provider.example", ["help@example.org"])
    assert (brought.outcome, case.last_message.flags, case.state) == ("auto", ("automatic", "complaint"), "waiting")
    assert case.events[-1] == "complained-of"
    about_nothing = machine("arf2", *COMPLAINT, "From: help@example.org\n\nWho knows?\n")
    assert desk.takes(about_nothing, "fbl@provider.example", ["help@example.org"]).outcome == "held"


@in_process
def test_a_challenge_warns_the_agent_and_is_never_answered(desk, case, anna, bob) -> None:
    bob.resolves(case)
    before = len(anna.inbox)
    words = "Your message is being held. Click here to confirm that you are human: https://guard.example/1\n"
    brought = anna.sends(words, to=case.door.address, headers=[("Auto-Submitted", "auto-replied")])
    assert (brought.outcome, case.last_message.flags) == ("auto", ("automatic", "challenge"))
    assert (case.state, case.events[-1], len(anna.inbox)) == ("open", "challenged", before)
    assert "reopened" not in case.events
    assert anna.sends(words, headers=[("Auto-Submitted", "auto-replied")]).outcome == "held"


CHALLENGED = [("X-Challenge", "1"), ("Auto-Submitted", "auto-replied")]
DENIED = ("Authentication-Results", "mx.example.org; dmarc=fail header.from=customer.example")


@in_process
@pytest.mark.desk(authserv_id=("mx.example.org",))
def test_a_challenge_of_a_stranger_s_or_a_forger_s_moves_nothing(desk, case, anna, bob, mallory) -> None:
    bob.resolves(case)
    told, ours = len(bob.inbox), anna.inbox[-1]["Message-ID"]
    mallory.sends("Are you human?", to=case.door.address, headers=CHALLENGED)
    forged = {"author": "Anna <anna@customer.example>", "headers": [*CHALLENGED, DENIED, ("In-Reply-To", ours)]}
    for to in (case.door.address, "help@example.org"):
        mallory.sends("Are you human?", to=to, **forged)
    assert [said.flags for said in case.said[-3:]] == [("automatic", "challenge")] * 3
    assert (case.state, len(bob.inbox), "challenged" in case.events) == ("resolved", told, False)
    mallory.sends("Are you human?", to=anna.inbox[-1].sender, headers=CHALLENGED)  # only who got our answer knows that address
    assert (case.state, case.events[-1]) == ("open", "challenged")


@in_process
def test_a_calendar_s_answer_is_filed_folded(desk, case, anna, bob) -> None:
    bob.resolves(case)
    raw = machine("ics", "multipart/mixed", "text/calendar; method=REPLY", "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n")
    brought = desk.takes(raw, anna.address, [case.door.address])
    assert (brought.outcome, case.last_message.flags, case.state) == ("auto", ("automatic", "calendar"), "resolved")
