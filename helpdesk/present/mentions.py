"""The mentions of a note, marked in its HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import escape

_TAG = re.compile(r"(<[^>]*>)")


def mark(html: str, words: Sequence[str]) -> str:
    """Our own sanitised HTML with each of these words as a <mark>; what stands within tags is left alone."""
    if not words:
        return html
    longest_first = sorted((str(escape(word)) for word in words), key=len, reverse=True)
    named = re.compile("|".join(rf"(?<![\w@]){re.escape(word)}(?!\w)" for word in longest_first))
    pieces = _TAG.split(html)
    marked = (piece if piece.startswith("<") else named.sub(r'<mark class="mention">\g<0></mark>', piece) for piece in pieces)
    return "".join(marked)
