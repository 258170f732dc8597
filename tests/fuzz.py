"""Throw mutated letters at the reader: `make fuzz`, or `python -m tests.fuzz [HOW MANY] [SEED]`.

Each is read in this process, under a clock.  It ends with status 1, and leaves the letter in `fuzz-<seed>-<number>.eml`, where one
raised, took more than five seconds, or came out as something that cannot be stored.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from helpdesk.present.html import sanitise
from mail.letter_json import pack, unpack
from mail.parse import parse
from tests.letterbox import NAMES, raw

SLOW = 5.0  # seconds
REPORT_EVERY = 10_000

# What has broken readers of mail before.
DICTIONARY = [
    b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbb\xbf", b'"', b"\\", b"<", b">", b"(", b")", b"[", b":", b";",
    b"@", b"=", b"=?", b"?=", b"=?utf-8?b?", b"=?utf-8?q?=0D=0A?=", b"=?utf-7?q?", b"--", b"-- \r\n", b"> ", b"charset=utf-16", b"charset=idna",
    b"charset=iso-2022-jp", b"boundary=x", b'boundary=""', b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Type: message/rfc822\r\n",
    b"Content-Type: text/html\r\n\r\n<div><svg><style>", b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"filename*0*=utf-8''%00", b"filename*99999999999999999999=", b"Date: Thu, 31 Dec 99999 99:99:99 +99999\r\n", b"Message-ID: <>\r\n",
    b"On Mon, 2 Nov 2026 10:12, Bob wrote:\r\n", b"From: a\r\nSent: b\r\nTo: c\r\n", b"<blockquote>", b"<table><tr><td>", b"</p>", b"<!--", b"]]>",
]  # fmt: skip


def mutated(chance: random.Random, letters: Sequence[bytes]) -> bytes:
    """One of the letters after one to eight accidents."""
    content = bytearray(chance.choice(letters))
    for _ in range(chance.randint(1, 8)):
        place = chance.randint(0, len(content))
        size = int(chance.expovariate(1 / 30))
        match chance.randint(0, 6):
            case 0:
                content[place:place] = chance.choice(DICTIONARY)
            case 1:
                content[place : place + size] = chance.choice(DICTIONARY)
            case 2:
                del content[place : place + size]
            case 3:
                content[place : place + size] = chance.randbytes(size)
            case 4:  # the same again, and again
                content[place:place] = bytes(content[place : place + size]) * chance.randint(1, 20)
            case 5:  # a piece of another letter
                other = chance.choice(letters)
                begin = chance.randint(0, len(other))
                content[place:place] = other[begin : begin + size * 10]
            case _ if content:
                content[min(place, len(content) - 1)] ^= 1 << chance.randint(0, 7)
    return bytes(content)


def complaint(content: bytes) -> str | None:
    """What is wrong with how this letter is read, or None."""
    begun = time.monotonic()
    letter = parse(content)
    if letter.html:
        clean = sanitise(letter.html)
        if sanitise(clean) != clean:
            return "cleaning it twice is not cleaning it once"
    if time.monotonic() - begun > SLOW:
        return "it takes too long"
    if any("could not be read" in defect for defect in letter.defects):
        return letter.defects[-1]
    if unpack(pack(letter)) != letter:
        return "it does not survive JSON"
    if "\x00" in letter.text + letter.subject or not letter.text.startswith(letter.visible):
        return "its text is damaged"
    return None


def main(count: int = 1_000_000, seed: int = 0) -> int:
    letters = [raw(name) for name in NAMES]
    chance = random.Random(seed)
    begun = time.monotonic()
    for number in range(1, count + 1):
        content = mutated(chance, letters)
        try:
            trouble = complaint(content)
        except Exception as error:  # that is what we look for
            trouble = f"{type(error).__name__}: {error}"
        if trouble:
            path = Path(f"fuzz-{seed}-{number}.eml")
            path.write_bytes(content)
            print(f"{path}: {trouble}")
            return 1
        if number % REPORT_EVERY == 0:
            print(f"{number} letters, {number / (time.monotonic() - begun):.0f}/s", flush=True)
    print(f"{count} mutated letters were read; seed {seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
