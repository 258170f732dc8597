"""What is due next: how much working time is left until each deadline, in lists and on the page of a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g

from helpdesk import clock
from helpdesk.db import house
from helpdesk.models import Case
from helpdesk.policies import sla
from helpdesk.policies.hours import Hours
from helpdesk.policies.sla import Clock
from helpdesk.queries import burning
from helpdesk.queries import clocks as find
from helpdesk.web.access import session
from helpdesk.web.language import gettext as _
from helpdesk.web.language import ngettext

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600


@dataclass(frozen=True)
class Due:
    """The nearest deadline of a case, as it is shown: the worse, the louder."""

    at: datetime
    words: str
    shape: str = "wait"
    tone: str = ""


def about(case: Case) -> dict[str, Any]:
    """What the page of a case says of its deadlines; None where nothing is due from us."""
    return {"due": among([case]).get(case.number) if case.due_at is not None else None}


def among(cases: Sequence[Case], *, worst_first: bool = False) -> dict[int, Due]:
    """Case number → its nearest deadline, for those that have one; `worst_first`: one at risk goes before a nearer one."""
    numbers = [case.number for case in cases]
    rows = burning.worst(session(), numbers, clock.now()) if worst_first else find.next_due(session(), numbers)
    return {number: _due(row) for number, row in rows.items()}


def headings() -> Callable[[Case], str]:
    """Under which heading a case stands in a list by deadlines: by the day on which it is due, the late ones first."""
    now, zone = clock.now(), house(g.session).settings.zone
    today = now.astimezone(zone).date()

    def heading(case: Case) -> str:
        at = case.due_at or now
        if at <= now:
            return _("Late")
        days = (at.astimezone(zone).date() - today).days
        return _("Due today") if days == 0 else _("Due tomorrow") if days == 1 else _("Due later")

    return heading


@dataclass(frozen=True)
class Left:
    """The time until a deadline, negative behind it: working seconds, or those of the calendar where the law counts so."""

    seconds: int
    day: int  # the seconds of a day, by which longer times are told
    working: bool

    @property
    def amount(self) -> str:
        """«38 min», «22 h», «2 working days», however late."""
        return _amount(abs(self.seconds), self.day, working=self.working)


def left(row: Clock) -> Left:
    """How much time a clock leaves."""
    now = clock.now()
    hours, at = find.hours_of(session())(row.calendar_id), row.due_at or now
    told = sla.allowance(row.allowance)
    if told is not None and told.seconds is None:
        return Left(int((at - now).total_seconds()), DAY, working=False)
    return until(at, hours)


def until(at: datetime, hours: Hours) -> Left:
    """The working time until an instant, or since; that of the calendar where nobody works until then."""
    now = clock.now()
    worked = hours.between(now, at)
    if at > now and worked < MINUTE:
        return Left(int((at - now).total_seconds()), DAY, working=False)
    return Left(worked, hours.usual_day() or DAY, working=True)


def briefly(at: datetime, until: Left) -> Due:
    """What burns, in two words: «Broken, 22 h», «At risk, 38 min»."""
    if at <= clock.now():
        return Due(at, _("Broken, %(amount)s", amount=until.amount), "broken", "broken")
    return Due(at, _("At risk, %(amount)s", amount=until.amount), "warn", "risk")


def _due(row: Clock) -> Due:
    now, at, until = clock.now(), row.due_at or clock.now(), left(row)
    words = _said(row.kind, time_left(until.seconds, until.day, working=until.working))
    if at <= now:
        return Due(at, words, "broken", "broken")
    return Due(at, words, "warn", "risk") if sla.is_at_risk(row, now) else Due(at, words)


def _said(kind: str, left: str) -> str:
    if kind == "first-response":
        return _("First answer %(left)s", left=left)
    return _("Solution %(left)s", left=left) if kind == "resolution" else _("Answer %(left)s", left=left)


def time_left(seconds: int, day: int, *, working: bool = True) -> str:
    """«in 2 h», «3 h late», and in days from a day on."""
    late, length = seconds < 0, abs(seconds)
    if length < MINUTE:
        return _("due now")
    if length < HOUR:
        n = length // MINUTE
        return _("%(num)s min late", num=n) if late else _("in %(num)s min", num=n)
    if length < day:
        n = length // HOUR
        return _("%(num)s h late", num=n) if late else _("in %(num)s h", num=n)
    n = length // day
    if not working:
        return ngettext("%(num)s day late", "%(num)s days late", n) if late else ngettext("in %(num)s day", "in %(num)s days", n)
    if late:
        return ngettext("%(num)s working day late", "%(num)s working days late", n)
    return ngettext("in %(num)s working day", "in %(num)s working days", n)


def _amount(length: int, day: int, *, working: bool) -> str:
    if length < HOUR:
        return _("%(num)s min", num=length // MINUTE)
    if length < day:
        return _("%(num)s h", num=length // HOUR)
    n = length // day
    return ngettext("%(num)s working day", "%(num)s working days", n) if working else ngettext("%(num)s day", "%(num)s days", n)
