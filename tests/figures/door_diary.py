"""What came to a desk's doors and what was done about it, in plain values: written down by whoever did it, read by the model alone.

People are called by their names, an address of a case by (case, person, the how-manieth of theirs), a mail of ours by its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

Deed = Literal[
    "letter",  # somebody's server brought one: `letter`; `opened` are the cases that we opened for it, by the place of the recipient
    "let-in",  # an agent let in what was held of a `letter` at the recipient in this `place`; `opened`
    "kept",  # a `letter` was taken in, and no worker ever looked at it
    "laid-again",  # by a fault the words of a `letter` lie in their case a second time
    "answer",  # to all who take part; `resolves` with it, or does not; `mails`: person → number of the mail
    "solved",
    "reopened",
    "joins",  # a `person` takes part
    "secret",
    "team",  # it goes `to` another one
    "merged",  # it goes on in the case `into`
    "spam",
    "no-spam",
    "revoked",  # a `door`
    "rotated",  # a `door`; who had it has another one
    "extended",  # a `door`, by so many `days`
    "blocked",  # a `person` is kept out
    "strict",  # from now on mail to an address that ended a week ago is refused
    "sweep",  # the timetable ran
    "probe",
    "probe-back",  # the one that left at `sent`
]


class Door(NamedTuple):
    """The address of somebody in a case: their first one there is number 1."""

    case: int
    person: str
    number: int


Place = (
    Door | int | str
)  # an address of a case, the way home of a mail of ours, or: a team's desk, «postmaster», «nobody», «elsewhere»


@dataclass(frozen=True)
class Letter:
    """A mail as it came: who says to have written it, whose server brought it, and to whom."""

    key: int
    by: str  # in From
    sender: str  # in the envelope
    to: tuple[Place, ...]
    is_fetched: bool = False  # from a mailbox: there it lies already, nobody can refuse it
    is_machine: bool = False
    is_unclear: bool = False  # its From names two
    only_thanks: bool = False
    is_ours: int = 0  # a mail of ours that came back
    reports: str = ""  # «failed» or «delayed», of the mail that it went home to
    again: int = 0  # the very bytes of this one

    @property
    def first(self) -> int:
        """The letter of which this one has the bytes."""
        return self.again or self.key


@dataclass(frozen=True)
class Line:
    at: datetime
    deed: Deed
    case: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)


class Diary:
    """All lines, in the order in which it happened."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def write(self, at: datetime, deed: Deed, case: int = 0, **more: Any) -> None:
        self.lines.append(Line(at, deed, case, more))

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)
