"""What was done at a desk, in plain values: written down by whoever did it, read by the models, asked of nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Deed = Literal[
    "mail",  # a customer wrote: it waits for us; with `thanks` they only say so, with `says` just yes or no
    "rated",  # the same, and it says yes to the question whether we helped: nobody waits (rating_model)
    "machine",  # their machine wrote: nobody waits
    "stranger",  # somebody wrote who takes no part: nobody waits before an agent says so
    "acknowledged",  # and, if the letter named one, a time: `until`
    "note",
    "began",  # an agent began the case; its first mail is an answer of its own
    "answer",  # by a human, to the customer; `resolves` with it
    "call",  # an agent called, and it is their turn
    "solved",
    "reopened",  # by an agent
    "holder",  # another agent has it: `to`, with a `note` or without
    "team",  # another team has it: `to`, with a `note` or without
    "bounce",  # our last answer did not arrive
    "spam",
    "no-spam",
    "merged",  # it goes on in the case `into`
    "split",  # it grew out of `other`, by a mail that came at `mail_at`
    "secret",
    "withdrawn",  # begun by us and taken back: it never was
]


@dataclass(frozen=True)
class Line:
    at: datetime
    case: int
    deed: Deed
    who: str = ""  # the agent
    more: Mapping[str, Any] = field(default_factory=dict)


class Diary:
    """All lines, in the order in which it happened."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def write(self, at: datetime, case: int, deed: Deed, who: str = "", **more: Any) -> None:
        self.lines.append(Line(at, case, deed, who, more))

    def cases(self) -> dict[int, list[Line]]:
        """Case number → its lines."""
        found: dict[int, list[Line]] = defaultdict(list)
        for line in self.lines:
            found[line.case].append(line)
        return dict(found)

    def until(self, at: datetime) -> Diary:
        """What was known at an instant, the instant included."""
        known = Diary()
        known.lines = [line for line in self.lines if line.at <= at]
        return known

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)
