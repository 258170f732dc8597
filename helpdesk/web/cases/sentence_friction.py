"""Where it hurt and what was praised, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helpdesk.models import Event
from helpdesk.web.cases.sentence import Sentence, who
from helpdesk.web.language import gettext as _


def label(kind: str, praised: str | None = None) -> str:
    """What a customer says: «had to wait», «praises Dana Klein»."""
    if kind == "praise":
        return _("praises %(name)s", name=praised) if praised else _("praises us")
    words = {
        "waited": _("had to wait"),
        "repeated": _("had to say it again"),
        "sent-elsewhere": _("was sent elsewhere"),
        "not-told": _("was not told"),
        "rude": _("found us rude"),
    }
    return words.get(kind, kind)


def taken_back(name: str, what: Mapping[str, str | None]) -> Sentence:
    """A mark that was made by mistake."""
    return Sentence(_("%(name)s took back the mark: %(what)s", name=name, what=label(str(what.get("kind")), what.get("name"))))


def _marked(event: Event) -> Sentence:
    what = label(str(event.after.get("kind")), event.after.get("name"))
    return Sentence(_("%(name)s marked: %(author)s %(what)s", name=who(event), author=event.after.get("author", ""), what=what))


SENTENCES: dict[str, Callable[[Event], Sentence]] = {
    "friction-marked": _marked,
    "friction-unmarked": lambda event: taken_back(who(event), event.before),
}
