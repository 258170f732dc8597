"""Senders who are kept out: an address, or «@» and a domain."""

from __future__ import annotations

import re

from helpdesk.policies.people import mailbox

_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$")


def pattern(text: str) -> str:
    """What is to be kept out, in its one spelling.  Raises ValueError for what is neither an address nor «@» and a domain."""
    text = text.strip().lower()
    if text.startswith("@"):
        if not _DOMAIN.fullmatch(text[1:]):
            raise ValueError(text)
        return text
    return mailbox(text)[1].lower()


def patterns_for(address: str) -> tuple[str, ...]:
    """Every pattern that keeps this address out."""
    address = address.lower()
    domain = address.rpartition("@")[2]
    return (address, f"@{domain}") if domain else ()


def is_domain(pattern: str) -> bool:
    return pattern.startswith("@")
