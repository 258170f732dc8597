"""Content-Type and Content-Disposition: a value and its parameters (RFC 2045, RFC 2231), also in broken forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from mail.mime.charsets import codec_of, decode
from mail.mime.fields import one_line
from mail.mime.words import decode_words

_PARAMETER = re.compile(
    r"""[;\s]*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]++|\\.|\\$)*+)(?:"|$)|([^;]*+))|[^;]*+;[;\s]*+|[^;]++$""", re.S
)
_SECTION = re.compile(r"^(.+?)\*(\d{1,3})?(\*)?$")
_ESCAPE = re.compile(r'\\(["\\])')


def read_parameters(line: str) -> tuple[str, dict[str, str]]:
    """The value in lower case («text/plain») and its parameters, by lower-case names; the first of a name counts."""
    main, _, rest = line.partition(";")
    value = re.sub(r"\([^()]*\)", "", main).strip().lower()
    if " " in value or "=" in value:  # «text/plain charset=utf-8»: a forgotten semicolon
        value, _, more = value.partition(" ")
        rest = f"{main.strip()[len(value) :]};{rest}" if more else rest
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, text in _pairs(rest):
        section = _SECTION.match(name)
        if section is None:
            plain.setdefault(name, one_line(decode_words(text)))
        else:
            number = int(section[2] or 0)
            sections.setdefault(section[1], {}).setdefault(number, (text, section[3] is not None or section[2] is None))
    return value, plain | {name: _joined(parts) for name, parts in sections.items()}


def _pairs(rest: str) -> Iterator[tuple[str, str]]:
    for found in _PARAMETER.finditer(rest):
        if found[1]:
            quoted, bare = found[2], found[3]
            yield found[1].lower(), _ESCAPE.sub(r"\1", quoted) if quoted is not None else bare.strip().strip("\"'")


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """The sections of one parameter, in order until one is missing; the first encoded one names the charset."""
    charset, content = "", b""
    for number in range(len(parts)):
        if number not in parts:
            break
        text, encoded = parts[number]
        if encoded and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        elif encoded and number == 0 and codec_of(text.partition("'")[0]):
            charset, _, text = text.partition("'")  # the language and its apostrophe were forgotten
        content += unquote_to_bytes(text) if encoded else text.encode("utf-8", "surrogateescape")
    return one_line(decode_words(decode(content, charset)[0]))
