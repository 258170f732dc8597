"""A report in the words of a language: tables of cells, which pages, mails, sheets and documents show each in their own way.

A cell keeps beside its text the number behind it, so that what can be computed with is the same as what is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from helpdesk.reports.report import Report

Unit = Literal["", "seconds", "count", "share", "rate"]


@dataclass(frozen=True)
class Cell:
    """`value` is the number itself; of a share the part, and `of` the whole.  `link` is a path of the web."""

    text: str
    value: float | None = None
    unit: Unit = ""
    of: int | None = None
    at: date | datetime | None = None
    link: str = ""
    is_free: bool = False  # written by a person, or what one is called
    tone: str = ""  # kept | broken | risk, of what was promised

    @property
    def quotient(self) -> float | None:
        """The value as one number: of a share the part of the whole."""
        if self.value is None or self.unit != "share":
            return self.value
        return self.value / self.of if self.of else None


@dataclass(frozen=True)
class Column:
    heading: str
    right: bool = False  # figures stand to the right
    quiet: bool = False


@dataclass(frozen=True)
class Drawn:
    """A bar: how long it is, and where the mark of the period before stands, in per cent of the longest."""

    length: float
    mark: float | None


@dataclass(frozen=True)
class Plot:
    """A line: its points and those of as long ago, each (across, down) in per cent or None where nothing was measured; and its axis."""

    now: Sequence[tuple[float, float] | None]
    then: Sequence[tuple[float, float] | None]
    ticks: Sequence[tuple[float, str]]  # (down in per cent, what it says), the highest first
    steps: Sequence[tuple[float, str]]  # (across in per cent, which point)
    now_words: str
    then_words: str
    last: str  # what the last point says
    last_then: str
    title: str


Kind = Literal["figures", "bars", "line", "heat", "list"]


@dataclass(frozen=True)
class Table:
    """One part of a report.  `bars`, `plot` and `tints` say how it is drawn."""

    kind: Kind
    key: str
    heading: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""
    names: int = 0  # which cell of a row says what it is about
    bars: Sequence[Drawn] = ()
    plot: Plot | None = None
    tints: Sequence[Sequence[int]] = ()  # 0 to 4, a row for each row, without the naming cell
    is_quiet: bool = False  # for whoever wants to know it exactly: folded on a page
    more: Cell | None = None  # how many rows were left out, and where they are


@dataclass(frozen=True)
class Said:
    """A whole report, said."""

    report: Report
    language: str
    title: str  # «Escalation report, week 47»
    about: str  # «Help desk, all teams, working time»
    span: str  # «16 to 22 November 2026, compared with the week before. As of 23 November, 07:30»
    sentence: str
    now_word: str  # «week 47»
    before_word: str  # «the week before»
    tables: Sequence[Table] = field(default_factory=list)

    def of_kind(self, *kinds: Kind) -> list[Table]:
        """The parts of these kinds."""
        return [table for table in self.tables if table.kind in kinds]
