"""Mail that is meant to break its reader: it is cut, said to be broken, and read on.  What a cap keeps out is seen, not timed."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail.letter import Letter
from mail.letter_json import pack, unpack
from mail.mime.parts import read_tree
from mail.parse import parse
from tests import fuzz
from tests.fuzz import complaint, letter
from tests.letterbox import NAMES, mail, raw

LETTERS = [raw(name) for name in NAMES]
GENEROUS = 5.0  # seconds of processor time; without its cap each of these takes far longer, or all memory


def read(sent: bytes) -> Letter:
    begun = time.process_time()
    letter = parse(sent)
    assert time.process_time() - begun < GENEROUS
    assert not [defect for defect in letter.defects if "could not be read" in defect], letter.defects
    assert unpack(pack(letter)) == letter
    for text in (letter.subject, letter.text, *(box.name for box in letter.authors), *(file.name for file in letter.files)):
        text.encode("utf-8")
        assert "\x00" not in text
    return letter


@pytest.mark.parametrize(
    "field",
    [
        'From: "',
        "From: <a@[",
        "From: =?utf-8?q?a=0D=0ABcc:_x@y?= <a@b>",
        "Date: Mon, 2 Nov 2026 10:00:00 +99999999999999",
        "Message-ID: <[",
        "Message-ID: <",
        "Content-Type: text/plain; charset=utf-8\x00",
        "Content-Type: text/plain; charset=idna",
        "Content-Type: text/plain; charset=punycode",
        "Content-Type: text/plain; charset=undefined",
        "Content-Type: text/plain; charset=hex",
        "Content-Type: multipart/mixed; boundary=x",
        "Content-Type: multipart/mixed; boundary=",
        "Content-Type: /",
        "Content-Type: ;;;=;",
        'Content-Type: text/plain; name*=x; name*0*=a; name*99999999999=b; name*-1="',
        "Content-Disposition: ;filename*=''",
        "Content-Disposition: attachment; filename*=a'b",
        "Content-Transfer-Encoding: \x00",
        "To: " + "(" * 10_000,
        "From: " + "(" * 10_000,
        "From: " + '"a\\' * 5_000,
        "From: " + "<" * 15_000,
        "From: " + "a@" * 8_000,
        "Subject: " + "=?a?q?" * 2_500,
        "Content-Type: text/plain; " + ";" * 15_000,
        "Content-Type: text/plain; " + 'a="' * 5_000,
        "Content-Type: text/plain; " + "x" * 15_000,
    ],
)
def test_a_field_that_breaks_other_readers_is_read(field: str) -> None:
    assert read(mail(field)).text.startswith(("Hello", ""))


def test_a_long_field_is_cut() -> None:
    for field in ("Subject: " + "=?utf-8?q?=C3=A4?= " * 8_000, "To: " + "anna@x.example, " * 8_000, "X-Junk: " + "x" * 20_000):
        assert "a header field is longer than 16 KB; it was cut" in read(mail(field)).defects
    assert len(read(mail("Subject: " + "x" * 200_000)).subject) == 16 * 1024


def test_a_long_header_is_read_to_256_kilobytes_and_the_body_all_the_same() -> None:
    letter = read(mail("Subject: Fire", *["X-Junk: " + "x" * 1_000] * 600, body="It burns."))
    assert (letter.subject, letter.text) == ("Fire", "It burns.")
    assert letter.defects == ("the header is longer than 256 KB; the rest of it was not read",)


def test_of_many_fields_a_thousand_are_read() -> None:
    letter = read(mail("Subject: Fire", *["X: y"] * 20_000))
    assert letter.subject == "Fire"
    assert letter.defects == ("the header has more than 1,000 fields; the rest of them were not read",)
    assert read(mail(*["Received: x"] * 150)).hops == 150


def test_of_many_addresses_a_thousand_are_read() -> None:
    assert len(read(mail(*["To: " + "a@x," * 2_000] * 4)).to) == 1_000


def test_parameters_in_thousands_of_sections_cost_nothing() -> None:
    sections = "".join(f"; name*{number}=a" for number in range(32_000))
    letter = read(mail(f"Content-Type: application/pdf{sections}"))
    assert letter.files[0].name.startswith("aaa")


def test_what_is_nested_deeper_than_twenty_is_a_file() -> None:
    nest = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2_000))
    letter = read(b"From: a@x.example\n" + nest.encode() + b"Content-Type: text/plain\n\nIt burns.\n")
    assert letter.defects == ("parts are nested more than 20 deep; the rest is kept as a file",)
    (file,) = letter.files
    assert (file.name, file.type) == ("message.eml", "message/rfc822")
    assert b"It burns." in file.content


def test_nesting_of_twenty_is_read() -> None:
    nest = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(20))
    letter = read(b"From: a@x.example\n" + nest.encode() + b"Content-Type: text/plain\n\nIt burns.\n")
    assert (letter.text, letter.defects) == ("It burns.", ())


def test_of_many_parts_a_thousand_are_read() -> None:
    body = "--x\n\nIt burns.\n" + "--x\nContent-Type: image/png\n\n.\n" * 100_000
    sent = mail("Content-Type: multipart/mixed; boundary=x", body=body)
    assert len(list(read_tree(sent).root.walk())) == 1_000
    letter = read(sent)
    assert letter.text == "It burns."
    assert letter.defects == ("more than 1,000 parts; the rest of them were not read",)


def test_a_boundary_of_ten_kilobytes_works() -> None:
    boundary = "b" * 10_000
    assert (
        read(mail(f"Content-Type: multipart/mixed; boundary={boundary}", body=f"--{boundary}\n\nIt burns.\n")).text == "It burns."
    )


def test_a_long_body_is_shown_from_its_beginning_and_kept_whole() -> None:
    letter = read(mail(body="It burns. " * 300_000))
    assert letter.text.startswith("It burns.")
    assert len(letter.text) <= 2 * 1024 * 1024
    assert letter.files[0].size == 3_000_000
    page = read(mail("Content-Type: text/html", body="<p>It burns.</p>" * 50_000))
    assert page.text.startswith("It burns.\n\nIt burns.")
    assert page.files[0].size == 800_000
    assert len(page.html or "") <= 512 * 1024


def test_many_long_bodies_together_are_shown_no_longer_than_one() -> None:
    parts = "--x\n\n" + "It burns. " * 150_000 + "\n--x\n\nAnd burns.\n" + ("--x\n\n" + "It burns. " * 150_000 + "\n") * 3
    letter = read(mail("Content-Type: multipart/mixed; boundary=x", body=parts))
    assert "And burns." in letter.text
    assert len(letter.text) <= 2 * 1024 * 1024 + 100
    assert len(letter.files) == 3


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "It burns.",
        "<b>" * 50_000 + "It burns.",
        "<p>" + "".join(f"<font size={n}>" for n in range(2_000)) + "It burns." + "<p>x" * 20_000,
        "<div><!--</div>-->" * 25_000 + "It burns.",
        "<div><table><td></div></table>" * 15_000 + "It burns.",
        "<blockquote>" * 20_000 + "It burns.",
        '<a b="' * 60_000 + '">It burns.',
        "It burns. <script>" + "<" * 400_000,
        "It burns. " + "&" * 400_000,
    ],
)
def test_a_page_that_drowns_a_parser_is_read_as_words(page: str) -> None:
    assert "It burns." in read(mail("Content-Type: text/html", body=page)).text


@pytest.mark.parametrize(
    "body", ["\n", "> \n", "-", "--\n", "__\n", "a@", "On 3.4.2020 10:12 Anna wrote:\n", "From: a\n", "wrote ", "\r", ":"]
)
def test_a_body_that_repeats_itself_costs_little(body: str) -> None:
    read(mail(body=body * (200_000 // len(body))))
    read(mail("From: mailer-daemon@x.example", "Subject: failure notice", body="undeliverable " + body * (200_000 // len(body))))


def test_a_last_line_that_announces_an_original_which_does_not_follow_is_read() -> None:
    text = "It comes back to you.\n--- The header of the original message is following. ---"
    assert read(mail(body=text)).text == text


def test_megabytes_without_any_structure_are_read() -> None:
    for sent in (
        b"\x00\xff" * 500_000,
        b"\r" * 1_000_000,
        b"\n" * 1_000_000,
        b":" * 1_000_000,
        b"a\n" * 200_000,
        b"=?" * 500_000,
    ):
        parse(sent)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=2_000))
def test_random_bytes_are_a_letter(content: bytes) -> None:
    read(content)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type", "Content-Disposition"]),
            st.text(max_size=80),
        )
    ),
    st.text(max_size=200),
)
def test_random_fields_are_a_letter(fields: list[tuple[str, str]], body: str) -> None:
    read(
        mail(
            *(f"{name}: {value}".encode("utf-8", "surrogatepass") for name, value in fields),
            body=body.encode("utf-8", "surrogatepass"),
        )
    )


@pytest.mark.parametrize("seed", range(20))
def test_mutated_letters_are_letters(seed: int) -> None:
    for number in range(20):
        assert complaint(letter(LETTERS, seed, number)) is None


def test_a_mutated_letter_is_known_by_its_seed_and_number() -> None:
    assert letter(LETTERS, 7, 42) == letter(LETTERS, 7, 42)
    assert len({letter(LETTERS, seed, number) for seed in (7, 8) for number in (42, 43)}) == 4


def test_a_letter_that_comes_out_damaged_is_a_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = replace(parse(mail()), text="a\x00b")
    monkeypatch.setattr(fuzz, "parse", lambda raw: damaged)
    assert complaint(mail()) == "it holds what no database takes"
