"""A draft becomes bytes: our headers and no others, whatever the customer hid in theirs."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.compose import Draft, NotAnAddress, compose, deliverable, needs_smtputf8
from mail.letter import File, Mailbox

DOOR = "re-2xce-56wk-dpbf-w6eq-8dne-rakd@reply.example.org"
DRAFT = Draft(
    sender=Mailbox("Anna Weber", "help@example.org"),
    recipient=Mailbox("Sabine Brandt", "sabine@customer.example"),
    subject="Re: The printer is on fire",
    text="Use the stairs.\n",
    html="<p>Use the stairs.</p>",
    language="en",
    message_id="<0123.abc@reply.example.org>",
    date=datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
    reply_to=Mailbox("Help desk · 1042", DOOR),
)
FIELDS = ["From", "Reply-To", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Language"]

# What breaks headers: line ends of all kinds, encoded words, what ends a quoted string, what no charset has.
NASTY = st.sampled_from(
    ["\r\n", "\r", "\n", "\r\nBcc: x@y\r\n", "=?utf-8?q?a=0D=0ABcc:_x@y?=", "=?utf-8?b?DQpCY2M6IHhAeQ==?=", "=?", "?=", "\x00", "\ud800",
     '"', "\\", ",", ";", ":", "<", ">", "@", "(", ")", "\u2028", "\x85", "\x0b", "\x1c", "\u202e", "  ", "ä", "😀", "x" * 90, "ö" * 60]
)  # fmt: skip
HOSTILE = st.lists(NASTY | st.text(max_size=6), max_size=8).map("".join)


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def fields(raw: bytes) -> Any:
    """The header as it stands, nothing decoded."""
    return email.message_from_bytes(raw)


def decoded(value: str) -> str:
    return str(make_header(decode_header(value.replace("\r\n", ""))))


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_reply_has_our_headers_and_two_forms_of_the_text() -> None:
    raw = compose(DRAFT)
    message = read(raw)
    assert sorted(fields(raw).keys()) == sorted(FIELDS)
    assert message["From"] == "Anna Weber <help@example.org>"
    assert message["To"] == "Sabine Brandt <sabine@customer.example>"
    assert message["Reply-To"].addresses[0].display_name == "Help desk · 1042"
    assert message["Reply-To"].addresses[0].addr_spec == DOOR
    assert message["Date"] == "Mon, 02 Nov 2026 09:00:00 +0000"
    assert message["Message-ID"] == "<0123.abc@reply.example.org>"
    assert message["Content-Language"] == "en"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert text_of(message, "plain") == "Use the stairs.\n"
    assert text_of(message, "html") == "<p>Use the stairs.</p>\n"


def test_the_same_draft_is_the_same_bytes() -> None:
    draft = replace(DRAFT, files=(File("a.pdf", "application/pdf", b"%PDF"),))
    assert compose(draft) == compose(replace(draft))


def test_attachments_lie_beside_the_text() -> None:
    files = (File("Rechnung Müller.pdf", "application/pdf", b"%PDF-1.7"), File("note.txt", "text/plain", b"caf\xe9\r"))
    message = read(compose(replace(DRAFT, files=files)))
    assert message.get_content_type() == "multipart/mixed"
    found = [(part.get_filename(), part.get_content_type(), part.get_payload(decode=True)) for part in message.iter_attachments()]
    assert found == [(file.name, file.type, file.content) for file in files]
    assert text_of(message, "plain") == "Use the stairs.\n"


@pytest.mark.parametrize(
    "said", ["message/rfc822", "multipart/mixed", "nonsense", "text/html\r\nBcc: x@y", "", "a/b/c", "text/plain; x=y"]
)
def test_a_file_of_no_plain_type_travels_as_bytes(said: str) -> None:
    (part,) = read(compose(replace(DRAFT, files=(File("x", said, b"\x00\xff"),)))).iter_attachments()
    assert (part.get_content_type(), part.get_payload(decode=True)) == ("application/octet-stream", b"\x00\xff")


def test_automatic_mail_says_so() -> None:
    raw = compose(replace(DRAFT, automatic="auto-replied"))
    assert fields(raw)["Auto-Submitted"] == "auto-replied"
    assert fields(raw)["X-Auto-Response-Suppress"] == "All"
    assert "Auto-Submitted" not in fields(compose(DRAFT))


def test_a_long_message_id_stays_whole_so_that_mail_programs_can_thread() -> None:
    long = "<" + "a" * 300 + "@customer.example>"
    raw = compose(replace(DRAFT, in_reply_to=long, references=("<first@customer.example>",)))
    header = raw.partition(b"\r\n\r\n")[0]
    assert b"In-Reply-To: " + long.encode() in header
    assert b"References: <first@customer.example>\r\n " + long.encode() in header


def test_of_a_thousand_references_the_first_and_the_last_ten_remain() -> None:
    ids = tuple(f"<{number}@customer.example>" for number in range(1_000))
    found = fields(compose(replace(DRAFT, in_reply_to=ids[-1], references=ids)))["References"].split()
    assert found == [ids[0], *ids[-10:]]


def test_the_answered_mail_is_the_last_reference() -> None:
    ids = ("<1@x.example>", "<2@x.example>", "<3@x.example>")
    raw = compose(replace(DRAFT, in_reply_to="<2@x.example>", references=ids))
    assert fields(raw)["References"].split() == ["<1@x.example>", "<3@x.example>", "<2@x.example>"]


@pytest.mark.parametrize(
    "broken", ["<" + "x" * 10_000 + "@y>", "no brackets", "<a b@c>", "<a@b>\r\nBcc: x@y", "<ä@b>", "<>", "", "<a<b@c>"]
)
def test_a_message_id_that_cannot_be_repeated_is_left_out(broken: str) -> None:
    raw = compose(replace(DRAFT, in_reply_to=broken, references=(broken, "<good@x.example>")))
    assert "In-Reply-To" not in fields(raw)
    assert fields(raw)["References"] == "<good@x.example>"


@settings(max_examples=2500, deadline=None)
@given(words=st.tuples(*[HOSTILE] * 6), ids=st.lists(HOSTILE, max_size=3))
def test_exactly_our_headers_come_out(words: tuple[str, ...], ids: list[str]) -> None:
    subject, sender, recipient, reply_to, name, kind = words
    draft = replace(
        DRAFT,
        subject=subject,
        sender=Mailbox(sender, "help@example.org"),
        recipient=Mailbox(recipient, "sabine@customer.example"),
        reply_to=Mailbox(reply_to, DOOR),
        text=subject + name,
        html=recipient + name,
        in_reply_to=f"<{kind}@x>",
        references=tuple(f"<{text}@x>" for text in ids),
        files=(File(name, kind, b"content"),),
    )
    raw = compose(draft)
    header = fields(raw)
    assert sorted({*header.keys(), "In-Reply-To", "References"}) == sorted([*FIELDS, "In-Reply-To", "References"])
    assert len(header.keys()) == len(set(header.keys()))
    assert not header.defects
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert not {b"\r", b"\n"} & set(raw.replace(b"\r\n", b""))
    for field, address in (("From", "help@example.org"), ("To", "sabine@customer.example"), ("Reply-To", DOOR)):
        assert parseaddr(header[field])[1] == address
    (file,) = read(raw).iter_attachments()
    assert file.get_payload(decode=True) == b"content"


@settings(max_examples=60, deadline=None)
@given(words=st.text(st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="\ufffe\uffff"), max_size=120))
def test_what_a_person_can_write_arrives_as_written(words: str) -> None:
    words = " ".join(words.split())
    raw = compose(replace(DRAFT, subject=words, recipient=Mailbox(words[:90], "sabine@customer.example")))
    assert decoded(fields(raw)["Subject"]) == words
    assert read(raw)["Subject"] == words


@pytest.mark.parametrize(
    "words",
    [
        "Re: plain",
        "Dritte Kaffeemühle, wieder defekt. Ich möchte mein Geld zurück und zwar bald",
        "100% =?really?=",
        "not =?utf-8?q?encoded?= at all",
        "日本語の件名です" * 12,
        "",
    ],
)
def test_subjects_read_as_they_were_written(words: str) -> None:
    assert read(compose(replace(DRAFT, subject=words)))["Subject"] == words


@pytest.mark.parametrize(
    "name", ["Brandt, Sabine", 'Sabine "Bee" Brandt', "Müller, Jörg", "a@b.example", "", "日本 太郎", "back\\slash"]
)
def test_names_read_as_they_were_written(name: str) -> None:
    (address,) = read(compose(replace(DRAFT, recipient=Mailbox(name, "sabine@customer.example"))))["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "sabine@customer.example")


@pytest.mark.parametrize(
    "name", ["x" * 90 + " Bcc: x@y", 'Brandt, "Bee" <mallory@evil.example>,' * 2, "a " * 40 + "; b@c.example"]
)
def test_a_long_name_full_of_marks_leads_every_reader_to_the_one_address(name: str) -> None:
    raw = compose(replace(DRAFT, reply_to=Mailbox(name, DOOR)))
    assert parseaddr(fields(raw)["Reply-To"])[1] == DOOR
    assert [address.addr_spec for address in read(raw)["Reply-To"].addresses] == [DOOR]
    assert '"' not in fields(raw)["Reply-To"]


def test_a_subject_without_end_is_shortened() -> None:
    assert read(compose(replace(DRAFT, subject="x" * 100_000)))["Subject"] == "x" * 499 + "…"


def test_text_of_any_script_arrives_within_short_lines() -> None:
    text = "日本語" * 2_000 + "\n\nFrom here on\n.\n" + "x" * 5_000 + "\n"
    raw = compose(replace(DRAFT, text=text))
    assert text_of(read(raw), "plain") == text
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


def test_what_no_charset_has_is_replaced() -> None:
    message = read(compose(replace(DRAFT, text="a\x00b\ud800c")))
    assert text_of(message, "plain") == "a\ufffdb\ufffdc\n"


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("Anna@Customer.Example", "Anna@customer.example"),
        ("info@müller.de", "info@xn--mller-kva.de"),
        ("info@MÜLLER.de", "info@xn--mller-kva.de"),
        ("info@straße.de", "info@xn--strae-oqa.de"),
        ("info@日本.example", "info@xn--wgv71a.example"),
        ("jörg@müller.de", "jörg@xn--mller-kva.de"),
        ("a.b+c@x.example.", "a.b+c@x.example"),
    ],
)
def test_a_domain_travels_in_ascii(address: str, wanted: str) -> None:
    assert deliverable(address) == wanted


@pytest.mark.parametrize(
    "address",
    ["anna", "", "@x.example", "anna@", "anna@x..example", "anna@-x.example", "an na@x.example", "anna@x.example\r\nBcc: y@z", "a\x00@x.example",
     "<anna@x.example>", "anna@x.example, bob@x.example", "anna@[127.0.0.1]", "a" * 65 + "@x.example", "ä" * 33 + "@x.example", "a@" + "x" * 64 + ".de",
     "a@" + "ü" * 70 + ".de", "a@" + "x.y" * 90, "anna@x_.example", "a\ud800@x.example"],
)  # fmt: skip
def test_what_is_no_address_is_composed_for_nobody(address: str) -> None:
    with pytest.raises(NotAnAddress):
        deliverable(address)
    with pytest.raises(NotAnAddress):
        compose(replace(DRAFT, recipient=Mailbox("", address)))


def test_a_recipient_outside_of_ascii_needs_smtputf8_and_stands_in_the_header_as_it_is() -> None:
    raw = compose(replace(DRAFT, recipient=Mailbox("Jörg", "jörg@müller.de")))
    assert "<jörg@xn--mller-kva.de>".encode() in raw
    assert needs_smtputf8(deliverable("jörg@müller.de"))
    assert not needs_smtputf8(deliverable("joerg@müller.de"))
