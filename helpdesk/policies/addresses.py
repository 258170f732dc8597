"""The reply address: its grammar, encode beside decode, and its life.

    re-3tsb-4zer-buwb-k7w4-jyaz-qsx6@reply.example.org          (form «domain»)
    help+re-3tsb-4zer-buwb-k7w4-jyaz-qsx6@example.org           (form «plus»)

24 symbols of 31: one for the key, ten random (49.5 bits), eleven of a MAC (54.5 bits), two check symbols.  The MAC tells our
addresses from guesses without asking the database; the check symbols tell a typing error from a guess: 31 is prime, so two
weighted sums find every single wrong symbol, every swapped pair and any two wrong symbols.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0 1 i l o: they look like others
BASE = len(ALPHABET)
IDENTITY, SIGNATURE, CHECK = 10, 11, 2
LENGTH = 1 + IDENTITY + SIGNATURE + CHECK
KEY_ID = "2"
Purpose = Literal["reply", "report", "probe", "side"]

PREFIXES: dict[Purpose, str] = {"reply": "re", "report": "b", "probe": "p", "side": "co"}
RETIRED_AFTER = timedelta(days=335)  # eleven months
REFUSAL_DELAY = timedelta(days=7)  # the strict form still forgives mail that was on its way

Standing = Literal["active", "grace", "expired", "retired", "revoked"]

_SHAPE = re.compile(r"^(?:(?P<base>[^+]*)\+)?(?P<prefix>re|b|p|co)[-. ]?(?P<symbols>[0-9a-z][0-9a-z. -]*)$")
_HIDDEN = re.compile(r"(?:re|b|p|co)-?(?:[0-9a-z]{4}-?){6}$")


_WRITTEN = re.compile(r"[^\s<>@]{0,64}\b(?:re|b|p|co)-(?:[0-9a-z]{4}-){5}[0-9a-z]{4}@[\w.-]+", re.I)


@dataclass(frozen=True)
class Token:
    """A local part that we signed.  `identity` is what the database knows it by."""

    purpose: Purpose
    identity: str


@dataclass(frozen=True)
class NotOurs:
    """A local part that we never signed.  `mistyped`: one of ours with a slip of the finger."""

    mistyped: bool


def encode(purpose: Purpose, identity: str, *, domain: str, key: bytes) -> str:
    """The canonical local part, at most 32 octets, of ten random symbols."""
    if len(identity) != IDENTITY or set(identity) - set(ALPHABET):
        raise ValueError(f"an address identity is {IDENTITY} symbols of the alphabet")
    body = KEY_ID + identity + _signature(purpose, identity, domain, key)
    symbols = body + _check(body)
    groups = "-".join(symbols[i : i + 4] for i in range(0, LENGTH, 4))
    return f"{PREFIXES[purpose]}-{groups}"


def decode(local: str, *, domain: str, key: dict[Purpose, bytes], base: str | None = None) -> Token | NotOurs | None:
    """What a local part says: a Token, NotOurs, or None where it does not look like an address of ours at all.

    Upper case, missing or extra hyphens, quotes and a trailing dot are forgiven (RFC 5321 §2.4: the local part is ours to
    interpret).  `base` is the mailbox's name in the plus form; None is the domain form, where a tag behind the token is ignored.
    """
    text = local.strip().lower().strip('"').rstrip(".")
    if base is None:
        text = text.partition("+")[0]
    found = _SHAPE.match(text)
    if not found or (base is None) != (found["base"] is None) or found["base"] not in (None, base):
        return NotOurs(mistyped=True) if _HIDDEN.search(text) else None
    symbols = re.sub(r"[-. ]", "", found["symbols"])
    if len(symbols) not in (LENGTH - 1, LENGTH, LENGTH + 1):
        return NotOurs(mistyped=len(symbols) > LENGTH // 2)
    if len(symbols) != LENGTH or set(symbols) - set(ALPHABET) or _check(symbols[:-CHECK]) != symbols[-CHECK:]:
        return NotOurs(mistyped=True)
    purpose = next(purpose for purpose, prefix in PREFIXES.items() if prefix == found["prefix"])
    identity = symbols[1 : 1 + IDENTITY]
    expected = _signature(purpose, identity, domain, key[purpose])
    genuine = hmac.compare_digest(expected, symbols[1 + IDENTITY : -CHECK]) and symbols[0] == KEY_ID
    return Token(purpose, identity) if genuine else NotOurs(mistyped=False)


def unreadable(text: str) -> str:
    """A text to be passed on, the addresses of ours in it made unreadable: each is one person's own door."""
    return _WRITTEN.sub("…", text)


def standing(
    *,
    expires_at: datetime | None,
    expired_at: datetime | None,
    retired_at: datetime | None,
    revoked_at: datetime | None,
    now: datetime,
) -> Standing:
    """Where an address is in its life: active → grace → expired → retired, or revoked.

    `expires_at` is when it will end (None: while the case is open); `expired_at` and `retired_at` are what a sweep has noted.
    The address still lives in the very instant before `expires_at`, and no longer in that instant itself.
    """
    if retired_at is not None:
        return "retired"
    if revoked_at is not None:
        return "revoked"
    if expired_at is not None or (expires_at is not None and now >= expires_at):
        return "expired"
    return "active" if expires_at is None else "grace"


def is_final(expires_at: datetime, expired_at: datetime | None, now: datetime) -> bool:
    """Whether a strict desk refuses mail from everybody, participants included: REFUSAL_DELAY after the end."""
    return max(now, expired_at or now) >= expires_at + REFUSAL_DELAY


def lives(where: Standing) -> bool:
    return where in ("active", "grace")


def expiry_after_resolution(now: datetime, grace: timedelta) -> datetime:
    return now + grace


def expiry_after_extension(expires_at: datetime | None, now: datetime, days: int) -> datetime | None:
    """An open-ended address needs no extension; one that has ended starts again from now."""
    if expires_at is None:
        return None
    return max(expires_at, now) + timedelta(days=days)


def retires_at(expired_at: datetime) -> datetime:
    return expired_at + RETIRED_AFTER


def _signature(purpose: Purpose, identity: str, domain: str, key: bytes) -> str:
    mac = hmac.new(key, f"{purpose}-v1|{domain}|{KEY_ID}|{identity}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(mac, "big")
    symbols = []
    for _ in range(SIGNATURE):
        number, digit = divmod(number, BASE)
        symbols.append(ALPHABET[digit])
    return "".join(symbols)


def _check(body: str) -> str:
    """Two symbols: Σs and Σi·s over GF(31)."""
    values = [ALPHABET.index(symbol) for symbol in body]
    plain = sum(values) % BASE
    weighted = sum(place * value for place, value in enumerate(values, start=1)) % BASE
    return ALPHABET[plain] + ALPHABET[weighted]
