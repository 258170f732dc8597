"""Tags: short names, the same however they are spelled."""

from __future__ import annotations

from helpdesk.policies.folding import fold

LONGEST = 40
MOST = 30  # of one case


def name(text: str) -> str:
    """A tag's name without needless space; "" where nothing is left that could be looked for, or it is too long."""
    text = " ".join(text.replace(",", " ").strip().removeprefix("#").split())
    return text if fold(text) and len(text) <= LONGEST else ""
