"""Whom a note means by «@Dana», «@Dana Klein» or «@Second level»: colleagues and teams by their names, as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

Named = TypeVar("Named", int, str)

_AT = re.compile(r"(?<![\w@./-])@(?=\w)")  # not within anna@example.org


@dataclass
class Mentions:
    """`agents` and `teams` are ids in the order in which they are named, `words` the mentions as they stand in the text.

    `ambiguous`: a word that could mean several, with their names.
    """

    agents: list[int] = field(default_factory=list)
    teams: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    ambiguous: dict[str, list[str]] = field(default_factory=dict)


def find(text: str, agents: Mapping[int, str], teams: Mapping[int, str]) -> Mentions:
    """Who is mentioned in this text.  `agents` and `teams`: the names of those who can be, by their ids.

    A whole name goes before its first word, and a longer name before a shorter one; letters count alike in upper and lower case.
    """
    found, names = Mentions(), _names(agents, teams)
    for start in (match.end() for match in _AT.finditer(text)):
        name = next((name for name in names if _begins(text, start, name)), None)
        if name is None:
            continue
        word = f"@{text[start : start + len(name)]}"
        meant = names[name]
        if len(meant) > 1:
            found.ambiguous[word] = sorted((teams if kind == "team" else agents)[ident] for kind, ident in meant)
            continue
        _add(found.words, word)
        ((kind, ident),) = meant
        _add(found.teams if kind == "team" else found.agents, ident)
    return found


def _names(agents: Mapping[int, str], teams: Mapping[int, str]) -> dict[str, set[tuple[str, int]]]:
    """What each name means, the longest names first.  A first name means its bearers only where nobody is called just so."""
    whole: dict[str, set[tuple[str, int]]] = {}
    for kind, named in (("agent", agents), ("team", teams)):
        for ident, name in named.items():
            whole.setdefault(name.lower(), set()).add((kind, ident))
    first: dict[str, set[tuple[str, int]]] = {}
    for ident, name in agents.items():
        first.setdefault(name.lower().partition(" ")[0], set()).add(("agent", ident))
    together = {**first, **whole}
    return {name: together[name] for name in sorted(together, key=len, reverse=True) if name}


def _begins(text: str, start: int, name: str) -> bool:
    """Whether the text goes on with this name, and not with a longer word."""
    end = start + len(name)
    return text[start:end].lower() == name and not (text[end : end + 1].isalnum() or text[end : end + 1] == "_")


def _add(found: list[Named], one: Named) -> None:
    if one not in found:
        found.append(one)
