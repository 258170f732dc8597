"""How a person is named in one line: «Anna Weber <anna@example.org>», or the address alone."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# RFC 5321 §4.1.2: a dot-string without quotes; §4.5.3.1: 64 octets before the @, 255 behind it.
_LOCAL = re.compile(r"(?=.{1,64}\Z)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?=.{1,255}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_NAME = 200


class Mailbox(NamedTuple):
    """A name (or "") and an address in lower case, its domain as the DNS spells it."""

    name: str
    address: str


def mailbox(text: str) -> Mailbox:
    """Read «Name <address>» or «address».  Raises ValueError for anything else, several addresses and control characters too."""
    text = text.strip()
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text):
        raise ValueError("a line break or a control character")
    name, opened, rest = text.rpartition("<")
    if opened and not rest.endswith(">"):
        raise ValueError("no closing >")
    return Mailbox(_name(name), _address(rest.removesuffix(">") if opened else text))


def _name(text: str) -> str:
    name = " ".join(text.split())
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1]).strip()
    if len(name) > _LONGEST_NAME or set(name) & set("<>@"):
        raise ValueError("no name")
    return name


def _address(text: str) -> str:
    local, _, domain = text.strip().lower().rpartition("@")
    domain = domain.encode("idna").decode("ascii") if domain else ""  # UnicodeError is a ValueError
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise ValueError("no address")
    return f"{local}@{domain}"
