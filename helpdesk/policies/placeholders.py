"""Placeholders: a word in braces in a text of ours, like {name}, stands for what is known of the case.

They are names and nothing else: no dots, no calls, no formats.  What a value holds is never read as a placeholder again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

SUGGESTION = ("name", "salutation", "case", "subject", "agent", "desk", "team", "today", "address_until")
SIGNATURE = ("agent", "desk", "team")
FIELD = "field:"  # before the name of a field of the desk's own: {field:Order number}

_PLACE = re.compile(r"\{([^{}\n]{0,80})\}")


def named(text: str) -> list[str]:
    """What stands in braces, each once, in its order."""
    return list(dict.fromkeys(place[1].strip() for place in _PLACE.finditer(text)))


def unknown(text: str, known: Collection[str]) -> list[str]:
    """What stands in braces and is no placeholder; a text with such is not kept."""
    return [name for name in named(text) if name not in known]


def unfilled(text: str, known: Collection[str]) -> list[str]:
    """The placeholders that still stand in a text; other braces are its author's own."""
    return [name for name in named(text) if name in known]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with every placeholder that has a value; one without stays, to be seen and filled in."""
    return _PLACE.sub(lambda place: values.get(place[1].strip()) or place[0], text)


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, word for word: white space says nothing."""
    return one.split() == other.split()
