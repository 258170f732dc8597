"""Cases among cases, as one sentence each: become one, come apart, belong together; who left, what is spam, who is kept out."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.models import Event
from helpdesk.web.cases.sentence import Sentence, who
from helpdesk.web.language import gettext as _
from helpdesk.web.language import ngettext

Words = Callable[[Event], str]


def kinship(kind: str, role: str) -> str:
    """How a case belongs to the other one: `role` is «from» at the case that points, «to» at the one it points at."""
    names = {
        ("related", "from"): _("belongs together with"), ("related", "to"): _("belongs together with"),
        ("follow-up", "from"): _("goes on from"), ("follow-up", "to"): _("goes on in"),
        ("duplicate", "from"): _("says the same as"), ("duplicate", "to"): _("says the same as"),
        ("caused-by", "from"): _("was caused by"), ("caused-by", "to"): _("is the cause of"),
        ("split", "from"): _("was split off from"), ("split", "to"): _("has a part of its own in"),
    }  # fmt: skip
    return names.get((kind, role), _("belongs together with"))


def _unmerged(event: Event) -> Sentence:
    name, stays, number = who(event), int(event.after.get("stays", 0)), int(event.after["number"])
    if not stays:
        return Sentence(_("%(name)s took this case out again of", name=name), case=number)
    words = ngettext(
        "%(name)s took this case out again; one message from that time stays in",
        "%(name)s took this case out again; %(num)s messages from that time stay in",
        stays,
        name=name,
    )
    return Sentence(words, case=number)


def _unmerged_from(event: Event) -> Sentence:
    name, stays, number = who(event), int(event.after.get("stays", 0)), int(event.after["number"])
    if not stays:
        return Sentence(_("%(name)s took another case out again:", name=name), case=number)
    words = ngettext(
        "One message from the time of the merge stays here. %(name)s took another case out again:",
        "%(num)s messages from the time of the merge stay here. %(name)s took another case out again:",
        stays,
        name=name,
    )
    return Sentence(words, case=number)


def _split(event: Event) -> Sentence:
    words = ngettext(
        "%(name)s copied one entry into a case of its own:",
        "%(name)s copied %(num)s entries into a case of their own:",
        int(event.after.get("entries", 1)),
        name=who(event),
    )
    return Sentence(words, case=int(event.after["number"]))


def _linked(event: Event) -> Sentence:
    how = kinship(str(event.after.get("kind")), str(event.after.get("role")))
    return Sentence(_("%(name)s said that this case %(how)s", name=who(event), how=how), case=int(event.after["number"]))


def _to_case(words: Words) -> Callable[[Event], Sentence]:
    return lambda event: Sentence(words(event), case=int(event.after["number"]))


def linked_by_hand(event: Event) -> Sentence | None:
    """Where a person said that two cases belong together; None where mail did."""
    return _linked(event) if event.agent is not None and "role" in event.after else None


SENTENCES: dict[str, Callable[[Event], Sentence]] = {
    "merged": _to_case(lambda event: _("%(name)s merged another case into this one:", name=who(event))),
    "merged-into": _to_case(lambda event: _("%(name)s merged this case; it goes on in", name=who(event))),
    "unmerged": _unmerged,
    "unmerged-from": _unmerged_from,
    "split": _split,
    "split-from": _to_case(lambda event: _("%(name)s began this case with copies from", name=who(event))),
    "unlinked": _to_case(lambda event: _("%(name)s took back that this case belongs to", name=who(event))),
    "participant-removed": lambda event: Sentence(
        _("%(person)s takes part no more, said %(name)s", name=who(event), person=event.after.get("name", ""))
    ),
    "marked-spam": lambda event: Sentence(_("%(name)s marked the case as spam", name=who(event))),
    "unmarked-spam": lambda event: Sentence(_("%(name)s said that the case is no spam", name=who(event))),
    "sender-blocked": lambda event: Sentence(
        _("%(name)s blocked %(pattern)s: mail from there is held", name=who(event), pattern=event.after.get("pattern", ""))
    ),
}
