"""The shapes of a report: figures in sentences, charts and lists, each with the period before and the cases behind it.

A report holds values and machine names, no words: pages, mails, sheets and PDFs say the same figures each in their reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Name = Literal["escalation", "daily", "friction", "service-levels", "workload", "continuity", "doors"]
Time = Literal["working", "calendar"]  # of which seconds the figures are: the case's calendar counts the first
Part = Literal["all", "met", "missed", "waiting"]  # of the cases behind a figure
Kind = Literal["seconds", "count", "share", "rate"]


@dataclass(frozen=True)
class Period:
    """Whole days of a time zone, the last one included."""

    first: date
    last: date
    begins_at: datetime  # UTC, the first instant in it
    ends_at: datetime  # UTC, the first instant behind it


@dataclass(frozen=True)
class Scope:
    """What a report is asked for; as it stands in the permalink."""

    period: Period
    before: Period  # right before it: as many days, before a month of the calendar the month before
    now: datetime
    time: Time = "working"
    team_id: int | None = None  # None: all teams
    tag: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)  # a field of the case (cause, office, verdict …) and its value


@dataclass(frozen=True)
class Amount:
    """A value with what it is of.

    seconds   a duration, `of` is how many were measured
    count     a number
    share     `value` of `of`: promises kept of those due
    rate      per hundred, or per case: `value` is the quotient, `of` the divisor
    `value` None: there was nothing to measure, which is never said as 0.
    """

    kind: Kind
    value: float | None
    of: int | None = None


@dataclass(frozen=True)
class Behind:
    """The cases behind a figure: what a link has to name, besides the scope, to land on exactly those."""

    figure: str
    part: Part = "all"
    group: str = ""  # which bar, which cell, which row: a team's id, «3-7», «1-14» (weekday and hour)


@dataclass(frozen=True)
class Figure:
    """One line of «the week in figures»."""

    key: str  # first-response, next-reply, resolution, promises, reopened …
    amount: Amount  # the median, the share, the number
    nine_of_ten: Amount | None = None  # by when nine of ten were done
    waiting: int | None = None  # still waiting, beside every median; None where nothing can wait
    before: Amount | None = None  # of the period before
    so_far: bool = False  # the window in which it can still change runs
    behind: Behind | None = None
    behind_waiting: Behind | None = None
    list_at: str = ""  # the path of exactly those, where they are no cases


@dataclass(frozen=True)
class Bar:
    """`name` is a machine name where `is_key`, else what a person gave: a team, a tag, an answer of a field."""

    name: str
    value: Amount
    before: Amount | None = None
    behind: Behind | None = None
    is_key: bool = True


@dataclass(frozen=True)
class Bars:
    key: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Point:
    period: Period
    value: Amount
    before: Amount | None = None  # as many periods earlier as there are points
    behind: Behind | None = None


@dataclass(frozen=True)
class Line:
    """One value over time, the oldest point first, and the same line as long ago as it is long."""

    key: str
    step: Literal["day", "week", "month"]
    points: Sequence[Point]
    since: datetime | None = None  # nothing was written down before, where that is later than the first point


@dataclass(frozen=True)
class Heat:
    """Arrivals by weekday (0 is Monday) and hour (of the desk's zone): {(weekday, hour): a mean per such hour}."""

    key: str
    cells: Mapping[tuple[int, int], float]
    behind: str = ""  # the figure whose groups are «weekday-hour»


@dataclass(frozen=True)
class CaseLink:
    number: int
    subject: str


Cell = str | int | datetime | date | Amount | CaseLink | None  # a str that begins with «:» is a machine name


@dataclass(frozen=True)
class Listing:
    """Cases or things in rows, the worst first."""

    key: str
    columns: Sequence[str]  # machine names
    rows: Sequence[Sequence[Cell]]
    more: int = 0  # how many were left out
    behind: Behind | None = None


@dataclass(frozen=True)
class Report:
    name: Name
    scope: Scope
    figures: Sequence[Figure]
    charts: Sequence[Bars | Line | Heat] = ()
    lists: Sequence[Listing] = ()
