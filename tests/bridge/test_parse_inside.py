"""What comes inside of other things: TNEF, uuencode, calendars, signed and encrypted mail."""

from __future__ import annotations

import base64
import binascii
import struct

import pytest

from mail.letter import Invitation, Letter
from mail.letter_json import pack, unpack
from mail.mime import rtf
from mail.parse import parse
from tests.letterbox import mail


def read(sent: bytes) -> Letter:
    letter = parse(sent)
    assert unpack(pack(letter)) == letter
    return letter


# ── TNEF ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def tnef(*objects: tuple[int, int, bytes]) -> bytes:
    """A winmail.dat of these: (level, id, content)."""
    out = b"\x78\x9f\x3e\x22\x01\x00"
    for level, name, content in objects:
        out += struct.pack("<BHHI", level, name, 6, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)
    return out


def from_outlook(content: bytes, *, text: str = "") -> bytes:
    parts = f"--x\n\n{text}\n" if text else ""
    encoded = base64.encodebytes(content).decode()
    parts += f"--x\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{encoded}\n--x--\n"
    return mail("Content-Type: multipart/mixed; boundary=x", body=parts)


PICTURE = (2, 0x9002, b"\x00" * 14), (2, 0x8010, b"../fire\x00"), (2, 0x800F, b"\x89PNG")
WORDS = (1, 0x800C, b"It burns.\x00")


def test_the_files_in_a_winmail_dat_are_files_of_the_mail() -> None:
    letter = read(from_outlook(tnef(WORDS, *PICTURE), text="See attachment."))
    assert [(file.name, file.content) for file in letter.files] == [("fire", b"\x89PNG")]
    assert letter.text == "See attachment."


def test_the_text_in_a_winmail_dat_is_read_where_the_mail_has_none() -> None:
    assert read(from_outlook(tnef(WORDS))).text == "It burns."


@pytest.mark.parametrize(
    "content",
    [
        b"\x78\x9f\x3e\x22",
        tnef(),
        tnef(*PICTURE)[:-9],
        tnef((2, 0x800F, b"before any file begins")),
        tnef((1, 0x9004, b"\xff\xff\xff\x7f")),
        tnef(*[WORDS] * 3_000),
        b"\x78\x9f\x3e\x22\x01\x00" + b"\x00" * 100,
    ],
)
def test_a_winmail_dat_that_cannot_be_opened_is_a_file_like_any_other(content: bytes) -> None:
    (file,) = read(from_outlook(content, text="See attachment.")).files
    assert (file.name, file.content) == ("winmail.dat", content)


def test_compressed_rtf_is_unpacked() -> None:
    packed = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
    assert rtf.unpack(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf.to_text(rtf.unpack(packed)) == "hello world"


@pytest.mark.parametrize("packed", [b"", b"\xff" * 15, b"\xff" * 40, struct.pack("<II4sI", 9, 2**31, b"LZFu", 0) + b"\xff" * 9])
def test_what_is_no_compressed_rtf_gives_no_text(packed: bytes) -> None:
    assert rtf.to_text(rtf.unpack(packed)) == ""


def test_rtf_is_read_as_words() -> None:
    page = rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator x;}T\'fcr \b brennt\b0\par Preis: 5 \u8364? \{netto\}}"
    assert rtf.to_text(page) == "Tür brennt\nPreis: 5 € {netto}"
    wrapped = rb"{\rtf1\fromhtml1{\*\htmltag64 <p>}It burns.{\*\htmltag72 </p>}\htmlrtf \par twice\htmlrtf0 }"
    assert rtf.to_text(wrapped) == "It burns."


# ── uuencode ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def uuencoded(name: str, content: bytes) -> str:
    lines = [binascii.b2a_uu(content[at : at + 45]).decode() for at in range(0, len(content), 45)]
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


def test_a_uuencoded_file_in_the_text_is_a_file() -> None:
    content = bytes(range(256)) * 3
    letter = read(mail(body=f"Look:\n\n{uuencoded('../fire.png', content)}\nAnna\n"))
    assert [(file.name, file.type, file.content) for file in letter.files] == [("fire.png", "image/png", content)]
    assert letter.text == "Look:\n\n\n\nAnna"


@pytest.mark.parametrize(
    "body",
    [
        "It says:\nbegin 644 x.txt\nand then nothing.",
        "begin 644 x.txt\nwhatever this is, it has no lines of that kind\nend",
        "begin 644 x.txt\nend",
        "We begin 644 things and\nend none.",
        "=ybegin line=128 size=9 name=fire.png\nxxxxxxxxx\n=yend size=9",
    ],
)
def test_what_only_begins_like_a_file_stays_text(body: str) -> None:
    letter = read(mail(body=body))
    assert (letter.text, letter.files) == (body, ())


# ── calendars ────────────────────────────────────────────────────────────────────────────────────────────────────────


def invited(*lines: str, method: str = "REQUEST", before: str = "", fields: str = "") -> Letter:
    event = "\n".join(["BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT"])
    calendar = f"BEGIN:VCALENDAR\nMETHOD:{method}\n{before}{event}\nEND:VCALENDAR"
    body = f"--x\n\nPlease come.\n--x\nContent-Type: text/calendar; charset=utf-8; method={method}{fields}\n\n{calendar}\n--x--\n"
    return read(mail("Content-Type: multipart/alternative; boundary=x", body=body))


def test_an_invitation_says_what_when_where_and_by_whom() -> None:
    letter = invited(
        "SUMMARY:Fire drill\\, again",
        "DTSTART;TZID=Europe/Berlin:20261102T100000",
        "DTEND;TZID=Europe/Berlin:20261102T113000",
        "LOCATION:Yard",
        'ORGANIZER;CN="Anna Weber":mailto:anna@customer.example',
        "RRULE:FREQ=WEEKLY;COUNT=3",
    )
    assert letter.invitation == Invitation(
        method="REQUEST",
        summary="Fire drill, again",
        starts="2026-11-02T10:00:00+01:00",
        ends="2026-11-02T11:30:00+01:00",
        zone="Europe/Berlin",
        where="Yard",
        organiser="Anna Weber <anna@customer.example>",
        repeats="weekly",
    )
    assert letter.text == "Please come."
    assert [file.name for file in letter.files] == ["invitation.ics"]


@pytest.mark.parametrize(
    ("lines", "starts", "ends", "zone"),
    [
        (["DTSTART:20261102T100000Z", "DURATION:PT90M"], "2026-11-02T10:00:00+00:00", "2026-11-02T11:30:00+00:00", "UTC"),
        (["DTSTART:20261102T100000"], "2026-11-02T10:00:00", None, ""),
        (["DTSTART;TZID=W. Europe Standard Time:20261102T100000"], "2026-11-02T10:00:00+01:00", None, "Europe/Berlin"),
        (["DTSTART;TZID=Ours:20261102T100000"], "2026-11-02T10:00:00", None, "Ours"),
        (["DTSTART;VALUE=DATE:20261102", "DTEND;VALUE=DATE:20261104"], "2026-11-02", "2026-11-04", ""),
        (["DTSTART;VALUE=DATE:20261102", "DURATION:P1D"], "2026-11-02", "2026-11-03", ""),
        (["DTSTART:garbage", "DURATION:garbage"], None, None, ""),
        ([], None, None, ""),
        (["DTSTART:99991231T235959Z", "DURATION:P9999D"], "9999-12-31T23:59:59+00:00", None, "UTC"),
    ],
)
def test_when_an_event_is(lines: list[str], starts: str | None, ends: str | None, zone: str) -> None:
    invitation = invited(*lines).invitation
    assert invitation is not None
    assert (invitation.starts, invitation.ends, invitation.zone) == (starts, ends, zone)
    assert invitation.all_day is (starts is not None and len(starts) == 10)


def test_an_event_may_be_cancelled_or_answered() -> None:
    assert invited("SUMMARY:x", method="CANCEL").invitation == Invitation("CANCEL", "x")
    assert invited("SUMMARY:x", "STATUS:CANCELLED").invitation == Invitation("CANCEL", "x")
    answered = invited("SUMMARY:x", "ATTENDEE;CN=Anna;PARTSTAT=DECLINED:mailto:anna@customer.example", method="REPLY").invitation
    assert answered == Invitation("REPLY", "x", answers=(("Anna <anna@customer.example>", "declined"),))
    assert invited("SUMMARY:x", method="WIPE").invitation == Invitation("PUBLISH", "x")


def test_the_rules_of_a_time_zone_that_a_mail_brings_are_not_followed() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:00010101T000000\nRRULE:FREQ=SECONDLY\nTZOFFSETFROM:+1400\n"
    )
    zone += "TZOFFSETTO:+1400\nEND:STANDARD\nEND:VTIMEZONE\n"
    invitation = invited("DTSTART;TZID=Europe/Berlin:20261102T100000", before=zone).invitation
    assert invitation is not None
    assert invitation.starts == "2026-11-02T10:00:00+01:00"


@pytest.mark.parametrize(
    "lines",
    [
        ["RRULE:x"],
        ["END:VEVENT"],
        ["BEGIN:VEVENT"] * 50,
        ['SUMMARY;X="\x00:a'],
        ["DTSTART;TZID=../../etc/passwd:20261102T100000"],
    ],
)
def test_a_broken_event_is_a_letter_all_the_same(lines: list[str]) -> None:
    assert invited(*lines).text == "Please come."


def test_a_calendar_that_comes_twice_is_one_file() -> None:
    parts = "--x\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n--x\nContent-Type: application/ics; name=invite.ics\n\nBEGIN:VCALENDAR\n--x--"
    assert [f.name for f in read(mail("Content-Type: multipart/mixed; boundary=x", body=parts)).files] == ["invite.ics"]


# ── signed and encrypted (C22) ───────────────────────────────────────────────────────────────────────────────────────

SIGNED_TEXT = (
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nPay me.\n-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----"
)
SIGNATURE = "--s\nContent-Type: application/pgp-signature{}\n\nx\n--s--\n"
SIGNED = "Content-Type: multipart/signed; protocol=application/pgp-signature; boundary=s"


def smime(oid: str, type_: str) -> bytes:
    content = base64.encodebytes(bytes.fromhex("3080" + "06092a864886f70d0107" + oid) + b"secret").decode()
    return mail(
        f"Content-Type: application/pkcs7-mime; smime-type={type_}; name=smime.p7m",
        "Content-Transfer-Encoding: base64",
        body=content,
    )


@pytest.mark.parametrize(
    ("sent", "marks"),
    [
        (mail(SIGNED, body="--s\n\nIt burns.\n" + SIGNATURE.format("")), ("signed",)),
        (mail(SIGNED, body="--s\n\nIt burns.\n--s\n\nPay me.\n" + SIGNATURE.format("")), ("partly-signed",)),
        (mail("Content-Type: multipart/mixed; boundary=m", body=f"--m\n\nPay me.\n--m\n{SIGNED}\n\n--s\n\nIt burns.\n{SIGNATURE.format('')}\n--m--"), ("partly-signed",)),
        (mail(body=SIGNED_TEXT), ("signed",)),
        (mail(body="Pay Mallory.\n" + SIGNED_TEXT), ("partly-signed",)),
        (mail(body=SIGNED_TEXT + "\nPay Mallory."), ("partly-signed",)),
        (mail(body=SIGNED_TEXT + "\nPay Mallory.\n" + SIGNED_TEXT), ("partly-signed",)),
        (mail("Content-Type: text/html", body="<pre>" + SIGNED_TEXT + "</pre>"), ("partly-signed",)),
        (mail(body="> -----BEGIN PGP SIGNED MESSAGE-----\nThey say it is signed."), ()),
        (mail(body="-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----"), ("encrypted",)),
        (smime("02", "signed-data"), ("signed",)),
        (smime("03", "signed-data"), ("encrypted",)),
        (smime("03", "enveloped-data"), ("encrypted",)),
        (mail("Content-Type: application/pgp-signature", body="x"), ()),
    ],
)  # fmt: skip
def test_a_mail_is_signed_only_where_all_of_it_is(sent: bytes, marks: tuple[str, ...]) -> None:
    assert read(sent).marks == marks


def test_a_signature_is_a_file_only_where_it_has_a_name() -> None:
    for name, files in (("", []), ("; name=signature.asc", ["signature.asc"])):
        letter = read(mail(SIGNED, body="--s\n\nIt burns.\n" + SIGNATURE.format(name)))
        assert letter.text == "It burns."
        assert [file.name for file in letter.files] == files


def test_what_is_encrypted_is_never_shown_nor_glued_to_what_stands_around_it() -> None:
    encrypted = "Content-Type: multipart/encrypted; boundary=e\n\n--e\nContent-Type: text/html\n\nSECRET\n--e\n\nSECRET\n--e--\n"
    page = '--m\nContent-Type: text/html\n\n<img src="https://mallory.example/\n'
    letter = read(
        mail("Content-Type: multipart/mixed; boundary=m", body=f'{page}--m\n{encrypted}--m\nContent-Type: text/html\n\n">\n--m--')
    )
    assert letter.marks == ("encrypted",)
    assert "SECRET" not in letter.text + (letter.html or "")
    assert [file.content.strip() for file in letter.files] == [b"SECRET", b"SECRET"]


# ── RFC 2046: what is in pieces, and what is elsewhere (C20) ─────────────────────────────────────────────────────────


def test_pieces_of_a_mail_are_not_put_together() -> None:
    piece = (
        'Content-Type: message/partial; id="a@x"; number=1; total=1\n\nFrom: director@example.org\nSubject: Pay\n\nPay Mallory.'
    )
    letter = read(b"From: anna@customer.example\n" + piece.encode())
    assert [box.address for box in letter.authors] == ["anna@customer.example"]
    assert (letter.subject, letter.text) == ("", "")
    assert [(file.type, b"Pay Mallory." in file.content) for file in letter.files] == [("message/partial", True)]


def test_a_body_that_lies_elsewhere_is_not_fetched() -> None:
    outside = (
        'Content-Type: message/external-body; access-type=URL; URL="https://mallory.example/x"\n\nContent-Type: text/html\n\n'
    )
    letter = read(b"From: anna@customer.example\n" + outside.encode())
    assert (letter.text, letter.html, [file.type for file in letter.files]) == ("", None, ["message/external-body"])
