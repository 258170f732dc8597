"""How two cases can belong together."""

from __future__ import annotations

from typing import Literal, get_args

Kind = Literal["related", "follow-up", "duplicate", "caused-by", "split"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BY_HAND: tuple[Kind, ...] = ("related", "follow-up", "duplicate", "caused-by")  # «split» is what splitting leaves
