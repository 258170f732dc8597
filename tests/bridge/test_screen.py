"""Which letters no person wrote."""

from __future__ import annotations

import pytest

from mail.parse import parse
from mail.screen import screen
from tests.letterbox import envelope, letter, mail

ANSWER = "In-Reply-To: <01hx.abc@reply.example.org>"


def kind(*fields: str, sender: str = "anna@customer.example", body: str = "Hello.\n") -> str:
    return screen(parse(mail(*fields, body=body)), envelope(sender)).kind


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("anna-complains", "person"),
        ("outlook-reply-html-only", "person"),
        ("a-person-forwards-a-bounce", "person"),
        ("enclosed-mail", "person"),
        ("invitation", "person"),
        ("out-of-office", "auto-reply"),
        ("bounce-failed-recipients-field", "bounce"),
        ("read-receipt", "receipt"),
        ("mailing-list", "list"),
        ("complaint-to-the-abuse-desk", "complaint"),
        ("web-form", "notice"),
    ],
)
def test_letters_are_what_they_are(name: str, expected: str) -> None:
    settled = screen(letter(name), envelope())
    assert settled.kind == expected
    assert (settled.automatic is None) == (expected == "person")
    assert letter(name).kind == expected


@pytest.mark.parametrize(
    ("name", "permanent", "delayed", "status"),
    [
        ("bounce-unknown-user", True, False, "5.1.1"),
        ("bounce-delayed", False, True, "4.4.1"),
        ("bounce-in-own-words", True, False, "5.1.1"),
        ("bounce-failed-recipients-field", True, False, ""),
    ],
)
def test_a_bounce_says_whom_and_which_mail_it_is_about(name: str, permanent: bool, delayed: bool, status: str) -> None:
    settled = screen(letter(name), envelope(""))
    report = settled.report
    assert settled.kind == "bounce"
    assert report is not None
    assert report.recipients == ("anna@customer.example",)
    assert (report.permanent, report.delayed, report.status) == (permanent, delayed, status)
    assert report.message_id == "<01hx.abc@reply.example.org>"


def test_a_bounce_gives_its_reason() -> None:
    report = letter("bounce-unknown-user").report
    assert report is not None
    assert report.diagnostic == "550 5.1.1 <anna@customer.example>: Recipient address rejected: User unknown"


def test_a_report_of_several_recipients_names_those_that_failed() -> None:
    blocks = "\n\n".join(
        f"Final-Recipient: rfc822; {name}@x.example\nAction: {action}\nStatus: {status}"
        for name, action, status in (
            ("anna", "failed", "5.2.2"),
            ("bob", "delivered", "2.0.0"),
            ("carl", "failed (expired)", "4.4.7"),
        )
    )
    body = f"--x\n\nSorry.\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n{blocks}\n\n--x--\n"
    read = parse(mail("Content-Type: multipart/report; report-type=delivery-status; boundary=x", body=body))
    assert read.report is not None
    assert (read.report.recipients, read.report.permanent, read.report.status) == (
        ("anna@x.example", "carl@x.example"),
        True,
        "5.2.2",
    )


def test_a_report_of_success_is_no_bounce() -> None:
    settled = screen(letter("report-of-success"), envelope(""))
    assert (settled.kind, settled.report) == ("receipt", None)


def test_whoever_writes_about_a_bounce_is_no_bounce() -> None:
    words = "My mail came back: 550 5.1.1 User unknown, it could not be delivered to <hlep@example.org>.\n"
    settled = screen(parse(mail("Subject: My mail was undeliverable", body=words)), envelope())
    assert (settled.kind, settled.report) == ("person", None)
    assert kind("Subject: anything", sender="", body=words) == "bounce"


def test_the_null_sender_is_a_machine_whatever_the_headers_say() -> None:
    assert kind(sender="") == "auto-reply"
    assert kind("Auto-Submitted: no", sender="") == "auto-reply"
    assert kind() == "person"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (("Auto-Submitted: auto-replied",), "auto-reply"),
        (("Auto-Submitted: auto-replied (vacation); owner=x",), "auto-reply"),
        (("Auto-Submitted: AUTO-GENERATED",), "notice"),
        (("Auto-Submitted: auto-generated", ANSWER), "auto-reply"),
        (("Auto-Submitted: no",), "person"),
        (("Auto-Submitted: no", "Precedence: bulk", "List-Id: <x.example>"), "person"),
        (("X-Autoreply: yes",), "auto-reply"),
        (("X-Autorespond: yes",), "auto-reply"),
        (("X-Autoreply: no",), "person"),
        (("Precedence: auto_reply",), "auto-reply"),
        (("Precedence: bulk", ANSWER), "auto-reply"),
        (("Precedence: junk", "Subject: Abwesenheitsnotiz"), "auto-reply"),
        (("Precedence: bulk",), "notice"),
        (("Precedence: list",), "list"),
        (("Precedence: first-class",), "person"),
        (("List-Id: <users.list.example>",), "list"),
        (("Subject: Automatische Antwort: Feuer", ANSWER), "auto-reply"),
        (("Subject: Out of office", "X-Auto-Response-Suppress: All"), "auto-reply"),
        (("Subject: Out of office is what your printer is",), "person"),
        (("Subject: Re: Out of office", ANSWER), "person"),
        (("From: MAILER-DAEMON@x.example",), "bounce"),
        (("From: postmaster@x.example",), "notice"),
        (("Content-Type: multipart/report; report-type=tlsrpt; boundary=x",), "notice"),
        (("Content-Type: multipart/report; report-type=disposition-notification; boundary=x",), "receipt"),
    ],
)
def test_one_rule_decides(fields: tuple[str, ...], expected: str) -> None:
    assert kind(*fields) == expected


@pytest.mark.parametrize(
    "subject", ["Undelivered parcel", "Delivery failure!", "Zustellung fehlgeschlagen", "Returned to sender", "Warning: message"]
)
def test_complaints_about_deliveries_are_complaints(subject: str) -> None:
    for words in ("My parcel was not delivered.  Write to anna@customer.example.\n", "Es wurde nicht zugestellt.\n"):
        assert kind(f"Subject: {subject}", body=words) == "person"


def test_a_wish_for_silence_does_not_make_a_person_a_machine() -> None:
    settled = screen(parse(mail("X-Auto-Response-Suppress: DR, OOF, AutoReply")), envelope())
    assert (settled.kind, settled.automatic) == ("person", None)
    assert settled.unanswerable == "X-Auto-Response-Suppress: DR, OOF, AutoReply"
    assert screen(parse(mail("X-Auto-Response-Suppress: DR")), envelope()).unanswerable is None
    assert screen(letter("out-of-office"), envelope()).unanswerable is None


def test_the_reason_names_what_gave_it_away() -> None:
    assert screen(letter("out-of-office"), envelope()).automatic == "Auto-Submitted: auto-generated"
    assert screen(letter("mailing-list"), envelope()).automatic == "Precedence: list"
    assert screen(letter("complaint-to-the-abuse-desk"), envelope()).automatic == "a report of abuse (ARF)"
