"""Mail in a case that does not count until somebody says so: of a suspect (who knows who wrote it?) or a stranger (takes no part)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

Judgement = Literal["accepted", "ignored", "moved"]

_SILENT = frozenset(("automatic", "bounce", "verification"))
DOUBTFUL = frozenset(("suspect", "stranger"))


def is_doubtful(flags: Collection[str]) -> bool:
    return not DOUBTFUL.isdisjoint(flags)


def speaks(flags: Collection[str], judgement: str | None) -> bool:
    """Whether it is somebody's own word, which may be answered and quoted: no machine's, no code, and no doubtful one's before it was accepted."""
    return _SILENT.isdisjoint(flags) and (not is_doubtful(flags) or judgement == "accepted")


def waits(flags: Collection[str], judgement: str | None) -> bool:
    """Whether somebody still has to decide about it."""
    return is_doubtful(flags) and judgement is None
