"""What was done about promises, as one sentence each."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.models import Event
from helpdesk.web.cases.sentence import Sentence, who
from helpdesk.web.language import gettext as _

SENTENCES: dict[str, Callable[[Event], Sentence]] = {
    "promise-kept": lambda event: Sentence(_("%(name)s said that the promise is kept", name=who(event))),
    "told-later": lambda event: Sentence(_("Told that it will be later")),
}
