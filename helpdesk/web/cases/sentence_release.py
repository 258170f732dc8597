"""What was done about answers that wait for a second person, as one sentence each."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.models import Event
from helpdesk.web.cases.sentence import Sentence, who
from helpdesk.web.language import gettext as _


def _given(event: Event) -> Sentence:
    author = event.after.get("author", "")
    if event.after.get("changed"):
        return Sentence(_("%(name)s changed the answer of %(author)s and released it", name=who(event), author=author))
    return Sentence(_("%(name)s released the answer of %(author)s", name=who(event), author=author))


def _refused(event: Event) -> Sentence:
    words, word = (
        _("%(name)s gave the answer of %(author)s back", name=who(event), author=event.after.get("author", "")),
        event.after.get("word"),
    )
    return Sentence(_("%(sentence)s: “%(word)s”", sentence=words, word=word) if word else words)


SENTENCES: dict[str, Callable[[Event], Sentence]] = {
    "release-asked": lambda event: Sentence(_("%(name)s wrote an answer, which waits for release", name=who(event))),
    "release-given": _given,
    "release-refused": _refused,
    "release-withdrawn": lambda event: Sentence(_("%(name)s took an answer back that waited for release", name=who(event))),
}
