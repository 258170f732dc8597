"""Who may do what: one table.  Every page, API call and list asks here; what is not in the table is not permitted."""

from __future__ import annotations

from typing import Literal, Protocol, cast

from helpdesk.policies.sight import Kept, sees

Role = Literal["agent", "supervisor", "admin", "auditor"]
ROLES: tuple[Role, ...] = ("agent", "supervisor", "admin", "auditor")

Deed = Literal[
    "case.read", "case.answer", "case.note", "case.assign", "case.resolve", "case.reopen", "case.open", "case.address",
    "case.consult", "case.judge", "case.codes", "case.merge", "case.link", "case.spam", "case.sight",
    "case.change", "case.goodwill", "case.log",
    "mail.read", "mail.replay", "mail.release", "file.release",
    "people.read", "people.change",
    "account.change", "absence.change", "capacity.change",
    "settings.read", "settings.change",
    "audit.read",
    "suggestion.propose", "suggestion.change",
    "case.release",
    "report.read",
]  # fmt: skip

_EVERYBODY: tuple[Role, ...] = ROLES  # who may look
_STAFF: tuple[Role, ...] = ("agent", "supervisor", "admin")  # who may do; an auditor changes nothing
_LEADERS: tuple[Role, ...] = ("supervisor", "admin")

_TABLE: dict[Deed, tuple[Role, ...]] = {
    "case.read": _EVERYBODY,
    "case.answer": _STAFF,
    "case.note": _STAFF,
    "case.assign": _STAFF,
    "case.resolve": _STAFF,
    "case.reopen": _STAFF,
    "case.open": _STAFF,
    "case.address": _STAFF,
    "case.consult": _STAFF,  # ask somebody outside for advice
    "case.codes": _STAFF,  # the codes and links of verification mail; each look is recorded
    "case.judge": _STAFF,  # whether a doubtful mail counts
    "case.merge": _STAFF,  # two become one, one becomes two, and back
    "case.link": _STAFF,
    "case.spam": _STAFF,  # also to keep a sender out
    "case.sight": _STAFF,  # who knows of it: confidential or not, who is let in, who is shut out
    "case.change": _STAFF,  # tags, fields, priority, what it came to
    "case.goodwill": _STAFF,
    "case.log": _STAFF,  # calls, visits and letters
    "mail.read": _EVERYBODY,
    "mail.replay": _LEADERS,
    "mail.release": _STAFF,
    "file.release": ("admin",),
    "people.read": _EVERYBODY,
    "people.change": _STAFF,
    "account.change": _EVERYBODY,  # one's own
    "suggestion.propose": _STAFF,
    "suggestion.change": _LEADERS,
    "case.release": _STAFF,  # what somebody else wrote, and needs a second person
    "absence.change": _LEADERS,  # everybody's
    "capacity.change": _LEADERS,  # how many cases somebody can hold
    "settings.read": ("admin",),
    "settings.change": ("admin",),
    "report.read": _LEADERS,  # what a supervisor answers for; auditors look at cases and deeds, not at figures about a team
    "audit.read": ("admin", "auditor"),  # not supervisors: it tells of each colleague what they did when
}


class Actor(Protocol):
    """Whoever asks: an agent as the database knows them."""

    @property
    def id(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def active(self) -> bool: ...


def may(actor: Actor | None, deed: Deed, thing: object = None) -> bool:
    """Whether this actor may do this deed to this thing (a case, a mail …; None: at all).

    To a case nobody may do anything who may not know of it.
    """
    if actor is None or not actor.active or actor.role not in _TABLE[deed]:
        return False
    return thing is None or not deed.startswith("case.") or sees(actor.id, cast(Kept, thing))
