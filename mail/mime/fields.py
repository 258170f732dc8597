"""The header of a mail: fields as they came, in order, within limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mail.mime.charsets import clean, decode, is_utf8

MAX_BLOCK = 256 * 1024
MAX_FIELD = 16 * 1024
MAX_FIELDS = 1_000

_BLANK = re.compile(rb"^\r*\n", re.M)
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_HIGH = re.compile(rb"[\x80-\xff]+")
_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:")
_FROM = re.compile(rb">?From ")  # the line that an mbox puts before a mail
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Field:
    """One header field: its name in lower case, its unfolded bytes (never a CR or LF in them)."""

    name: str
    value: bytes


@dataclass(frozen=True)
class Header:
    """The fields of one header block.

    `charset` is what 8-bit bytes in them are read as where they are not UTF-8; `double` the same where they come in pairs.
    """

    fields: tuple[Field, ...]
    defects: tuple[str, ...] = ()
    charset: str | None = None
    double: str | None = None

    @cached_property
    def _by_name(self) -> dict[str, tuple[bytes, ...]]:
        found: dict[str, list[bytes]] = {}
        for field in self.fields:
            found.setdefault(field.name, []).append(field.value)
        return {name: tuple(values) for name, values in found.items()}

    def all(self, name: str) -> tuple[bytes, ...]:
        return self._by_name.get(name, ())

    def first(self, name: str) -> bytes:
        """The first field of this name, b"" where there is none."""
        return next(iter(self.all(name)), b"")

    def text(self, name: str) -> str:
        """The first field of this name as one clean line, encoded words left alone."""
        return self.line(self.first(name))

    def line(self, value: bytes) -> str:
        """Header bytes as one clean line: 8-bit text decoded, control characters made spaces."""
        if value.isascii() and b"\x1b" not in value:
            return one_line(value.decode("ascii"))
        modern = b"\x1b" not in value and is_utf8(value)
        if modern:
            return one_line(decode(value, "utf-8")[0])
        paired = self.double is not None and all(len(run) % 2 == 0 for run in _HIGH.findall(value))
        return one_line(decode(value, self.double if paired else self.charset)[0])


def one_line(text: str) -> str:
    """`text` without control characters and line breaks; what is left around them is joined by a space."""
    return text.strip() if text.isprintable() else _CONTROL.sub(" ", clean(text)).strip()


def read_header(
    raw: bytes, start: int = 0, end: int | None = None, *, charsets: tuple[str | None, str | None] = (None, None)
) -> tuple[Header, int]:
    """The header block that begins at `start`, and where its body begins.  `charsets`: those of 8-bit text, see Header.

    What is no field is left out, what is too much is cut; `defects` says so.
    """
    end = len(raw) if end is None else end
    blank = _BLANK.search(raw, start, end)
    close, body = (blank.start(), blank.end()) if blank else (end, end)
    defects: list[str] = []
    separator = _missing_separator(raw, start, min(close, start + MAX_BLOCK))
    if separator is not None:
        defects.append("no blank line between header and body")
        close = body = separator
    elif close - start > MAX_BLOCK:
        defects.append("the header is longer than 256 KB; the rest of it was not read")
        close = start + MAX_BLOCK
    fields = tuple(_fields(raw[start:close], defects))
    return Header(fields, tuple(dict.fromkeys(defects)), *charsets), body


def _missing_separator(raw: bytes, start: int, close: int) -> int | None:
    """Where the body begins without a blank line before it: at a line that is no field, with no field after it."""
    junk = None
    position = start
    for line in _LINE.findall(raw, start, close):
        if _NAME.match(line):
            junk = None
        elif junk is None and line[:1] not in b" \t" and not _FROM.match(line):
            junk = position
        position += len(line)
    return junk


def _fields(block: bytes, defects: list[str]) -> Iterator[Field]:
    number = 0
    for line in _unfolded_lines(block):
        name = _NAME.match(line)
        if name is None:
            if line.strip() and not _FROM.match(line):
                defects.append("a line in the header is no field")
            continue
        number += 1
        if number > MAX_FIELDS:
            defects.append("the header has more than 1,000 fields; the rest of them were not read")
            return
        value = line[name.end() :].strip()
        if len(value) > MAX_FIELD:
            defects.append("a header field is longer than 16 KB; it was cut")
        yield Field(name[1].decode("ascii").lower(), value[:MAX_FIELD])


def _unfolded_lines(block: bytes) -> list[bytes]:
    """One line for each field.  A bare CR never begins a field: upstream filters did not see one there either."""
    lines: list[list[bytes]] = []
    for line in block.split(b"\n"):
        line = line.removesuffix(b"\r").replace(b"\r", b" ")
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1].append(line.strip())
        else:
            lines.append([line])
    return [b" ".join(parts) for parts in lines]
