"""Words as they are compared: lower case, without accents, everything that is no letter or figure a gap."""

from __future__ import annotations

import re
import unicodedata

_GAPS = re.compile(r"[\W_]+")
_LIMIT = 100_000  # characters of one entry that can be found; PostgreSQL's index takes 1 MB


def fold(text: str) -> str:
    """«Straße, Müller!» → «strasse muller»."""
    decomposed = unicodedata.normalize("NFKD", text[:_LIMIT].casefold())
    return _GAPS.sub(" ", "".join(c for c in decomposed if not unicodedata.combining(c))).strip()
