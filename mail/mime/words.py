"""Encoded words (RFC 2047), also in the broken forms that mail programs write."""

from __future__ import annotations

import binascii
import contextlib
import re

from mail.mime.charsets import decode

_START = re.compile(r"=\?([^?\s]{0,75})\?([bq])\?", re.I)
_WORDS = re.compile(rb"[^A-Za-z0-9+/\s]|[ \t]\S")
_PADDING = b"= \t\r\n"
_RUNS = 1_000  # of base64 between paddings
_RUBBISH = re.compile("[\x00-\x08\x0e-\x1f\ufffd]")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def decode_words(text: str) -> str:
    """`text` with its encoded words decoded; what is none stays as it is.

    Tolerated: words inside quotes or without space around them, spaces inside a word, a missing end, and characters that are
    split between two words of one charset.  A result may contain control characters: callers clean it.
    """
    if "=?" not in text:
        return text
    out: list[str] = []
    pending: tuple[str, bytes, str] | None = None  # charset, bytes, as it came: neighbours are joined before decoding
    position = 0
    while start := _START.search(text, position):
        stop = text.find("?=", start.end())
        payload = text[start.end() : stop if stop >= 0 else len(text)]
        between = text[position : start.start()]
        position = stop + 2 if stop >= 0 else len(text)
        charset, content = start[1].partition("*")[0].lower(), _content(payload, start[2])
        if pending is not None and not between.strip():
            if pending[0] == charset:
                pending = (charset, pending[1] + content, pending[2] + text[start.start() : position])
                continue
            between = ""
        out += [_text(pending), between]
        pending = (charset, content, text[start.start() : position])
    out += [_text(pending), text[position:]]
    return "".join(out)


def _text(word: tuple[str, bytes, str] | None) -> str:
    """A word's text; as it came, where what it holds is text in no charset that we know."""
    if word is None:
        return ""
    text, defect = decode(word[1], word[0])
    return word[2] if defect and _RUBBISH.search(text) else text


def _content(payload: str, encoding: str) -> bytes:
    raw = payload.encode("utf-8", "surrogateescape")
    return unquote(raw) if encoding in "qQ" else from_base64(raw)


def unquote(raw: bytes) -> bytes:
    """The Q encoding's bytes."""
    return binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)


def from_base64(raw: bytes) -> bytes:
    """Bytes of base64 whatever is wrong with it: foreign characters left out, padding made good or in the middle; words behind it ignored."""
    if b"=" not in raw.rstrip(_PADDING):
        with contextlib.suppress(binascii.Error):
            return binascii.a2b_base64(raw)  # as nearly all of it comes: at once, and without copies of megabytes
    parts: list[bytes] = []
    for run in re.split(rb"=+", raw, maxsplit=_RUNS):
        if parts and _WORDS.search(run):
            break
        clean = _NOT_BASE64.sub(b"", run)
        if len(clean) % 4 == 1:
            clean = clean[:-1]  # six bits make no octet
        parts.append(binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)))
    return b"".join(parts)
