"""The same question in the words of SQLite's FTS5 and of PostgreSQL's tsquery.  Only folded words get into either: no injection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice, pairwise, product

from helpdesk.policies.search_words import Words

_SPELLINGS = 24  # of one phrase
_LONGEST_PREFIX = 4  # letters that SQLite's index has beginnings of
_LONG_NUMBER = 5  # digits: longer than a year, which stands in many messages
_COLUMNS = {"": "body files", "sender": "sender", "recipients": "recipients", "files": "files"}
_WEIGHTS = {"": "CD", "sender": "A", "recipients": "B", "files": "C"}


def fts5(wanted: Sequence[Words], unwanted: Sequence[Words] = ()) -> str:
    """For `search_index MATCH`."""
    found = " AND ".join(_fts5(words) for words in wanted)
    return f"({found}) NOT ({' OR '.join(_fts5(words) for words in unwanted)})" if unwanted else found


def tsquery(wanted: Sequence[Words], unwanted: Sequence[Words] = ()) -> str:
    """For `to_tsquery('simple', …)`."""
    return " & ".join([*(_tsquery(words) for words in wanted), *(f"!({_tsquery(words)})" for words in unwanted)])


def tsquery_looked_up(wanted: Sequence[Words]) -> str:
    """The part of it that an index should be asked for: long numbers, else what `pairs` does not ask for, of mail addresses whole words.

    For the beginning of a word PostgreSQL gathers every message with any word that begins so, before it looks at the rest:
    «schmidt7@mail.exam» would have it gather half of all messages for its last word, «Auftrag 4711001» all with an «Auftrag…».
    """
    chosen = with_long_number(wanted) or [words for words in wanted if not _pairs(words)]
    return " & ".join(_tsquery(words, whole_only="@" in words.said) for words in chosen)


def tsquery_anywhere(words: Words) -> str:
    """What is true of every message in which these words stand, and of others that have them elsewhere or in another order."""
    ways = [" & ".join(f"'{word}'" for word in form.split()) + (":*" if begins else "") for form, begins in forms(words)]
    return " | ".join(f"({way})" for way in ways)


def pairs(wanted: Sequence[Words]) -> list[list[str]]:
    """What PostgreSQL's index of pairs should be asked for: each two words that stand side by side, in all their spellings.

    Of two common words its other index only knows that a message has both, as nearly all have; where, it would read in each of them.
    """
    return [] if with_long_number(wanted) else [ways for words in wanted for ways in _pairs(words)]


def _pairs(words: Words) -> list[list[str]]:
    whole = words.spelled[:-1] if words.begins else words.spelled
    return [[" ".join(ways) for ways in product(*places)] for places in pairwise(whole)]


def _is_long_number(word: str) -> bool:
    return word.isdigit() and len(word) >= _LONG_NUMBER


def with_long_number(wanted: Sequence[Words]) -> list[Words]:
    """Those in which such a number stands: whatever else is asked for, few messages have it."""
    return [words for words in wanted if any(_is_long_number(ways[0]) for ways in words.spelled)]


def without_gathering(wanted: Sequence[Words]) -> tuple[Words, ...]:
    """The same words whole, where SQLite would gather all that begin like one of them; none where it would not.

    Of beginnings it knows those of three and four letters by themselves, for a longer one it puts the messages of all words together.
    """
    if with_long_number(wanted) or not any(map(_is_gathered, wanted)):
        return ()
    return tuple(replace(words, exact=True) if _is_gathered(words) else words for words in wanted)


def _is_gathered(words: Words) -> bool:
    return words.begins and len(words.spelled[-1][0]) > _LONGEST_PREFIX


def forms(words: Words) -> list[tuple[str, bool]]:
    """(words side by side, whether the last may be a beginning): every way in which this is spelled."""
    together = [" ".join(spelled) for spelled in islice(_ways(words.spelled), _SPELLINGS)]
    return [(form, words.begins and place == 0) for place, form in enumerate(together)]


def _ways(spelled: Sequence[tuple[str, ...]]) -> Iterator[list[str]]:
    """All words as they were typed first, then one of them spelled otherwise, then two: of a long phrase each gets its turn."""
    for others in range(len(spelled) + 1):
        for places in combinations(range(len(spelled)), others):
            for chosen in product(*(spelled[place][1:] for place in places)):
                way = [ways[0] for ways in spelled]
                for place, other in zip(places, chosen, strict=True):
                    way[place] = other
                yield way


def _fts5(words: Words) -> str:
    found = " OR ".join(f'"{form}"{" *" if begins else ""}' for form, begins in forms(words))
    return f"{{{_COLUMNS[words.column]}}} : ({found})"


def _tsquery(words: Words, *, whole_only: bool = False) -> str:
    weights = _WEIGHTS[words.column]
    ways = []
    for form, begins in forms(words):
        *first, last = form.split()
        ending = [] if begins and whole_only and first else [f"'{last}':{'*' if begins else ''}{weights}"]
        ways.append(" <-> ".join([*(f"'{word}':{weights}" for word in first), *ending]))
    return "(" + " | ".join(f"({way})" for way in ways) + ")"
