"""Whether the two forms of one mail say the same: who reads its text and who reads its HTML should hear one thing (C7)."""

from __future__ import annotations

import re

from helpdesk.present.nesting import without_tags

LEAST_COMMON = 0.6  # of all words that either of them has
LEAST_FOREIGN = 4  # words that only one of them has; fewer are a signature or a button

_ADDRESS = re.compile(r"(?:https?|mailto):\S{1,3000}|\S{1,100}@\S{1,200}", re.I)
_WORD = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]|[^\W\d_]{3,40}")  # scripts without spaces word by sign
_LONGEST = 200_000  # characters that are compared


def differ(text: str, html: str) -> bool:
    """Whether a mail's text and its HTML, hidden parts and all (for the frame hides nothing), have little in common."""
    said, shown = _words(text), _words(without_tags(html))
    if not said or not shown:
        return False
    return len(said ^ shown) >= LEAST_FOREIGN and len(said & shown) < LEAST_COMMON * len(said | shown)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_ADDRESS.sub(" ", text[:_LONGEST]).lower()))
