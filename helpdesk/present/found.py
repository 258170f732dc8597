"""What was found, shown: the best passage of a text, with the words that were asked for in <mark>."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from helpdesk.policies.folding import spellings
from helpdesk.policies.search_words import Words

PASSAGE = 34  # words
LEAD = 6  # words before the first that was found
_LIMIT = 40_000  # characters that are looked through
_WORD = re.compile(r"[^\W_][^\W_\u0300-\u036f]*(?:[\u0300-\u036f]+[^\W_]*)*")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class _Hit:
    """Words number `first` to `last` of a text are what question number `asked` asked for."""

    first: int
    last: int
    asked: int


def marked(text: str, asked: Sequence[Words]) -> Markup:
    """All of a short text."""
    spans = [match.span() for match in _WORD.finditer(text)]
    return _shown(text, spans, _hits(text, spans, asked), 0, len(text))


def passage(text: str, asked: Sequence[Words]) -> Markup | None:
    """The part of a text in which most of what was asked for stands together, the first such; None where nothing of it does."""
    text = text[:_LIMIT]
    spans = [match.span() for match in _WORD.finditer(text)]
    hits = _hits(text, spans, asked)
    if not hits:
        return None
    best = max(hits, key=lambda hit: (len({h.asked for h in hits if hit.first <= h.first < hit.first + PASSAGE}), -hit.first))
    first = max(0, best.first - LEAD)
    last = min(len(spans) - 1, first + PASSAGE)
    begin = 0 if first == 0 else spans[first][0]
    end = len(text) if last == len(spans) - 1 else spans[last][1]
    shown = _shown(text, spans, hits, begin, min(end, begin + 400))
    before, behind = "… " if begin else "", " …" if end < len(text) or end > begin + 400 else ""
    return escape(before) + shown + escape(behind)


def _hits(text: str, spans: Sequence[tuple[int, int]], asked: Sequence[Words]) -> list[_Hit]:
    words = [spellings(text[begin:end]) for begin, end in spans]
    found = []
    for number, one in enumerate(asked):
        *others, last = one.spelled
        begins, before = one.begins, len(others)
        for place in range(before, len(words)):
            if _same(words[place], last, begins) and all(map(_same, words[place - before : place], others)):
                found.append(_Hit(place - before, place, number))
                if len(found) > 200:
                    return found
    return sorted(found, key=lambda hit: hit.first)


@lru_cache(maxsize=65_536)
def _same(written: tuple[str, ...], asked: tuple[str, ...], begins: bool = False) -> bool:
    """Whether a word is the one that was asked for, or `begins` like it.  A page of hits asks it of some thousand words."""
    if any(form in asked for form in written):
        return True
    return begins and any(form.startswith(asked[0]) for form in written)


def _shown(text: str, spans: Sequence[tuple[int, int]], hits: Sequence[_Hit], begin: int, end: int) -> Markup:
    shown, done = Markup(), begin
    for hit in hits:
        start, stop = spans[hit.first][0], spans[hit.last][1]
        if start < done or stop > end:
            continue
        shown += (
            escape(_SPACE.sub(" ", text[done:start]))
            + Markup("<mark>")
            + escape(_SPACE.sub(" ", text[start:stop]))
            + Markup("</mark>")
        )
        done = stop
    return shown + escape(_SPACE.sub(" ", text[done:end]))
