"""What agents are told of, and what of it is mailed besides."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, get_args

Kind = Literal[
    "mention",
    "assigned",
    "handover",
    "mail",
    "logged",
    "consultation",
    "release",
    "returned",
    "absence",
    "asked",
    "praise",
    "escalation",
]
KINDS: tuple[Kind, ...] = get_args(Kind)


def is_mailed(kind: Kind, *, wishes_mail: bool, muted: Collection[str]) -> bool:
    """Whether this kind of notice goes to an agent by mail as well: they want mail at all, and did not except it."""
    return wishes_mail and kind not in muted
