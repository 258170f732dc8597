"""Where it hurts, and what is praised: the kinds of marks at a customer's words."""

from __future__ import annotations

from typing import Literal, get_args

Kind = Literal["waited", "repeated", "sent-elsewhere", "not-told", "rude", "praise"]
KINDS: tuple[Kind, ...] = get_args(Kind)
HURTS: tuple[Kind, ...] = KINDS[:-1]  # all but the praise
