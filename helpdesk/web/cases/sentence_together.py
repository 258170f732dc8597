"""What colleagues did together in a case, as one sentence each."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.models import Event
from helpdesk.web.cases.sentence import Sentence, who
from helpdesk.web.language import gettext as _


def _taken(event: Event) -> Sentence:
    return Sentence(_("%(name)s took the case over from %(giver)s", name=who(event), giver=event.after.get("from", "")))


SENTENCES: dict[str, Callable[[Event], Sentence]] = {
    "handed-over": lambda event: Sentence(
        _("%(name)s handed the case over to %(to)s", name=who(event), to=event.after.get("to", ""))
    ),
    "handover-taken": _taken,
    "given-to-team": lambda event: Sentence(
        _("%(name)s gave the case to the team %(team)s", name=who(event), team=event.after.get("team", ""))
    ),
}
