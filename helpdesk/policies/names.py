"""Names that mislead: what a sender calls themselves may look like somebody else, or like another address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Literal

Trick = Literal["", "address", "ours", "script"]

# Invisible marks, and those that turn the direction of writing (UAX #9): none of them belongs into a name.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_LOOK_ALIKES = frozenset("аеорсухіјѕһԁԛԝӏαονρυ")  # Cyrillic and Greek letters that look like Latin ones
_ADDRESS = re.compile(r"[^\s<>@\"'(),;:]+@[^\s<>@\"'(),;:]+")


def visible(name: str) -> str:
    """A name without characters that nobody sees."""
    return _INVISIBLE.sub("", name)


def trick(name: str, address: str, ours: Collection[str]) -> Trick:
    """How a sender's name or address misleads: it shows another address, is one of `ours` (plain names), or mixes scripts."""
    shown = [found.lower() for found in _ADDRESS.findall(unicodedata.normalize("NFKC", name))]
    if any(one.strip(".") != address.lower() for one in shown):
        return "address"
    if (called := plain(name)) and called in ours:
        return "ours"
    domain = address.rpartition("@")[2]
    if any(_mixes(word) for word in name.split()) or any(_imitates(label) for label in domain.split(".")):
        return "script"
    return ""


@lru_cache(maxsize=10_000)
def plain(name: str) -> str:
    """A name as readers take it, however it is spelled: two that look the same are the same."""
    return " ".join(unicodedata.normalize("NFKC", visible(name)).casefold().split())


def _mixes(word: str) -> bool:
    """Latin letters together with their Greek or Cyrillic look-alikes (UTS #39)."""
    if word.isascii():
        return False
    scripts = {unicodedata.name(c, "").partition(" ")[0] for c in word if c.isalpha()}
    return "LATIN" in scripts and bool(scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})


def _imitates(label: str) -> bool:
    """A part of a domain that could be taken for another: scripts mixed, or nothing but look-alikes of Latin letters."""
    if label.startswith("xn--"):
        try:
            label = label.encode("ascii").decode("idna")
        except UnicodeError:
            return True
    return _mixes(label) or (bool(label) and set(label) <= _LOOK_ALIKES)
