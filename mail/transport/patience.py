"""How long a relay may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How long a relay may take, in seconds.  A client that is impatient after the final dot makes duplicates (RFC 1047)."""

    connect: float = 30.0
    command: float = 120.0
    final_dot: float = 600.0  # RFC 5321 §4.5.3.2.6
    farewell: float = 5.0
