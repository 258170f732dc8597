"""What a customer said to the question whether we were able to help, in words."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.models import Event
from helpdesk.web.cases.sentence import Sentence
from helpdesk.web.language import gettext as _


def _rated(event: Event) -> Sentence:
    name = event.after.get("author", "")
    if event.after.get("satisfied"):
        return Sentence(_("%(name)s was asked whether this helped, and says yes", name=name))
    return Sentence(_("%(name)s was asked whether this helped, and says no", name=name))


SENTENCES: dict[str, Callable[[Event], Sentence]] = {"rated": _rated}
