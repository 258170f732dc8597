"""What was done to a case besides its mail, as one sentence each."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.models import Event
from helpdesk.present import amounts
from helpdesk.web.cases.sentence import Sentence, who
from helpdesk.web.language import current
from helpdesk.web.language import gettext as _


def priority(name: object) -> str:
    """How much it matters, in a word."""
    names = {"low": _("can wait"), "normal": _("normal"), "high": _("important"), "urgent": _("urgent")}
    return names.get(str(name), str(name))


def verdict(name: object) -> str:
    """Whether a complaint was justified."""
    names = {"justified": _("justified"), "partly": _("partly justified"), "not": _("not justified")}
    return names.get(str(name), "")


def channel(name: object) -> str:
    """How a case came."""
    names = {
        "mail": _("Mail"), "form": _("Contact form"), "call": _("Phone call"), "visit": _("Visit"),
        "letter": _("Letter on paper"), "ours": _("Begun by us"),
    }  # fmt: skip
    return names.get(str(name), str(name))


def gesture(name: object) -> str:
    """What kind of thing was given."""
    names = {"refund": _("Refund"), "voucher": _("Voucher"), "discount": _("Discount"), "gift": _("Gift")}
    return names.get(str(name), str(name))


def _filled(event: Event) -> Sentence:
    field = event.after.get("field", "")
    value = amounts.value(str(event.after.get("kind")), str(event.after.get("value", "")), current())
    if not value:
        return Sentence(_("%(name)s emptied “%(field)s”", name=who(event), field=field))
    return Sentence(_("%(name)s set “%(field)s”: %(value)s", name=who(event), field=field, value=value))


def _outcome(event: Event) -> Sentence:
    after = event.after
    said = [str(part) for part in (verdict(after.get("verdict")), after.get("cause"), after.get("office")) if part]
    if not said:
        return Sentence(_("%(name)s took back what the case came to", name=who(event)))
    return Sentence(_("%(name)s wrote down what the case came to: %(said)s", name=who(event), said=", ".join(said)))


def _given(event: Event) -> Sentence:
    after = event.after
    amount = amounts.money(int(after.get("cents", 0)), str(after.get("currency", "EUR")), current())
    words = _("%(name)s gave %(amount)s (%(kind)s)", name=who(event), amount=amount, kind=gesture(after.get("kind")))
    return Sentence(f"{words}: {after['why']}" if after.get("why") else words, lead=_("Goodwill:"))


def _taken_back(event: Event) -> Sentence:
    amount = amounts.money(int(event.before.get("cents", 0)), str(event.before.get("currency", "EUR")), current())
    return Sentence(_("%(name)s took back the gesture of %(amount)s", name=who(event), amount=amount))


def _exported(event: Event) -> Sentence:
    return Sentence(_("%(name)s saved the case as PDF", name=who(event)))


SENTENCES: dict[str, Callable[[Event], Sentence]] = {
    "tagged": lambda event: Sentence(_("%(name)s added the tag “%(tag)s”", name=who(event), tag=event.after.get("tag", ""))),
    "untagged": lambda event: Sentence(_("%(name)s removed the tag “%(tag)s”", name=who(event), tag=event.before.get("tag", ""))),
    "field-filled": _filled,
    "prioritised": lambda event: Sentence(
        _("%(name)s set the priority: %(word)s", name=who(event), word=priority(event.after.get("priority")))
    ),
    "outcome-said": _outcome,
    "gesture-given": _given,
    "gesture-taken-back": _taken_back,
    "exported": _exported,
}
