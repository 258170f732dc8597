"""What became of a mail that was offered to a relay."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sent:
    """The relay has taken it."""

    answer: str


@dataclass(frozen=True)
class Deferred:
    """Not now.  `untried`: it was not offered at all, as the relay cannot be reached.  `unsure`: the link broke before the
    last answer came, so the relay may have taken it."""

    answer: str
    untried: bool = False
    unsure: bool = False
    locked_out: bool = False  # our log-in is refused; to try that often would lock the account


@dataclass(frozen=True)
class Refused:
    """Never: this mail or this recipient is not wanted.  `of_sender`: because of whom the envelope names as its sender."""

    answer: str
    of_sender: bool = False


Result = Sent | Deferred | Refused
