"""Mail that says one thing of itself and is another, or says nothing: what it most likely means."""

from __future__ import annotations

import pytest

from mail.parse import parse
from tests.letterbox import mail


def test_raw_letters_of_two_bytes_are_read_in_the_charset_of_two_bytes_that_the_mail_declares() -> None:
    body = "--x\nContent-Type: text/plain; charset=iso-8859-1\n\nThis may be spam.\n--x\nContent-Type: text/plain; charset=gb2312\n\nx\n--x--"
    fields = [
        "Content-Type: multipart/mixed; boundary=x",
        "Subject: 转发".encode("gb2312"),
        "From: Jörg <j@x.example>".encode("latin-1"),
    ]
    letter = parse(mail(*fields, body=body))
    assert (letter.subject, letter.authors[0].name) == ("转发", "Jörg")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('Content-Type: image/png; name="Größe.png"\nContent-Disposition: attachment; filename="Gr??e.png"', "Größe.png"),
        ('Content-Type: image/png; name="Gr??e.png"\nContent-Disposition: attachment; filename="Größe.png"', "Größe.png"),
        ("Content-Type: image/png\nContent-Disposition: attachment; filename*=utf-8'T%C3%BCr.png", "Tür.png"),
        ("Content-Type: image/png\nContent-Location: https://x.example/pictures/fire.png?size=2", "fire.png"),
        ("Content-Type: image/png\nContent-Location: fire", "image.png"),
        ("Content-Type: image/png\nContent-Description: The fire", "The fire.png"),
    ],
)
def test_a_file_is_called_by_the_best_name_that_it_has(fields: str, name: str) -> None:
    (file,) = parse(mail("Content-Type: multipart/mixed; boundary=x", body=f"--x\n{fields}\n\nx\n--x--")).files
    assert file.name == name


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("base64", "This is no base64, whatever the field says!", "This is no base64, whatever the field says!"),
        ("base64", "SXQgYnVy\n====bnMu", "It burns."),
        ("base64", "SXQgYnVybnM", "It burn"),
        ("quoted-printable", "50 = 50 =ZZ =C3=BC =", "50 = 50 =ZZ ü "),
        ("x-unknown", "It burns.", "It burns."),
    ],
)
def test_a_body_in_another_encoding_than_it_says_is_shown_as_far_as_it_goes(encoding: str, body: str, text: str) -> None:
    letter = parse(mail(f"Content-Transfer-Encoding: {encoding}", "Content-Type: text/plain; charset=utf-8", body=body))
    assert letter.text.startswith(text)


def test_an_encoding_of_a_multipart_does_not_count() -> None:
    fields = ("Content-Type: multipart/mixed; boundary=x", "Content-Transfer-Encoding: base64")
    assert parse(mail(*fields, body="--x\n\nIt burns.\n--x--")).text == "It burns."


def test_of_two_content_types_the_first_counts_and_it_is_said() -> None:
    letter = parse(mail("Content-Type: text/plain", "Content-Type: text/html", body="<b>It burns.</b>"))
    assert (letter.text, letter.html) == ("<b>It burns.</b>", None)
    assert letter.defects == ("two Content-Type fields; the first counts",)
