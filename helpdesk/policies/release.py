"""Release by a second person: which answers need it, and who that person may be."""

from __future__ import annotations

from typing import Literal, Protocol

Why = Literal["desk", "agent", "tag"]


class Colleague(Protocol):
    """An agent as the database knows them."""

    @property
    def id(self) -> int: ...
    @property
    def needs_release(self) -> bool: ...


def why(*, desk: bool, agent: bool, tag: bool) -> Why | None:
    """Who asks for the release of an answer; None where nobody does."""
    return "desk" if desk else "agent" if agent else "tag" if tag else None


def is_second_person(reader: Colleague, author_id: int) -> bool:
    """Whether they may release what this author wrote: not the author, and nobody whose own answers need it."""
    return reader.id != author_id and not reader.needs_release
