"""A mail's text as its reader meets it: new words, the questions that they answer, and folds where the rest stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Look = Literal["new", "asked", "folded"]

_MARKS = ("--", "—", "–")


@dataclass(frozen=True)
class Passage:
    """Some lines of a text.  `asked`: quoted, and answered right below, so it stays in sight without its marks."""

    look: Look
    text: str

    @property
    def lines(self) -> int:
        """How many of its lines say something."""
        return sum(1 for line in self.text.split("\n") if line.strip("> \t|-—–_"))

    @property
    def is_signature(self) -> bool:
        """Whether it is a signature below its mark (RFC 3676 §4.3, and what mail programs make of it), and nothing else."""
        lines = self.text.split("\n")
        return lines[0].strip() in _MARKS and not any(line.startswith(">") for line in lines)


def passages(text: str, visible: str, folds: Sequence[Sequence[int]]) -> list[Passage]:
    """The passages of a text in their order.

    `folds` are pairs: the first line that is folded, and the one behind the last.  Where there are none although `visible` is only a
    part of the text (an entry of older days), the rest is folded behind it.
    """
    if not folds:
        return _of_old(text, visible)
    lines, at, found = text.split("\n"), 0, []
    for start, end in folds:
        found += _shown(lines[at:start])
        found.append(Passage("folded", "\n".join(lines[start:end]).strip("\n")))
        at = end
    found += _shown(lines[at:])
    return [passage for passage in found if passage.text.strip()]


def _shown(lines: list[str]) -> list[Passage]:
    found = []
    for quoted, run in groupby(lines, key=lambda line: line.startswith(">")):
        if quoted:
            found.append(Passage("asked", "\n".join(line[1:].removeprefix(" ") for line in run).strip("\n")))
        else:
            found.append(Passage("new", "\n".join(run).strip("\n")))
    return found


def _of_old(text: str, visible: str) -> list[Passage]:
    text, visible = text.strip(), visible.strip()
    if not visible or visible == text:
        return [Passage("new", text)] if text else []
    rest = text[len(visible) :].strip("\n") if text.startswith(visible) else text
    return [Passage("new", visible), Passage("folded", rest)]
