"""What the page of a case says of its escalations: for whom it concerns at the top, and in the story what became of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helpdesk.models import Case, Escalation, Event
from helpdesk.queries import escalations as find
from helpdesk.queries.contents import Contents
from helpdesk.web.access import agent, session
from helpdesk.web.cases import sentence_escalation
from helpdesk.web.language import enumerated, ngettext
from helpdesk.web.language import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
_LOUD = ("breach", "promise-broken")


@dataclass(frozen=True)
class Risen:
    """The escalation that a reader is told of at the top of the page."""

    row: Escalation
    words: str
    tone: str


def about(case: Case, there: Contents) -> dict[str, Any]:
    """For the page of a case: what waits for its reader, the worst first; nothing where it concerns others, or somebody saw it."""
    if "escalation" not in there:
        return {"escalated": None}
    rows = [row for row in find.open_in(session(), case.number) if row.acknowledged_at is None and row.by_id != agent().id]
    if not rows:
        return {"escalated": None}
    told = find.was_told(session(), [row.id for row in rows], agent())
    mine = [row for row in rows if row.id in told or case.assignee_id == agent().id]
    worst = max(mine, key=lambda row: (row.reason in _LOUD, row.id), default=None)
    return {"escalated": _risen(worst) if worst else None}


def told(events: Collection[Event]) -> Mapping[int, str]:
    """Event id → what became of the escalation that it tells of: who was told, when somebody did anything, and how it ended."""
    rows = find.of_events(session(), events)
    names = find.names_told(session(), [row.id for row in rows.values()]) if rows else {}
    return {event_id: _became(row, names.get(row.id, [])) for event_id, row in rows.items()}


def _risen(row: Escalation) -> Risen:
    return Risen(row, why(row), "broken" if row.reason in _LOUD else "risk")


def why(row: Escalation) -> str:
    """Why it concerns its reader, as a whole sentence."""
    at = sentence_escalation.told(row.due_at) if row.due_at else ""
    match row.reason:
        case "breach" if row.clock is not None and row.clock.kind == "resolution":
            return _("This was to be solved by %(when)s.", when=at)
        case "breach":
            return _("This was to be answered by %(when)s.", when=at)
        case "warning" if row.clock is not None and row.clock.kind == "resolution":
            return _("This is to be solved by %(when)s.", when=at)
        case "warning":
            return _("This is to be answered by %(when)s.", when=at)
        case "promise-broken":
            return _("The customer was promised to hear from us by %(when)s.", when=at)
        case "promise-at-risk":
            return _("The customer is promised to hear from us by %(when)s.", when=at)
        case "wants-human":
            return _("The customer asks for a human, or for somebody who may decide.")
        case "second-reopening":
            return _("This case was solved and came back, and not for the first time.")
        case "third-handover":
            return _("This case has gone from hand to hand three times.")
        case "bounced":
            return _("Our last answer did not reach the customer.")
    return _("%(name)s asks for help: “%(words)s”", name=row.by.name if row.by else "", words=row.words)


def _became(row: Escalation, names: list[str]) -> str:
    told = _("Level %(level)s: %(names)s.", level=row.level, names=enumerated(names)) if names else ""
    first = _("First action after %(span)s.", span=_span(row.raised_at, row.first_action_at)) if row.first_action_at else ""
    return " ".join(filter(None, (told, first, _outcome(row))))


def _outcome(row: Escalation) -> str:
    return {
        "acknowledged": _("Seen."),
        "taken-over": _("Taken over."),
        "handed-back": _("Handed back."),
        "answered": _("Answered."),
        "resolved": _("Solved."),
        "kept": _("Kept."),
        "worse": _("It came to the worse."),
        "dropped": _("Needed no more."),
    }.get(row.outcome or "", "")


def _span(since: datetime, until: datetime) -> str:
    seconds = max(int((until - since).total_seconds()), 0)
    if seconds < HOUR:
        return ngettext("%(num)s minute", "%(num)s minutes", max(1, seconds // MINUTE))
    if seconds < DAY:
        return ngettext("%(num)s hour", "%(num)s hours", seconds // HOUR)
    return ngettext("%(num)s day", "%(num)s days", seconds // DAY)
