"""The tree of a mail's parts, within limits and in linear time; every part knows its own bytes in the original."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from mail.mime.charsets import DOUBLE_BYTE, codec_of
from mail.mime.fields import Header, read_header
from mail.mime.parameters import read_parameters
from mail.mime.words import from_base64

MAX_DEPTH = 20
MAX_PARTS = 1_000

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_GUESSED_WITHIN = 64 * 1024
_GUESSED_BOUNDARY = re.compile(rb"^--([^\s-][^\r\n]{1,198}?)[ \t]*\r?\n(?=Content-)", re.M | re.I)
_CHARSET = re.compile(rb"charset=[\"']?([A-Za-z0-9_.:-]{2,40})", re.I)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")


@dataclass
class Part:
    """One part: its header, its type, and where its body stands in the bytes that it was read from."""

    header: Header
    type: str
    parameters: dict[str, str]
    disposition: str
    disposition_parameters: dict[str, str]
    raw: bytes = field(repr=False)
    begin: int  # of its header
    start: int  # of its body
    end: int
    children: list[Part] = field(default_factory=list)
    buried: bool = False  # deeper than we look: taken whole

    @property
    def encoded(self) -> bytes:
        """The body's bytes as they came."""
        return self.raw[self.start : self.end]

    @property
    def whole(self) -> bytes:
        """Header and body as they came."""
        return self.raw[self.begin : self.end]

    @cached_property
    def encoding(self) -> str:
        return self.header.text("content-transfer-encoding").partition(";")[0].strip().strip('"').lower()

    def content(self) -> bytes:
        """The body with its transfer encoding undone.  What is not in the encoding that it claims stays as it came."""
        encoded = self.encoded
        if self.encoding == "base64" and not _is_no_base64(encoded):
            return from_base64(encoded)
        if self.encoding == "quoted-printable":
            return binascii.a2b_qp(encoded)
        return encoded

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Tree:
    """A mail's parts and what was wrong with them."""

    root: Part
    defects: list[str]


def read_tree(raw: bytes) -> Tree:
    """The parts of a mail: at most 1,000, at most 20 deep; what lies deeper stays whole, as a part that is `buried`."""
    return _Reading().tree(raw)


class _Reading:
    def __init__(self) -> None:
        self.defects: list[str] = []
        self.parts = 0
        self.charsets: tuple[str | None, str | None] = (None, None)  # of 8-bit text in headers

    def tree(self, raw: bytes) -> Tree:
        self.charsets = _likely_charsets(raw)
        root = self.part(raw, 0, len(raw), depth=0, default="text/plain")
        return Tree(root, list(dict.fromkeys(self.defects)))

    def part(self, raw: bytes, begin: int, end: int, *, depth: int, default: str) -> Part:
        self.parts += 1
        header, start = read_header(raw, begin, end, charsets=self.charsets)
        self.defects += header.defects
        if len(header.all("content-type")) > 1:
            self.defects.append("two Content-Type fields; the first counts")
        type_, parameters = read_parameters(header.text("content-type"))
        disposition, disposition_parameters = read_parameters(header.text("content-disposition"))
        if not _TYPE.fullmatch(type_):
            if type_:
                self.defects.append("a Content-Type that is none")
            type_ = "multipart/mixed" if type_.startswith("multipart") else default
        part = Part(header, type_, parameters, disposition, disposition_parameters, raw, begin, start, end)
        if type_.startswith("multipart/"):
            self.divide(part, depth)
        return part

    def divide(self, part: Part, depth: int) -> None:
        """Give a multipart its children; one without a boundary that works becomes text."""
        if depth >= MAX_DEPTH:
            self.defects.append("parts are nested more than 20 deep; the rest is kept as a file")
            part.buried = True
            return
        sections = self.sections(part)
        if not sections:
            self.defects.append("a multipart whose boundary is not to be found; it is shown as it came")
            part.type = "text/plain"
            return
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        for begin, end in sections:
            if self.parts >= MAX_PARTS:
                self.defects.append("more than 1,000 parts; the rest of them were not read")
                return
            part.children.append(self.part(part.raw, begin, end, depth=depth + 1, default=default))

    def sections(self, part: Part) -> list[tuple[int, int]]:
        """Where the parts of a multipart begin and end."""
        declared = part.parameters.get("boundary", "").encode("utf-8", "replace")
        found = _between(part, declared) if declared else []
        if not found and (guess := _GUESSED_BOUNDARY.search(part.raw, part.start, min(part.end, part.start + _GUESSED_WITHIN))):
            self.defects.append("a multipart with another boundary than it says")
            found = _between(part, guess[1])
        return found


def _likely_charsets(raw: bytes) -> tuple[str | None, str | None]:
    """The first 8-bit charset that any part of the mail declares, and the first of two bytes a letter: its headers are
    likely in one of them, too."""
    if raw.isascii():
        return None, None
    codecs = {
        label: codec_of(label) or "utf-"
        for label in dict.fromkeys(found[1].decode("ascii") for found in _CHARSET.finditer(raw, 0, 256 * 1024))
    }
    likely = [label for label, codec in codecs.items() if not codec.startswith(("utf-", "ascii"))]
    return next(iter(likely), None), next((label for label in likely if codecs[label] in DOUBLE_BYTE), None)


def _between(part: Part, boundary: bytes) -> list[tuple[int, int]]:
    mark = b"--" + boundary
    sections: list[tuple[int, int]] = []
    begin: int | None = None
    for at, end, closes in _delimiters(part, mark):
        if begin is not None:
            sections.append((begin, _before_newline(part.raw, begin, at)))
        begin = end
        if closes:
            return sections
        if len(sections) >= MAX_PARTS:
            break
    if begin is not None and begin < part.end:
        sections.append((begin, part.end))
    return sections


def _delimiters(part: Part, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where the lines begin that say nothing but `mark`, where the next line begins, and whether the last part ends there."""
    raw = part.raw
    at = raw.find(mark, part.start, part.end)
    while at >= 0:
        next_line = at + len(mark)
        if at == 0 or raw[at - 1 : at] == b"\n":
            newline = raw.find(b"\n", at, part.end)
            close = newline if newline >= 0 else part.end
            rest = raw[next_line:close].removesuffix(b"\r").rstrip(b" \t")
            next_line = min(close + 1, part.end)
            if rest in (b"", b"--"):
                yield at, next_line, rest != b""
        at = raw.find(mark, next_line, part.end)


def _before_newline(raw: bytes, begin: int, end: int) -> int:
    """The line break before a boundary belongs to the boundary (RFC 2046 §5.1.1)."""
    if end > begin and raw[end - 1 : end] == b"\n":
        end -= 1
        if end > begin and raw[end - 1 : end] == b"\r":
            end -= 1
    return end


def _is_no_base64(encoded: bytes) -> bool:
    """Whether the first line is prose; what follows may be a footer that some list has added."""
    line = encoded[:1_000].lstrip().partition(b"\n")[0].strip()
    return len(_NOT_BASE64.findall(line)) * 10 > len(line)
