"""Who was let know of a case, and who was not, as one sentence each."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.models import Event
from helpdesk.web.cases.sentence import Sentence, who
from helpdesk.web.language import gettext as _


def _let_in(event: Event) -> Sentence:
    name, reason = str(event.after.get("name", "")), str(event.after.get("reason", ""))
    if event.agent is not None and event.agent.name == name and reason:
        return Sentence(_("%(name)s, who runs the desk, came in: %(reason)s", name=name, reason=reason), tone="warn")
    return Sentence(_("%(name)s let %(person)s see the case", name=who(event), person=name))


def _about(known: Callable[[str, str], str]) -> Callable[[Event], Sentence]:
    return lambda event: Sentence(known(who(event), str(event.after.get("name", ""))))


SENTENCES: dict[str, Callable[[Event], Sentence]] = {
    "concealed": lambda event: Sentence(_("%(name)s made the case confidential", name=who(event)), tone="warn"),
    "opened-up": lambda event: Sentence(_("%(name)s made the case visible to everybody again", name=who(event)), tone="warn"),
    "let-in": _let_in,
    "sent-out": _about(lambda name, person: _("%(name)s no longer lets %(person)s see the case", name=name, person=person)),
    "shut-out": lambda event: Sentence(
        _(
            "%(name)s shut %(person)s out of the case: %(reason)s",
            name=who(event),
            person=event.after.get("name", ""),
            reason=event.after.get("reason", ""),
        ),
        tone="warn",
    ),
    "let-back": _about(lambda name, person: _("%(name)s let %(person)s see the case again", name=name, person=person)),
}
