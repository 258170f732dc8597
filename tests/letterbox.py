"""Letters for tests: the written ones of `tests/letters`, and small ones made on the spot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from mail.letter import Envelope, Letter
from mail.parse import parse

LETTERS = Path(__file__).parent / "letters"
NAMES = sorted(path.stem for path in LETTERS.glob("*.eml"))


def raw(name: str) -> bytes:
    """The bytes of a written letter."""
    return (LETTERS / f"{name}.eml").read_bytes()


def letter(name: str) -> Letter:
    return parse(raw(name))


def mail(*fields: str | bytes, body: str | bytes = "Hello.\n") -> bytes:
    """A mail with these header fields (after a From, where none of them is one) and this body, in CRLF."""
    lines = [field if isinstance(field, bytes) else field.encode() for field in fields]
    if not any(line.lower().startswith(b"from:") for line in lines):
        lines.insert(0, b"From: Anna <anna@customer.example>")
    content = body if isinstance(body, bytes) else body.encode().replace(b"\n", b"\r\n")
    return b"\r\n".join([*lines, b"", content])


def envelope(sender: str = "anna@customer.example") -> Envelope:
    return Envelope("smtp", sender, ("help@example.org",), "192.0.2.10", datetime(2026, 11, 2, 9, tzinfo=UTC))
