"""What the product reads in a mail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mail.letter import Mailbox
from mail.mime.fields import read_header
from mail.parse import parse
from tests.letterbox import NAMES, letter, mail, raw


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_is_read_whole(name: str) -> None:
    read = letter(name)
    assert read.authors
    assert read.subject
    assert not [defect for defect in read.defects if "could not be read" in defect]


def test_a_plain_complaint_is_read_as_it_was_written() -> None:
    read = letter("anna-complains")
    assert read.authors == (Mailbox("Anna Müller", "anna@customer.example"),)
    assert read.author == read.authors[0]
    assert read.subject == "Der Drucker brennt – schon wieder"
    assert read.to == (Mailbox("Help desk", "help@example.org"),)
    assert read.cc == (Mailbox("", "carl@customer.example"),)
    assert read.date == datetime(2026, 11, 2, 8, 58, 11, tzinfo=UTC)
    assert read.message_id == "<a1b2c3@customer.example>"
    assert (read.delivered_to, read.hops, read.kind, read.language) == (("help@example.org",), 1, "person", "de")
    assert "Ich habe die Tür zu gemacht." in read.text
    assert read.visible.endswith("Anna Müller")
    assert read.text.endswith("Tel. 030 123456")
    assert read.defects == ()


def test_of_alternatives_the_plain_text_is_read_and_the_page_is_kept() -> None:
    read = letter("gmail-reply-alternative")
    assert read.visible == "Still burning."
    assert "> Please use the stairs." in read.text
    assert read.html is not None
    assert "<b>burning</b>" in read.html


def test_a_page_alone_becomes_good_plain_text() -> None:
    read = letter("outlook-reply-html-only")
    assert read.visible == "Hallo,\n\ner raucht nur noch. Preis: 20 €, siehe Rechnung <https://customer.example/rechnung>."
    assert "Von: Help desk <help@example.org>" in read.text


def test_what_follows_the_header_of_a_mail_forwarded_by_hand_is_shown() -> None:
    body = "Please see below.\n\nFrom: Carl\nSent: Monday\nTo: Anna\nSubject: Fire\n\nIt burns.\n"
    assert parse(mail("Subject: Re: Fire", body=body)).visible == "Please see below."
    for subject in ("Fwd: Fire", "FW: Fire", "WG: Feuer"):
        assert parse(mail(f"Subject: {subject}", body=body)).visible.endswith("It burns.")


def test_an_empty_plain_part_does_not_hide_the_page() -> None:
    body = "--x\nContent-Type: text/plain\n\n \n--x\nContent-Type: text/html\n\n<p>It burns.</p>\n--x--\n"
    assert parse(mail("Content-Type: multipart/alternative; boundary=x", body=body)).text == "It burns."


def test_pictures_in_the_text_and_attachments_are_told_apart() -> None:
    picture, invoice = letter("apple-mail-picture-and-invoice").files
    assert (picture.name, picture.type, picture.content_id, picture.inline) == (
        "fire.png",
        "image/png",
        "FIRE@customer.example",
        True,
    )
    assert (invoice.name, invoice.inline, invoice.content) == ("Rechnung Nürnberg.pdf", False, b"%PDF-1.4\n")
    assert picture.content.startswith(b"\x89PNG")


def test_an_enclosed_mail_is_an_attachment_and_speaks_for_nobody() -> None:
    read = letter("enclosed-mail")
    assert read.author == Mailbox("Anna", "anna@customer.example")
    assert (read.message_id, read.references, read.reply_to, read.delivered_to) == ("<outer@customer.example>", (), (), ())
    assert (read.kind, read.text) == ("person", "Is this from you?")
    (file,) = read.files
    assert (file.name, file.type) == ("Your password.eml", "message/rfc822")
    assert file.content.startswith(b"From: Director")


@pytest.mark.parametrize(
    ("name", "files", "marks"),
    [
        ("pgp-encrypted", ["attachment.bin", "encrypted.asc"], ("encrypted",)),
        ("smime-signed", ["smime.p7s"], ("signed",)),
        ("invitation", ["invitation.ics"], ()),
        ("outlook-winmail", ["winmail.dat"], ()),
    ],
)
def test_what_we_do_not_open_is_a_file_and_said_to_be_what_it_is(name: str, files: list[str], marks: tuple[str, ...]) -> None:
    read = letter(name)
    assert [file.name for file in read.files] == files
    assert read.marks == marks
    assert read.defects == ()


def test_two_from_fields_and_two_addresses_are_nobody() -> None:
    for fields in (
        ("From: a@x.example", "From: b@x.example"),
        ("From: a@x.example, b@x.example",),
        ("From: victim@x.example <evil@y.example>",),
        ("From: Friends: a@x.example, b@x.example;",),
        ("From: a@x.example b@y.example",),
        ("From: <a@x.example> <b@y.example>",),
        ("From: victim@x.example: evil@y.example",),
    ):
        read = parse(mail(*fields))
        assert read.author is None, fields
        assert len({box.address for box in read.authors}) == 2, fields
        assert read.defects, fields


@pytest.mark.parametrize(
    "field",
    [
        "",
        "<>",
        '"',
        "<a@[",
        '"Anna',
        "anna",
        "Anna <anna>",
        "=?utf-8?q?evil=40x.example?=",
        "undisclosed-recipients:;",
        "a@b@c.example",
    ],
)
def test_a_from_that_names_nobody_has_no_author(field: str) -> None:
    assert parse(mail(f"From: {field}")).author is None


@pytest.mark.parametrize(
    ("field", "box"),
    [
        ("Anna <ANNA@Customer.Example>", Mailbox("Anna", "anna@customer.example")),
        ('"Müller, Anna" <anna@x.example>', Mailbox("Müller, Anna", "anna@x.example")),
        ("anna@x.example (Anna Müller)", Mailbox("Anna Müller", "anna@x.example")),
        ("=?utf-8?B?TcO8bGxlciwgQW5uYQ==?= <anna@x.example>", Mailbox("Müller, Anna", "anna@x.example")),
        ("=?utf-8?Q?M=C3=BCller, Anna?= <anna@x.example>", Mailbox("Müller, Anna", "anna@x.example")),
        ('"victim@x.example" <anna@x.example>', Mailbox("victim@x.example", "anna@x.example")),
        ("anna@x.example <anna@x.example>", Mailbox("anna@x.example", "anna@x.example")),
        ("Anna <anna@x.example", Mailbox("Anna", "anna@x.example")),
        ("Anna (<evil@y.example>) <anna@x.example>", Mailbox("Anna", "anna@x.example")),
        ("<anna@x.example.>", Mailbox("", "anna@x.example")),
        ('"anna.m"@x.example', Mailbox("", "anna.m@x.example")),
        ("Anna\x00 <anna@x.example>", Mailbox("Anna\ufffd", "anna@x.example")),
    ],
)
def test_one_author_is_read_in_every_form(field: str, box: Mailbox) -> None:
    assert parse(mail(f"From: {field}")).author == box


def test_a_bare_carriage_return_begins_no_new_field() -> None:
    read = parse(mail("Subject: x\rAuthentication-Results: mx.example.org; dmarc=pass\rDelivered-To: re-x@example.org"))
    assert read.field("authentication-results") == ""
    assert read.delivered_to == ()
    assert read.subject.startswith("x Authentication-Results:")
    header, _ = read_header(b"X-Junk: a\rb\r\n c\rd\r\n\r\n")
    assert [(field.name, field.value) for field in header.fields] == [("x-junk", b"a b c d")]


@pytest.mark.parametrize(
    "line",
    [
        "=?utf-8?q?a=0D=0ABcc:_x@y?=",
        "=?utf-8?b?YQ0KQmNjOiB4QHk=?=",
        "a\r\n\tBcc: x@y",
        "=?utf-8?q?a=00=0D?=\r\n =?utf-8?q?=0ABcc:_x@y?=",
        "a\x0b\x0c\x1f\x85\u2028b",
    ],
)
def test_no_control_character_leaves_a_header(line: str) -> None:
    read = parse(
        mail(
            f"From: {line} <anna@x.example>",
            f"Subject: {line}",
            f"Message-ID: <{line}@x.example>",
            f"References: <{line}@x.example>",
            'Content-Type: application/pdf; name="' + line + '"',
        )
    )
    for text in (read.subject, read.authors[0].name, read.message_id or "", *read.references, *(f.name for f in read.files)):
        assert not set(text) & set("\r\n\t\x00\x0b\x0c\x1f\x85\u2028"), text


@pytest.mark.parametrize(
    ("subject", "read"),
    [
        ("=?utf-8?Q?T=C3=BCr?= =?utf-8?Q?_zu?=", "Tür zu"),
        ("=?utf-8?B?VMM=?= =?utf-8?B?vHI=?=", "Tür"),  # a character split between two words
        ("=?UTF-8?Q?T=C3=BCr zu?=", "Tür zu"),  # a space in a word
        ("Re:=?utf-8?q?T=C3=BCr?=!", "Re:Tür!"),  # no space around it
        ("=?utf-8*de?q?T=C3=BCr?=", "Tür"),
        ("=?iso-8859-1?Q?20_=80?=", "20 €"),
        ("=?no-such?q?abc?=", "abc"),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?utf-8?q?abc", "abc"),
        ("=?utf-7?q?+ADw-script+AD4-?=", "+ADw-script+AD4-"),
        ("=?unicode_escape?q?=5Cx3cscript=5Cx3e?=", "\\x3cscript\\x3e"),
        ("=?utf-8?q?=FC?=", "ü"),
        ("=?utf-8?b?gY2Pnw==?=", "=?utf-8?b?gY2Pnw==?="),  # this is text in no charset
        ("=?utf-8?q?=ED=A0=80?=", "í €"),
    ],
)
def test_subjects_are_read_in_every_form_that_programs_write(subject: str, read: str) -> None:
    assert parse(mail(f"Subject: {subject}")).subject == read


@pytest.mark.parametrize(
    ("field", "read", "defects"),
    [
        (("Message-ID: <a@x>",), "<a@x>", ()),
        (("Message-ID:  a@x ",), "<a@x>", ()),
        (("Message-ID: <a b@x>",), "<ab@x>", ()),
        (("Message-ID: <[a@x",), "<[a@x>", ()),
        (("Message-ID:",), None, ()),
        (("Message-ID: <>",), None, ()),
        ((), None, ()),
        (("Message-ID: <a@x>", "Message-ID: <a@x>"), "<a@x>", ()),
        (("Message-ID: <a@x>", "Message-ID: <b@x>"), None, ("two different Message-IDs",)),
        (("Message-ID: <" + "a" * 997 + ">",), None, ()),
        (("Message-ID: <" + "a" * 996 + ">",), "<" + "a" * 996 + ">", ()),
    ],
)
def test_message_ids_are_cleaned_or_none(field: tuple[str, ...], read: str | None, defects: tuple[str, ...]) -> None:
    letter = parse(mail(*field))
    assert (letter.message_id, letter.defects) == (read, defects)


def test_references_are_kept_in_order_once_the_first_and_the_last_twenty() -> None:
    read = parse(mail("References: <a@x> words <b@x>\r\n <a@x>", "In-Reply-To: <c@x> (your mail of Monday)"))
    assert read.references == ("<a@x>", "<b@x>", "<c@x>")
    many = parse(mail("References: " + " ".join(f"<{number}@x>" for number in range(1000)))).references
    assert (len(many), many[0], many[1], many[-1]) == (21, "<0@x>", "<980@x>", "<999@x>")
    assert parse(mail("References: =?utf-8?q?=3Ca=40x=3E?=")).references == ("<a@x>",)


@pytest.mark.parametrize(
    ("line", "year"),
    [
        ("Mon, 2 Nov 2026 10:00:00 +0100 (CET)", 2026),
        ("2 Nov 26 10:00", 2026),
        ("Thu, 1 Jan 1970 00:00:00 +0000", 1970),
        ("Fri, 31 Dec 9999 23:59:59 +0000", 9999),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("Mon, 2 Nov 2026 10:00:00 +99999999999999", None),
        ("Mon, 2 Nov -9999 10:00:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_claimed_date_is_read_or_nothing(line: str, year: int | None) -> None:
    date = parse(mail(f"Date: {line}")).date
    assert (date and date.year) == year
    assert date is None or date.tzinfo is UTC


def test_the_recipient_is_read_from_the_field_of_the_operators_server_only() -> None:
    sent = mail("X-Original-To: re-x@example.org", "Delivered-To: <Help@example.org>", "Delivered-To: help@example.org")
    assert parse(sent).delivered_to == ("help@example.org",)
    assert parse(sent, recipient_header="X-Original-To").delivered_to == ("re-x@example.org",)


def with_charset(charset: str, body: bytes) -> str:
    return parse(mail(f"Content-Type: text/plain; charset={charset}", body=body)).text


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("utf-8", b"T\xc3\xbcr", "Tür"),
        ("us-ascii", b"T\xc3\xbcr", "Tür"),
        ("iso-8859-1", b"20 \x80", "20 €"),
        ("iso-8859-1", b"T\xc3\xbcr", "Tür"),  # it says Latin 1 and is UTF-8
        ("utf-8", b"T\xfcr", "Tür"),  # it says UTF-8 and is not
        ("utf-8\x00", b"T\xfcr", "Tür"),
        ("no-such", b"T\xfcr", "Tür"),
        ("utf-7", b"+ADw-b+AD4-", "+ADw-b+AD4-"),  # it would be a tag
        ("utf-7", b"T+APw-r +- +AOQ, +ACI-1 + 1+ACI-", 'T\u00fcr + \u00e4, "1 + 1"'),
        ("utf-7", b"T+APw-r \xfc", "T+APw-r \u00fc"),
        ("x-mac-cyrillic", "дверь".encode("mac-cyrillic"), "дверь"),
        ("johab", "한글".encode("johab"), "한글"),
        ("us-ascii", "\u65e5\u672c".encode("iso-2022-jp"), "日本"),  # it says nothing of its escapes
        ("unicode_escape", rb"\x3cb\x3e", r"\x3cb\x3e"),
        ("idna", b"xn--tda", "xn--tda"),
        ("punycode", b"tda", "tda"),
        ("undefined", b"tda", "tda"),
        ("rot13", b"tda", "tda"),
        ("base64", b"dGRh", "dGRh"),
        ("utf-16", "\ufeffTür".encode("utf-16-le"), "Tür"),
        ("iso-2022-jp", "\u65e5\u672c".encode("iso-2022-jp"), "日本"),
        ("gb2312", "中文".encode("gbk"), "中文"),
        ("koi8-r", "дверь".encode("koi8-r"), "дверь"),
        ("utf-8", b"a\x00b\xed\xa0\x80\xef\xbf\xbe", "a\ufffdb"),
    ],
)
def test_text_is_decoded_by_trusted_decoders_only(charset: str, body: bytes, text: str) -> None:
    read = with_charset(charset, body)
    assert read.startswith(text)
    assert not set(read) & {"\x00", "\ufffe", "\ud800"}


def test_eight_bit_headers_are_read_and_nothing_unstorable_is_left() -> None:
    assert letter("eight-bit-without-a-charset").authors[0].name == "Jörg"
    assert letter("eight-bit-without-a-charset").text == "Die Tür ist zu. Kosten: 5 €."
    chinese = mail(b"Subject: " + "打印机".encode("gbk"), "Content-Type: text/plain; charset=gb2312", body=b"x")
    assert parse(chinese).subject == "打印机"
    hostile = b"\x00\xed\xa0\x80\xef\xbf\xbe\xff"
    read = parse(mail(b"From: " + hostile + b" <a@x.example>", b"Subject: " + hostile, b"To: " + hostile))
    for text in (read.subject, read.authors[0].name, read.to[0].name):
        text.encode("utf-8")
        assert "\x00" not in text


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ('filename="../../etc/passwd"', "passwd"),
        (r'filename="C:\\Users\\anna\\rechnung.pdf"', "rechnung.pdf"),
        ('filename="/etc/passwd"', "passwd"),
        ('filename=".htaccess"', "htaccess"),
        ('filename="\u200b.htaccess"', "htaccess"),
        ('filename="CON.txt"', "_CON.txt"),
        ('filename="invoice\u202egpj.exe"', "invoicegpj.exe"),
        ('filename="a\tb\x00.pdf"', "a b\ufffd.pdf"),
        ('filename="Rechnung 3/2026.pdf"', "Rechnung 3_2026.pdf"),
        (f'filename="{"a" * 300}.pdf"', "a" * 196 + ".pdf"),
        ("filename=two words.pdf", "two words.pdf"),
        ('filename="=?utf-8?Q?T=C3=BCr.pdf?="', "Tür.pdf"),
        ("filename*=utf-8''T%C3%BCr.pdf; filename=\"T_r.pdf\"", "Tür.pdf"),
        ('filename*0="two"; filename*1*=%20words.pdf', "two words.pdf"),
        ("filename*=utf-8''a%0D%0Ab.pdf", "a b.pdf"),
        ('filename=""', "attachment.pdf"),
        ('filename="..."', "attachment.pdf"),
        ('filename="T\xfcr.pdf"', "Tür.pdf"),
        ('filename="unclosed.pdf', "unclosed.pdf"),
    ],
)
def test_file_names_are_made_harmless(parameter: str, name: str) -> None:
    sent = mail("Content-Type: application/pdf", f"Content-Disposition: attachment; {parameter}", body="x")
    assert [file.name for file in parse(sent).files] == [name]


def test_broken_encodings_are_shown_rather_than_lost() -> None:
    assert parse(mail("Content-Transfer-Encoding: base64", body="This is no base64, it says so only!!\n")).text.startswith(
        "This is no"
    )
    assert parse(mail("Content-Transfer-Encoding: base64", body="SGVsbG8=\n-- \nA footer of a list\n")).text == "Hello"
    assert parse(mail("Content-Transfer-Encoding: quoted-printable", body="50 = 50 =ZZ =\n")).text.startswith("50 = 50 =ZZ")
    body = "--x\nContent-Type: text/plain\n\nIt burns.\n--x--\n"
    read = parse(mail("Content-Transfer-Encoding: base64", "Content-Type: multipart/mixed; boundary=x", body=body))
    assert read.text == "It burns."
    twice = parse(mail("Content-Type: text/plain", "Content-Type: text/html", body="<b>It burns.</b>"))
    assert (twice.text, twice.defects) == ("<b>It burns.</b>", ("two Content-Type fields; the first counts",))


def test_a_mail_without_a_blank_line_keeps_its_words() -> None:
    read = parse(b"From: anna@x.example\r\nSubject: Fire\r\nIt burns\r\nand burns.\r\n")
    assert (read.subject, read.text) == ("Fire", "It burns\nand burns.")
    assert read.defects == ("no blank line between header and body",)
    assert parse(b"").text == ""
    assert parse(b"\r\n\r\nFrom: anna@x.example\r\n\r\nHello").text == "Hello"
    assert parse(b"From anna Mon Nov  2 10:00:00 2026\nFrom: anna@x.example\n\nHello").author == Mailbox("", "anna@x.example")


def test_boundaries_that_begin_alike_are_told_apart() -> None:
    body = "--ab\nContent-Type: multipart/alternative; boundary=abc\n\n--abc\n\nOne\n--abc--\n--ab\n\nTwo\n--ab--\n"
    assert parse(mail("Content-Type: multipart/mixed; boundary=ab", body=body)).text == "One\n\nTwo"


def test_a_wrong_boundary_is_guessed_and_a_missing_one_shows_everything() -> None:
    body = "--right\nContent-Type: text/plain\n\nIt burns.\n--right--\n"
    guessed = parse(mail("Content-Type: multipart/mixed; boundary=wrong", body=body))
    assert (guessed.text, guessed.defects) == ("It burns.", ("a multipart with another boundary than it says",))
    shown = parse(mail("Content-Type: multipart/mixed", body="It burns.\n"))
    assert shown.text == "It burns."
    assert shown.defects == ("a multipart whose boundary is not to be found; it is shown as it came",)


def test_flowed_text_is_put_together_again() -> None:
    body = "It burns and \nburns.\n> an older \n> line\n-- \nAnna\n"
    assert (
        parse(mail("Content-Type: text/plain; format=flowed", body=body)).text
        == "It burns and burns.\n> an older line\n-- \nAnna"
    )


def test_retries_have_one_fingerprint_and_other_mails_another() -> None:
    first = parse(raw("anna-complains")).fingerprint
    crlf = raw("anna-complains").replace(b"\n", b"\r\n")
    assert parse(crlf).fingerprint == first
    assert parse(b"Received: from elsewhere\r\nX-Spam-Status: no\r\n" + crlf + b"\r\n\r\n").fingerprint == first
    for old, new in (
        (b"Mon, 2 Nov 2026 09:58:11", b"Mon, 2 Nov 2026 09:58:13"),
        (b"a1b2c3", b"a1b2c4"),
        (b"Drucker_brennt", b"Drucker_brannte"),
        (b"Anna@Customer", b"Carl@Customer"),
        (b"nicht das erste", b"nicht das dritte"),
    ):
        assert old in crlf
        assert parse(crlf.replace(old, new)).fingerprint != first, old
    assert parse(mail(body="one")).fingerprint != parse(mail(body="two")).fingerprint


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Guten Tag, der Drucker ist kaputt und ich bitte um Hilfe.", "de"),
        ("Hello, the printer is broken and I would like to have it fixed.", "en"),
        ("Bonjour, l'imprimante brûle.", None),
        ("12345", None),
        ("", None),
    ],
)
def test_the_language_is_guessed_from_what_is_new(text: str, language: str | None) -> None:
    assert parse(mail(body=text)).language == language
