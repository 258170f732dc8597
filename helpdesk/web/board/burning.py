"""What burns, the worst first: with whoever holds it, what comes next, and the one deed that helps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from helpdesk.db import house
from helpdesk.models import Case, Consultation, Notice
from helpdesk.queries import board as find
from helpdesk.queries import burning, lists, notices
from helpdesk.queries.lists import Wanted
from helpdesk.web.access import agent, session
from helpdesk.web.cases import due
from helpdesk.web.cases.due import Due
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
    clocks = burning.worst(session(), numbers, now)
    steps, asked = _next_steps(numbers), notices.asked(session(), numbers)
    return [
        Row(case, due.briefly(clocks[case.number]), steps.get(case.number, ""), _deed(case), _at(asked.get(case.number)))
        for case in found
        if case.number in clocks
    ]


def _deed(case: Case) -> Literal["", "take", "ask"]:
    if case.assignee_id is None:
        return "take"
    return "ask" if case.assignee_id != agent().id else ""


def _at(notice: Notice | None) -> datetime | None:
    return notice.at if notice else None


def _next_steps(numbers: list[int]) -> dict[int, str]:
    """Case number → what is known of how it goes on: who was asked for advice, else what was handed over with it."""
    handed = {number: _shortened(row.next_step) for number, row in find.handed(session(), numbers).items()}
    asked = {number: _waits_for(row) for number, row in find.asked(session(), numbers).items()}
    return handed | asked


def _waits_for(row: Consultation) -> str:
    say = Dates(house(session()).settings)
    return _("%(name)s was asked, %(when)s", name=row.called, when=say.when(row.letters[-1].entry.at))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_STEP else f"{line[: LONGEST_STEP - 1].rstrip()}…"
