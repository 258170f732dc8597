"""Words as they are compared: lower case, without accents, everything that is no letter or figure a gap.

«Müller», «Mueller» and «Muller» have to find each other, and «Feuer» must not find «für».  So a text is kept as it is written,
plus the other spellings of its words: an umlaut also with an e behind it, and «ue» also without, where it can be an umlaut.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

EDITION = 1  # raise it when something here changes: the timetable then folds anew what was folded before; people by a migration

_GAPS = re.compile(r"[\W_]+")
_LIMIT = 100_000  # characters of one entry that can be found; PostgreSQL's index takes 1 MB
_STROKES = str.maketrans({"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
# Not behind a vowel or q («Feuer», «Quelle»), and not at the end of a word («Schuhe», «blue»).
_DIGRAPH = re.compile(r"(?<![aeiouq])([aou])e(?=\w)")
_VOWEL = re.compile(r"(?<![aeiouq])[aou](?=[a-z])(?!e)")
_MOST_GUESSES = 4
_LEAST_GUESSED = 3  # letters: «an», «um» and «zu» have no dots


def fold(text: str) -> str:
    """«Straße, Müller!» → «strasse muller»."""
    text = text[:_LIMIT]
    if text.isascii():
        return _GAPS.sub(" ", text.lower()).strip()
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_STROKES)
    plain = "".join(c for c in decomposed if c < "\u0300" or not unicodedata.combining(c))
    return _GAPS.sub(" ", unicodedata.normalize("NFKD", plain)).strip()


def findable(text: str) -> str:
    """What is kept of a text: folded, then the other spellings of its words."""
    folded = fold(text)
    words = {word for word in folded.split() if "ae" in word or "oe" in word or "ue" in word}
    if not text.isascii():
        words.update(_GAPS.split(unicodedata.normalize("NFC", text[:_LIMIT])))
    others = sorted(set().union(*(spellings(word)[1:] for word in words)))
    return f"{folded} {' '.join(others)}" if others else folded


@lru_cache(maxsize=65_536)
def spellings(word: str) -> tuple[str, ...]:
    """One word folded, and the ways in which others spell it: «Müller» → muller, mueller; «Mueller» → mueller, muller."""
    folded = fold(word)
    written_out = "" if word.isascii() else fold(unicodedata.normalize("NFC", word).casefold().translate(_UMLAUTS))
    return tuple(_once((folded, written_out, _DIGRAPH.sub(r"\1", folded))))


def guesses(word: str) -> tuple[str, ...]:
    """How others may have written out a word whose dots somebody left away: «Muller» → mueller.

    What is kept of a text holds other spellings one by one; where words have to stand side by side, each is asked for as it may stand.
    """
    folded = fold(word)
    if len(folded) < _LEAST_GUESSED:
        return ()
    places = islice(_VOWEL.finditer(folded), _MOST_GUESSES)
    return tuple(f"{folded[: found.end()]}e{folded[found.end() :]}" for found in places)


def _once(words: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word]
