"""Mail by which some other service wants to know whether an address is ours: «confirm your e-mail», «your code is 123456».

Whoever may read such a mail can open an account in the desk's name («Ticket Trick»), so nothing answers it, it is never quoted,
and its codes and links are hidden until somebody asks for them by name (R21).
"""

from __future__ import annotations

import re

FLAG = "verification"
_READ = 20_000  # characters that are looked at

_ASKS = re.compile(
    r"\b(?:verif(?:y|ication|izier\w*)|confirm(?:ation|ing)?|bestätig\w*|activate|aktivier\w*|validate|authenticat\w*)\b[^.!?\n]{0,60}"
    r"\b(?:e-?mails?(?:[- ]?address?e?)?|mail-?adresse|account|konto|sign[- ]?(?:in|up)|log[- ]?in|anmeldung|identit(?:y|ät)|address)\b"
    r"|\b(?:verification|confirmation|security|log[- ]?in|sign[- ]?in|access|one[- ]?time|two[- ]?factor|2fa|authenti(?:cation|fizierungs))[- ]?"
    r"(?:code|pass(?:word|code)|pin|link)\b"
    r"|\b(?:bestätigungs|verifizierungs|sicherheits|anmelde|einmal|zugangs)(?:code|passwort|kennwort|pin|link)\b"
    r"|\b(?:your|ihr|dein)\s+(?:[\w-]+\s+){0,3}code\b|\bmagic link\b|\b(?:reset|zurücksetzen)\b[^.!?\n]{0,30}\bpass(?:word|wort)\b",
    re.I,
)
_PERSON = re.compile(r"\b(?:i|i'm|i’m|my|me|ich|mein\w*|mir|mich)\b", re.I)
_LINK = re.compile(r"\b(https?://)([^\s/<>\"')\]]+)(/[^\s<>\"')\]]*)?", re.I)
_CODE = re.compile(r"(?<![\w.@/-])(?:\d{3}[ -]\d{3}|\d{4,10}|[A-Z0-9]{3,5}-[A-Z0-9]{3,5})(?![\w@/-])")


def asks_for_proof(subject: str, text: str) -> bool:
    """Whether a service asks its reader for proof by a code or a link.  A person who writes of themselves does not."""
    words = f"{subject}\n{text[:_READ]}"
    opening = f"{subject}\n{text[:300]}"
    return bool(_ASKS.search(words) and (_CODE.search(words) or _LINK.search(words)) and not _PERSON.search(opening))


def masked(text: str) -> str:
    """The text with its codes and the paths of its links hidden; the servers that they lead to stay."""
    return _CODE.sub("•••", _LINK.sub(lambda found: f"{found[2]}/•••", text))
