"""Which part of a very long story is not shown at first: neither how it began, nor how it goes on, nor what asks for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

LONGEST = 60  # entries that are shown as they are
BEGINNING, END = 3, 30  # of a longer story, how many of the first and of the last


@dataclass(frozen=True)
class Line:
    """An event of a story: whether something was said by it, and whether that still asks for a decision."""

    event_id: int
    at: datetime
    is_said: bool = True
    is_loud: bool = False


@dataclass(frozen=True)
class Gap:
    """A run of events that is left out: how many entries, and when the first and the last of them was."""

    hidden: frozenset[int]  # event ids
    count: int
    first: datetime
    last: datetime


def gaps(lines: Sequence[Line]) -> list[Gap]:
    """What to leave out of these, in their order; nothing of a story that is not very long."""
    said = [place for place, line in enumerate(lines) if line.is_said]
    if len(said) <= LONGEST:
        return []
    runs = groupby(lines[said[BEGINNING] : said[-END]], key=lambda line: line.is_loud)
    return [gap for is_loud, run in runs if not is_loud for gap in _gap(list(run))]


def _gap(run: list[Line]) -> list[Gap]:
    """A run in which nothing was said is no longer than the line that would stand for it."""
    said = [line.at for line in run if line.is_said]
    return [Gap(frozenset(line.event_id for line in run), len(said), said[0], said[-1])] if said else []
