"""What a password must be.  Length is what protects it (NIST SP 800-63B §5.1.1): no rules about kinds of characters."""

from __future__ import annotations

from typing import Literal

LEAST, MOST = 12, 256

Trouble = Literal["short", "long", "plain", "personal"]


def trouble(password: str, *, email: str) -> Trouble | None:
    """What is wrong with it, or None."""
    if len(password) < LEAST:
        return "short"
    if len(password) > MOST:
        return "long"
    if len(set(password)) < 5:
        return "plain"
    local = email.lower().partition("@")[0]
    return "personal" if len(local) > 3 and password.lower().strip("0123456789 !.") == local else None
