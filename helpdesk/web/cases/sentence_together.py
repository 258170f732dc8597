"""What colleagues did together in a case, as one sentence each."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.models import Event
from helpdesk.web.cases.sentence import Sentence, who
from helpdesk.web.language import gettext as _


def _taken(event: Event) -> Sentence:
    return Sentence(_("%(name)s took the case over from %(giver)s", name=who(event), giver=event.after.get("from", "")))


def _consulted(event: Event) -> Sentence:
    words = _("%(name)s asked %(asked)s", name=who(event), asked=event.after.get("name", ""))
    return Sentence(words, tone="side", lead=_("Consultation:"), anchor=f"letter-{event.entry_id}")


def _advised(event: Event) -> Sentence:
    name = event.entry.author if event.entry else ""
    if event.entry and "automatic" in event.entry.flags:
        words = _("Automatic mail from %(name)s", name=name)
    else:
        words = _("%(name)s answered", name=name)
    return Sentence(words, tone="side", lead=_("Consultation:"), anchor=f"letter-{event.entry_id}")


def _closed(event: Event) -> Sentence:
    words = _("%(name)s closed the one with %(asked)s", name=who(event), asked=event.after.get("name", ""))
    return Sentence(words, lead=_("Consultation:"))


SENTENCES: dict[str, Callable[[Event], Sentence]] = {
    "handed-over": lambda event: Sentence(
        _("%(name)s handed the case over to %(to)s", name=who(event), to=event.after.get("to", ""))
    ),
    "asked-about": lambda event: Sentence(
        _("%(name)s asked %(holder)s how it stands", name=who(event), holder=event.after.get("name", ""))
    ),
    "handover-taken": _taken,
    "consulted": _consulted,
    "advised": _advised,
    "consultation-closed": _closed,
    "given-to-team": lambda event: Sentence(
        _("%(name)s gave the case to the team %(team)s", name=who(event), team=event.after.get("team", ""))
    ),
}
