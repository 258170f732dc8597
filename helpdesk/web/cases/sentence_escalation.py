"""Escalations of a case, as one sentence each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from helpdesk import clock
from helpdesk.db import house
from helpdesk.models import Event
from helpdesk.web.access import session
from helpdesk.web.cases.sentence import Sentence, who
from helpdesk.web.language import current
from helpdesk.web.language import gettext as _
from helpdesk.words import moment


def _escalated(event: Event) -> Sentence:
    reason, due = event.after.get("reason"), event.after.get("due_at")
    at = told(datetime.fromisoformat(due)) if due else ""
    match reason:
        case "breach":
            return Sentence(_deadline(event, at), tone="bad", lead=_("Broken:"))
        case "warning":
            return Sentence(_deadline(event, at), tone="warn", lead=_("At risk:"))
        case "promise-broken":
            return Sentence(_("the promise for %(when)s", when=at), tone="bad", lead=_("Broken:"))
        case "promise-at-risk":
            return Sentence(_("the promise for %(when)s", when=at), tone="warn", lead=_("At risk:"))
        case "wants-human" if event.agent is not None:
            return Sentence(
                _("%(name)s says that the customer asks for a human", name=who(event)), tone="warn", lead=_escalation()
            )
        case "help":
            words = _("%(name)s asks for help: “%(words)s”", name=who(event), words=event.after.get("words", ""))
            return Sentence(words, tone="warn", lead=_escalation())
    return Sentence(said(str(reason)), tone="warn", lead=_escalation())


def told(at: datetime) -> str:
    """«16:00 yesterday»."""
    return moment(at, clock.now(), current(), house(session()).settings.zone)


def said(reason: str) -> str:
    """Why something was escalated that has no deadline."""
    match reason:
        case "wants-human":
            return _("the customer asks for a human")
        case "second-reopening":
            return _("the case came back, not for the first time")
        case "third-handover":
            return _("the case went from hand to hand three times")
        case "bounced":
            return _("our answer did not arrive")
    return reason


def _deadline(event: Event, at: str) -> str:
    match event.after.get("clock"):
        case "first-response":
            return _("the first answer was due %(when)s", when=at)
        case "resolution":
            return _("the solution was due %(when)s", when=at)
    return _("an answer was due %(when)s", when=at)


def _escalation() -> str:
    return _("Escalated:")


SENTENCES: dict[str, Callable[[Event], Sentence]] = {
    "escalated": _escalated,
    "escalation-seen": lambda event: Sentence(_("%(name)s saw the escalation and cares for it", name=who(event))),
    "escalation-taken": lambda event: Sentence(_("%(name)s took the escalated case over", name=who(event))),
    "escalation-handed-back": lambda event: Sentence(
        _("%(name)s handed the escalated case back to %(to)s", name=who(event), to=event.after.get("to", ""))
    ),
}
