"""What somebody typed into the search box, understood: words, "phrases", -words and operators, in English and German.

Forgiving: an operator that we do not know is a word like any other, and so is one whose value makes no sense; that is said.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from helpdesk.policies.folding import fold, guesses, spellings
from helpdesk.policies.search_days import day

Column = Literal["", "sender", "recipients", "files"]
Kind = Literal["state", "tag", "team", "assignee", "before", "after", "file"]

LONGEST = 400  # characters
MOST_WORDS = 12
PREFIX_FROM = 3  # letters

_COLUMNS: dict[str, Column] = {
    "from": "sender", "von": "sender", "to": "recipients", "an": "recipients", "file": "files", "datei": "files", "anhang": "files",
}  # fmt: skip
_KINDS: dict[str, Kind] = {
    "state": "state", "status": "state", "zustand": "state", "is": "state", "ist": "state", "tag": "tag", "schlagwort": "tag",
    "team": "team", "assignee": "assignee", "who": "assignee", "wer": "assignee", "bearbeiter": "assignee",
    "before": "before", "vor": "before", "after": "after", "nach": "after", "seit": "after", "since": "after",
    "has": "file", "hat": "file",
}  # fmt: skip
_STATES = {
    "new": "new", "neu": "new", "open": "open", "offen": "open", "waiting": "waiting", "wartet": "waiting", "wartend": "waiting",
    "resolved": "resolved", "solved": "resolved", "closed": "resolved", "gelost": "resolved", "geloest": "resolved",
    "erledigt": "resolved", "geschlossen": "resolved",
}  # fmt: skip
_FILE = ("file", "files", "datei", "dateien", "anhang", "anhange", "attachment", "attachments")
_QUOTES = str.maketrans(dict.fromkeys("„“”«»", '"'))
_TOKEN = re.compile(r'(-?)(?:([^\W\d_]+):)?(?:"([^"]*)"?|([^\s"]*))')
_GAPS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Words:
    """One word, or several side by side in this order.  `spelled`: for each, the ways in which it is spelled."""

    said: str
    spelled: tuple[tuple[str, ...], ...]
    column: Column = ""
    exact: bool = False  # in quotes: the last word is whole; else it may be a beginning
    negated: bool = False

    @property
    def begins(self) -> bool:
        """Whether words that begin like the last one do as well; short words and figures are meant as they are."""
        last = self.spelled[-1][0]
        return not self.exact and len(last) >= PREFIX_FROM and not last.isdigit()


@dataclass(frozen=True)
class Limit:
    """Something besides words: in which state, of whom, when.  A day is an ISO date; of files the value says nothing."""

    kind: Kind
    value: str
    negated: bool = False


@dataclass(frozen=True)
class Asked:
    """All of it.  `unread`: operators that were taken for words, because their value makes no sense."""

    words: tuple[Words, ...] = ()
    limits: tuple[Limit, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.limits

    @property
    def wanted(self) -> tuple[Words, ...]:
        """The words that have to be there."""
        return tuple(words for words in self.words if not words.negated)

    @property
    def unwanted(self) -> tuple[Words, ...]:
        return tuple(words for words in self.words if words.negated)


def read(text: str, today: date) -> Asked:
    """What this asks for."""
    words: list[Words] = []
    limits: list[Limit] = []
    unread: list[str] = []
    for negated, operator, quoted, plain in _tokens(unicodedata.normalize("NFC", text[:LONGEST]).translate(_QUOTES)):
        value = quoted or plain
        limit = _limit(operator, value, today, negated=negated)
        if limit is not None:
            limits.append(limit)
            continue
        if operator in _KINDS:
            unread.append(f"{operator}:{value}")
        column = _COLUMNS.get(operator, "")
        said = value if column or not operator else f"{operator}:{value}"
        words.append(_words(said, column, exact=bool(quoted), negated=negated))
    return Asked(_few(words), tuple(dict.fromkeys(limits)), tuple(unread))


def _tokens(text: str) -> list[tuple[bool, str, str, str]]:
    """(negated, operator, value in quotes, value); an operator that stands alone, «from: Anna», belongs to what follows."""
    found: list[tuple[bool, str, str, str]] = []
    waiting = (False, "")
    for match in _TOKEN.finditer(text):
        operator, quoted, plain = (match[2] or "").casefold(), match[3] or "", match[4] or ""
        known = operator in _COLUMNS or operator in _KINDS
        if known and not quoted and not plain:
            waiting = (bool(match[1]), operator)
        elif quoted or plain or operator:
            if waiting[1] and not operator:
                found.append((*waiting, quoted, plain))
            else:
                found.append((bool(match[1]), operator, quoted, plain))
            waiting = (False, "")
    return found


def _limit(operator: str, value: str, today: date, *, negated: bool) -> Limit | None:
    kind, plain = _KINDS.get(operator), fold(value)
    if kind is None or not plain:
        return None
    if kind == "state":
        return Limit(kind, _STATES[plain], negated) if plain in _STATES else None
    if kind == "file":
        return Limit(kind, "", negated) if plain in _FILE else None
    if kind in ("before", "after"):
        found = day(value, today)
        return Limit(kind, found.isoformat(), negated) if found else None
    return Limit(kind, value, negated)


def _words(said: str, column: Column, *, exact: bool, negated: bool) -> Words:
    pieces = [piece for piece in _GAPS.split(said) if fold(piece)]
    spelled = tuple(spellings(piece) for piece in pieces)
    if len(pieces) > 1:
        spelled = tuple((*ways, *guesses(ways[0])) if len(ways) == 1 else ways for ways in spelled)
    return Words(said, spelled, column, exact, negated)


def _few(words: list[Words]) -> tuple[Words, ...]:
    """No more than a person means: hostile questions are long."""
    kept, room = [], MOST_WORDS
    for one in words:
        if one.spelled and room > 0:
            kept.append(Words(one.said, one.spelled[:room], one.column, one.exact, one.negated))
            room -= len(one.spelled)
    return tuple(dict.fromkeys(kept))
