"""Accidents that befall mail: some to its structure (boundaries, headers, encodings, charsets), some to its bytes."""

from __future__ import annotations

import base64
import binascii
import random
import re
from collections.abc import Callable, Sequence

Mutator = Callable[[random.Random, bytes, Sequence[bytes]], bytes]

# What has broken readers of mail before.
DICTIONARY = [
    b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbb\xbf", b'"', b"\\", b"<", b">", b"(", b")", b"[", b":", b";",
    b"@", b"=", b"=?", b"?=", b"=?utf-8?b?", b"=?utf-8?q?=0D=0A?=", b"=?utf-7?q?", b"--", b"-- \r\n", b"> ", b"charset=utf-16", b"charset=idna",
    b"charset=iso-2022-jp", b"boundary=x", b'boundary=""', b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Type: message/rfc822\r\n",
    b"Content-Type: text/html\r\n\r\n<div><svg><style>", b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"filename*0*=utf-8''%00", b"filename*99999999999999999999=", b"Date: Thu, 31 Dec 99999 99:99:99 +99999\r\n", b"Message-ID: <>\r\n",
    b"On Mon, 2 Nov 2026 10:12, Bob wrote:\r\n", b"From: a\r\nSent: b\r\nTo: c\r\n", b"<blockquote>", b"<table><tr><td>", b"</p>", b"<!--", b"]]>",
    b"begin 644 x\r\n", b"\r\nend\r\n", b"BEGIN:VEVENT\r\nDTSTART;TZID=", b"END:VEVENT\r\n", b"RRULE:FREQ=SECONDLY\r\n", b"\x78\x9f\x3e\x22\x01\x00",
    b"-----BEGIN PGP MESSAGE-----\r\n", b"-----BEGIN PGP SIGNED MESSAGE-----\r\n", b"{\\rtf1 ", b"\x1b$B", b"\x1b(B", b"+ADw-", b"~{", b"\x84\x31\xa4\x37",
]  # fmt: skip

CHARSETS = [
    "utf-8",
    "us-ascii",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-8-i",
    "windows-1251",
    "windows-1252",
    "koi8-r",
    "gb18030",
    "gb2312",
    "big5",
    "euc-kr",
    "iso-2022-kr",
    "euc-jp",
    "shift_jis",
    "iso-2022-jp",
    "hz-gb-2312",
    "utf-7",
    "utf-16",
    "utf-16be",
    "utf-32",
    "macintosh",
    "johab",
    "idna",
    "punycode",
    "unicode_escape",
    "base64",
    "zip",
    "undefined",
    "none",
    "x-unknown",
]
ENCODINGS = ("7bit", "8bit", "binary", "base64", "quoted-printable", "x-uuencode", "BASE64 ", "", "base64, quoted-printable")
TYPES = [
    "text/plain",
    "text/html",
    "text/calendar",
    "text/rfc822-headers",
    "multipart/mixed",
    "multipart/alternative",
    "multipart/related",
    "multipart/signed",
    "multipart/encrypted",
    "multipart/report",
    "multipart/digest",
    "message/rfc822",
    "message/delivery-status",
    "message/partial",
    "message/external-body",
    "application/ms-tnef",
    "application/pkcs7-mime",
    "application/octet-stream",
    "image/png",
    "text",
    "multipart/",
    "/",
]
FIELDS = [
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "In-Reply-To",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
    "Return-Path",
    "Received",
    "Auto-Submitted",
    "List-Id",
    "Delivered-To",
    "Authentication-Results",
    "X-Failed-Recipients",
]

_BOUNDARY = re.compile(rb'boundary="?([^";\r\n]{1,70})', re.I)
_CHARSET = re.compile(rb'charset="?[^"\s;]{1,40}', re.I)
_ENCODING = re.compile(rb"^(content-transfer-encoding:)[^\r\n]*", re.I | re.M)
_TYPE = re.compile(rb"^(content-type:\s*)[^\s;]+", re.I | re.M)
_FIELD = re.compile(rb"^[A-Za-z-]{1,40}:.*(?:\r?\n[ \t].*)*\r?\n", re.M)
_MOST = 256 * 1024  # bytes: bigger letters come out of a mutator no bigger


def mutated(chance: random.Random, letters: Sequence[bytes]) -> bytes:
    """One of the letters after one to eight accidents."""
    content = chance.choice(letters)
    for _ in range(chance.randint(1, 8)):
        after = chance.choice(MUTATORS)(chance, content, letters)
        content = after if len(after) <= max(_MOST, len(content)) else content
    return content


def _place(chance: random.Random, content: bytes) -> tuple[int, int]:
    begin = chance.randint(0, len(content))
    return begin, begin + int(chance.expovariate(1 / 30))


def _found(chance: random.Random, pattern: re.Pattern[bytes], content: bytes) -> re.Match[bytes] | None:
    found = list(pattern.finditer(content, 0, 64 * 1024))
    return chance.choice(found) if found else None


def _header_end(content: bytes) -> int:
    blank = re.search(rb"\r?\n\r?\n", content)
    return blank.end() if blank else len(content)


# ── bytes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def insert_word(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    begin, _end = _place(chance, content)
    return content[:begin] + chance.choice(DICTIONARY) + content[begin:]


def replace_by_word(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    begin, end = _place(chance, content)
    return content[:begin] + chance.choice(DICTIONARY) + content[end:]


def delete(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    begin, end = _place(chance, content)
    return content[:begin] + content[end:]


def scribble(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    begin, end = _place(chance, content)
    return content[:begin] + chance.randbytes(end - begin) + content[end:]


def stutter(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    begin, end = _place(chance, content)
    return content[:begin] + content[begin:end] * chance.choice((2, 3, 20, 500)) + content[end:]


def splice(chance: random.Random, content: bytes, letters: Sequence[bytes]) -> bytes:
    begin, end = _place(chance, content)
    other = chance.choice(letters)
    at = chance.randint(0, len(other))
    return content[:begin] + other[at : at + (end - begin) * 10] + content[begin:]


def flip_bit(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    if not content:
        return content
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << chance.randint(0, 7)]) + content[at + 1 :]


def cut_off(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    return content[: chance.randint(0, len(content))]


def other_line_ends(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    return content.replace(b"\r\n", b"\n").replace(b"\n", chance.choice((b"\n", b"\r\n", b"\r", b"\r\r\n", b"\n\r")))


# ── structure ────────────────────────────────────────────────────────────────────────────────────────────────────────


def other_charset(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    found = _found(chance, _CHARSET, content)
    label = chance.choice(CHARSETS).encode()
    return content[: found.start()] + b'charset="' + label + content[found.end() :] if found else content


def other_encoding(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    found = _found(chance, _ENCODING, content)
    return content[: found.end(1)] + b" " + chance.choice(ENCODINGS).encode() + content[found.end() :] if found else content


def other_type(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    found = _found(chance, _TYPE, content)
    return content[: found.end(1)] + chance.choice(TYPES).encode() + content[found.end() :] if found else content


def encode_body(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    """The body in another encoding, which is declared, too, most of the time."""
    at = _header_end(content)
    name, encode = chance.choice(
        ((b"base64", base64.encodebytes), (b"quoted-printable", binascii.b2a_qp), (b"x-none", lambda body: body[::-1]))
    )
    head = b"Content-Transfer-Encoding: " + name + b"\r\n" if chance.random() < 0.8 else b""
    return head + content[:at] + encode(content[at:])


def recode_body(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    """The body in the bytes of another charset; what declares it stays."""
    at = _header_end(content)
    codec = chance.choice(
        ("utf-16", "utf-16-le", "utf-7", "gb18030", "big5", "euc_jp", "iso2022_jp", "iso2022_kr", "koi8-r", "cp1252", "utf-8-sig")
    )
    return content[:at] + content[at:].decode("utf-8", "ignore").encode(codec, "ignore")


def other_boundary(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    """The boundary is declared wrongly, or is longer or shorter, or is that of another multipart."""
    found = _found(chance, _BOUNDARY, content)
    if found is None:
        return content
    others = [match[1] for match in _BOUNDARY.finditer(content)]
    new = chance.choice((*others, found[1] + b"-", found[1][:-1], found[1] + b"--", b"", b" ", b"x" * 2_000))
    return content[: found.start(1)] + new + content[found.end(1) :]


def stray_boundary(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    found = _found(chance, _BOUNDARY, content)
    if found is None:
        return content
    at = chance.randint(_header_end(content), len(content))
    return content[:at] + b"\r\n--" + found[1] + chance.choice((b"", b"--", b"  ", b"x")) + b"\r\n" + content[at:]


def wrapped(chance: random.Random, content: bytes, letters: Sequence[bytes]) -> bytes:
    """The letter as a part of another, once or many times."""
    for depth in range(chance.choice((1, 1, 2, 30))):
        mark = f"w{depth}".encode()
        type_ = chance.choice(("mixed", "alternative", "related", "signed", "encrypted", "digest", "report")).encode()
        more = b"\r\n--" + mark + b"\r\n" + chance.choice(letters)[:2_000] if chance.random() < 0.2 else b""
        content = b"Content-Type: multipart/" + type_ + b"; boundary=" + mark + b"\r\n\r\n--" + mark + b"\r\n" + content + more
        content += b"\r\n--" + mark + b"--\r\n" if chance.random() < 0.8 else b""
    return content


def enclosed(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    return b"From: anna@customer.example\r\nContent-Type: message/rfc822\r\n\r\n" + content


def doubled_field(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    found = _found(chance, _FIELD, content)
    return found[0] * chance.choice((1, 2, 1_200)) + content if found else content


def missing_field(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    found = _found(chance, _FIELD, content)
    return content[: found.start()] + content[found.end() :] if found else content


def new_field(chance: random.Random, content: bytes, _: Sequence[bytes]) -> bytes:
    """A field that is encoded, is folded, is full of parameters, or is only long."""
    words = b" ".join(chance.choices(DICTIONARY, k=chance.randint(1, 12)))
    label = chance.choice(CHARSETS).encode()
    value = chance.choice((
        words,
        b"=?" + label + b"?b?" + base64.b64encode(words) + b"?=",
        b"=?" + label + b"?q?" + words.replace(b" ", b"_") + b"?= =?" + label + b"?q?=C3?=",
        b"text/plain; name*0*=" + label + b"''%C3; name*1*=%BC; name*2=" + words,
        b'"' + words + b'" <a@b.example>, ' + words,
        words * 2_000,
    ))  # fmt: skip
    return chance.choice(FIELDS).encode() + b": " + value.replace(b"\n", b"\n ") + b"\r\n" + content


MUTATORS: tuple[Mutator, ...] = (
    insert_word, insert_word, replace_by_word, delete, scribble, stutter, splice, flip_bit, flip_bit, cut_off, other_line_ends,
    other_charset, other_encoding, other_type, encode_body, recode_body, other_boundary, stray_boundary, wrapped, enclosed,
    doubled_field, missing_field, new_field,
)  # fmt: skip
