"""Message-IDs that we mint: <time and chance . signature @ domain>, short enough that no library folds them (RFC 5322 §2.1.1)."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32
_ENVELOPE = re.compile(r"[0-9]{1,18}\.[0-9a-z]{20}\.[0-9a-f]{12}")
_OURS = re.compile(r"^<([0-9a-z]{20})\.([0-9a-f]{12})@([^<>@\s]+)>$")


def mint(at: datetime, chance: int, *, domain: str, key: bytes) -> str:
    """A Message-ID with its angle brackets; `chance` is a random number of 50 bits."""
    number = (int(at.timestamp() * 1000) << 50) | chance
    name = "".join(ALPHABET[(number >> shift) & 31] for shift in range(95, -1, -5))
    return f"<{name}.{_signature(name, domain, key)}@{domain}>"


def ours(message_id: str, *, domain: str, key: bytes) -> bool:
    """Whether we minted it: nobody can make one up that leads into a case."""
    found = _OURS.match(message_id.strip().lower())
    return found is not None and found[3] == domain and hmac.compare_digest(_signature(found[1], domain, key), found[2])


def envelope_id(row: int, message_id: str) -> str:
    """The ENVID of a mail of the outbox (RFC 3461 §4.4): nobody can make one up, for the Message-ID in it is signed."""
    return f"{row}.{message_id.strip('<>').partition('@')[0]}"


def looks_like_envelope_id(text: str) -> bool:
    return _ENVELOPE.fullmatch(text) is not None


def _signature(name: str, domain: str, key: bytes) -> str:
    return hmac.new(key, f"{name}@{domain}".encode(), hashlib.sha256).hexdigest()[:12]
