"""What burns, the worst first: with whoever holds it, what comes next, and the one deed that helps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from helpdesk import clock
from helpdesk.db import house
from helpdesk.models import Case, Consultation, Notice, Promise
from helpdesk.policies.sla import Clock
from helpdesk.queries import answer_times, burning, lists, notices, promises
from helpdesk.queries import board as find
from helpdesk.queries.lists import Wanted
from helpdesk.web.access import agent, session
from helpdesk.web.cases import due
from helpdesk.web.cases.due import DAY, Due, Left
from helpdesk.web.language import Dates
from helpdesk.web.language import gettext as _

MOST, LONGEST_STEP = 10, 90  # rows; characters


@dataclass(frozen=True)
class Row:
    """A case that burns.  `deed`: what helps, as far as this reader may do it."""

    case: Case
    due: Due
    next_step: str
    deed: Literal["", "take", "ask"]
    asked_at: datetime | None  # its holder was asked then and has not looked yet


def rows(team_id: int | None, now: datetime) -> list[Row]:
    """The worst of them: what is broken, the longest overdue first, then what is at risk, the nearest first."""
    found = lists.page(session(), agent(), Wanted(view="broken", team_id=team_id), limit=MOST)
    if len(found) < MOST:
        found += lists.page(session(), agent(), Wanted(view="risk", team_id=team_id), limit=MOST - len(found))
    if not found:
        return []
    numbers = [case.number for case in found]
    clocks, owed = burning.worst(session(), numbers, now), promises.next_owed_in(session(), numbers)
    steps, asked = _next_steps(numbers, owed, now), notices.asked(session(), numbers)
    return [
        Row(
            case,
            _worst(case, clocks.get(case.number), owed.get(case.number)),
            steps.get(case.number, ""),
            _deed(case),
            _at(asked.get(case.number)),
        )
        for case in found
    ]


def _worst(case: Case, row: Clock | None, promise: Promise | None) -> Due:
    """What burns most: a clock, or the promise whose time comes before."""
    at = case.due_at or clock.now()
    if promise is not None and (row is None or row.due_at is None or promise.due_at < row.due_at):
        hours = answer_times.hours_of(session(), case.team_id)
        return due.briefly(promise.due_at, due.until(promise.due_at, hours))
    return due.briefly(row.due_at or at, due.left(row)) if row is not None else due.briefly(at, Left(0, DAY, working=True))


def _deed(case: Case) -> Literal["", "take", "ask"]:
    if case.assignee_id is None:
        return "take"
    return "ask" if case.assignee_id != agent().id else ""


def _at(notice: Notice | None) -> datetime | None:
    return notice.at if notice else None


def _next_steps(numbers: list[int], owed: dict[int, Promise], now: datetime) -> dict[int, str]:
    """Case number → what is known of how it goes on: what somebody promised, who was asked for advice, what was handed over with it."""
    handed = {number: _shortened(step) for number, step in promises.next_steps_in(session(), numbers).items()}
    asked = {number: _waits_for(row) for number, row in find.asked(session(), numbers).items()}
    say = Dates(house(session()).settings)
    promised = {
        number: _("Promised by %(when)s", when=say.amid(row.due_at))
        for number, row in owed.items()
        if row.made_by_id is not None and row.due_at > now
    }
    return handed | asked | promised


def _waits_for(row: Consultation) -> str:
    say = Dates(house(session()).settings)
    return _("%(name)s was asked, %(when)s", name=row.called, when=say.amid(row.letters[-1].entry.at))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_STEP else f"{line[: LONGEST_STEP - 1].rstrip()}…"
