"""What a colleague would say aloud before anybody looks at a figure."""

from __future__ import annotations

from datetime import datetime, tzinfo

from babel.dates import format_date

from helpdesk.db import house
from helpdesk.queries.board import Wait
from helpdesk.web.access import session
from helpdesk.web.language import Dates, current, ngettext
from helpdesk.web.language import gettext as _

_DAY = {"de": "EEEE, d. MMMM", "en": "EEEE d MMMM"}


def opening(broken: int, at_risk: int, longest: Wait | None, next_due: datetime | None) -> str:
    """How things stand: what burns, and who waits longest."""
    said = [_burns(broken, at_risk) or _("Nothing burns.")]
    if longest is not None:
        said.append(_waits(longest))
    elif next_due is not None:
        said.append(_("Nobody is waiting for us. The next deadline is %(when)s.", when=_say().amid(next_due)))
    else:
        said.append(_("Nobody is waiting for us."))
    return " ".join(said)


def as_of(now: datetime, zone: tzinfo) -> str:
    """«Saturday 21 November, 14:32»"""
    local = now.astimezone(zone)
    return f"{format_date(local.date(), _DAY[current()], locale=current())}, {local:%H:%M}"


def hour(begins: datetime, ends: datetime, names_day: bool, zone: tzinfo, say: Dates) -> str:
    """«Monday, 09:00–10:00»; of the hours after it on the same day only the time."""
    hours = _("%(first)s–%(last)s", first=_time(begins, say), last=_time(ends, say))
    if not names_day:
        return hours
    day = begins.astimezone(zone).date()
    word = _("Today") if say.days_left(begins) == 0 else format_date(day, "EEEE", locale=current())
    return f"{word}, {hours}"


def _time(at: datetime, say: Dates) -> str:
    """«09:00»; in German, where «Uhr» follows, «9»."""
    said = say.time(at)
    return said.removesuffix(":00").removeprefix("0") or "0" if current() == "de" else said


def _burns(broken: int, at_risk: int) -> str:
    broken_words = ngettext("One promise is broken", "%(number)s promises are broken", broken, number=_in_words(broken))
    if broken and at_risk:
        risk_words = ngettext("one is at risk", "%(number)s are at risk", at_risk, number=_in_words(at_risk))
        return f"{_capital(broken_words)}, {risk_words}."
    if broken:
        return f"{_capital(broken_words)}."
    risk_words = ngettext("One promise is at risk", "%(number)s promises are at risk", at_risk, number=_in_words(at_risk))
    return f"{_capital(risk_words)}." if at_risk else ""


def _waits(longest: Wait) -> str:
    case, span = longest.case, _say().span(longest.since)
    if case.assignee is None:
        return _("%(name)s waits longest: for %(span)s, and nobody has the case.", name=case.requester.called, span=span)
    return _(
        "%(name)s waits longest: for %(span)s, with %(holder)s.",
        name=case.requester.called,
        span=span,
        holder=case.assignee.name,
    )


def _in_words(number: int) -> str:
    """Small numbers as one says them."""
    words = (
        "", "", _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"), _("ten"), _("eleven"), _("twelve"),
    )  # fmt: skip
    return words[number] if 1 < number < len(words) else str(number)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _say() -> Dates:
    return Dates(house(session()).settings)
