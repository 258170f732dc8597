"""Who may do what: one table.  Every page, API call and list asks here; what is not in the table is not permitted."""

from __future__ import annotations

from typing import Literal, Protocol

Role = Literal["agent", "supervisor", "admin"]
ROLES: tuple[Role, ...] = ("agent", "supervisor", "admin")

Deed = Literal[
    "case.read", "case.answer", "case.note", "case.assign", "case.resolve", "case.reopen", "case.open", "case.address",
    "case.judge", "case.codes",
    "mail.read", "mail.replay", "mail.release", "file.release",
    "people.read", "people.change",
    "account.change",
    "settings.read", "settings.change",
]  # fmt: skip

_EVERYBODY: tuple[Role, ...] = ("agent", "supervisor", "admin")
_LEADERS: tuple[Role, ...] = ("supervisor", "admin")

_TABLE: dict[Deed, tuple[Role, ...]] = {
    "case.read": _EVERYBODY,
    "case.answer": _EVERYBODY,
    "case.note": _EVERYBODY,
    "case.assign": _EVERYBODY,
    "case.resolve": _EVERYBODY,
    "case.reopen": _EVERYBODY,
    "case.open": _EVERYBODY,
    "case.address": _EVERYBODY,
    "case.codes": _EVERYBODY,  # the codes and links of verification mail; each look is recorded
    "case.judge": _EVERYBODY,  # whether a doubtful mail counts
    "mail.read": _EVERYBODY,
    "mail.replay": _LEADERS,
    "mail.release": _EVERYBODY,
    "file.release": ("admin",),
    "people.read": _EVERYBODY,
    "people.change": _EVERYBODY,
    "account.change": _EVERYBODY,  # one's own
    "settings.read": ("admin",),
    "settings.change": ("admin",),
}


class Actor(Protocol):
    """Whoever asks: an agent as the database knows them."""

    @property
    def role(self) -> str: ...
    @property
    def active(self) -> bool: ...


def may(actor: Actor | None, deed: Deed, thing: object = None) -> bool:
    """Whether this actor may do this deed to this thing (a case, a mail …; None: at all)."""
    return actor is not None and actor.active and actor.role in _TABLE[deed]
