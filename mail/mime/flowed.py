"""format=flowed (RFC 3676): lines that a mail program broke are put together again."""

from __future__ import annotations

import re
from collections.abc import Mapping

_QUOTES = re.compile(r">*")


def unflow(text: str, parameters: Mapping[str, str]) -> str:
    """`text` with `\\n` line ends and, where the part says that it is flowed, with its paragraphs in one line each."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if parameters.get("format", "").lower() != "flowed":
        return text
    return "\n".join(_paragraphs(text.split("\n"), delete_space=parameters.get("delsp", "").lower() == "yes"))


def _paragraphs(lines: list[str], *, delete_space: bool) -> list[str]:
    out: list[str] = []
    soft: list[str] = []  # the paragraph under way: its lines, each ending in a soft break
    depth = 0
    for line in lines:
        marks = _QUOTES.match(line)
        quoted = marks.end() if marks else 0
        words = line[quoted:].removeprefix(" ")
        if soft and (quoted != depth or words == "-- "):
            out.append(_line(depth, "".join(soft)))
            soft = []
        depth = quoted
        if words.endswith(" ") and words != "-- ":
            soft.append(words[:-1] if delete_space else words)
        else:
            out.append(_line(depth, "".join([*soft, words])))
            soft = []
    if soft:
        out.append(_line(depth, "".join(soft)))
    return out


def _line(depth: int, words: str) -> str:
    return f"{'>' * depth} {words}" if depth else words
