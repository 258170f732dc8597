"""What the board shows at one look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_decimal

from helpdesk import clock
from helpdesk.db import house
from helpdesk.models import Team
from helpdesk.policies import board as policy
from helpdesk.queries import answer_times, cases, clocks, lists
from helpdesk.queries import board as find
from helpdesk.queries.in_views import View
from helpdesk.queries.lists import Wanted
from helpdesk.web.access import agent, session
from helpdesk.web.board import burning, load, sentences
from helpdesk.web.cases import risen
from helpdesk.web.language import Dates, current
from helpdesk.web.language import gettext as _

WAITS, LETTERS = 5, 4  # rows
HOUR = 3600
AHEAD = 8  # working hours
COUNTED: tuple[View, ...] = ("broken", "risk", "due-2", "due-8", "unassigned", "undeliverable")


@dataclass(frozen=True)
class Figure:
    """A number, what it is of, and the list of exactly those."""

    name: str
    number: int
    words: str
    path: str
    shape: str = ""
    tone: str = ""

    @property
    def said(self) -> str:
        """Lists count no further than to a thousand."""
        return f"{cases.MOST}+" if self.number > cases.MOST else str(self.number)


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart: its name, how long the bar is, and what it says."""

    name: str
    percent: float
    said: str
    path: str


def at_now(team: Team | None) -> dict[str, Any]:
    """Everything on the board, of one team or of all."""
    now, team_id = clock.now(), team.id if team else None
    held = find.held(session(), agent(), team_id)
    wanted = [Wanted(view=view, team_id=team_id) for view in COUNTED]
    counts: dict[str, int] = dict(zip(COUNTED, lists.several(session(), agent(), wanted), strict=True))
    counts["held"] = sum(one.number for one in held)
    waits = find.longest_waits(session(), agent(), team_id, now, limit=WAITS)
    next_due = _next_due(team_id) if not waits else None
    return {
        "as_of": sentences.as_of(now, house(session()).settings.zone),
        "sentence": sentences.opening(counts["broken"], counts["risk"], waits[0] if waits else None, next_due),
        "figures": figures(counts, team_id),
        "escalated": [(row, risen.why(row)) for row in find.escalated_to(session(), agent())],
        "burns": burning.rows(team_id, now),
        "burns_more": counts["broken"] + counts["risk"] > burning.MOST,
        "waits": _waits(waits),
        "hours": _hours(team, now),
        "loads": load.rows(team, now),
        "lost": find.undelivered(session(), agent(), team_id, limit=LETTERS),
        "held": held[:LETTERS],
        "held_count": counts["held"],
        "held_path": held_path(team_id),
    }


def figures(counts: dict[str, int], team_id: int | None) -> list[Figure]:
    """The seven figures."""
    words = {
        "broken": _("broken"), "risk": _("at risk"), "due-2": _("due in 2 hours"), "due-8": _("due in 8 hours"),
        "unassigned": _("without anybody"), "undeliverable": _("answer undeliverable"), "held": _("mail held"),
    }  # fmt: skip
    marks = {"broken": ("broken", "bad"), "risk": ("warn", "warn")}
    found = []
    for name, said in words.items():
        shape, tone = marks.get(name, ("", "")) if counts[name] else ("", "")
        path = held_path(team_id) if name == "held" else _list(name, team_id)
        found.append(Figure(name, counts[name], said, path, shape, tone))
    return found


def held_path(team_id: int | None) -> str:
    """Where exactly the mail is listed that is held, of one team or of all."""
    return "/post-room?outcome=held" + (f"&team={team_id}" if team_id is not None else "")


def _list(view: str, team_id: int | None, **more: str) -> str:
    team = {"team": str(team_id)} if team_id is not None else {}
    return f"/cases?{urlencode({'view': view, **team, **more})}"


def _next_due(team_id: int | None) -> datetime | None:
    """The deadline that comes first."""
    first = lists.page(session(), agent(), Wanted(view="due", team_id=team_id), limit=1)
    return first[0].due_at if first else None


def _waits(waits: Sequence[find.Wait]) -> list[Bar]:
    longest = max((wait.seconds for wait in waits), default=0)
    return [
        Bar(
            wait.case.requester.called,
            round(wait.seconds / longest * 100, 1),
            format_decimal(round(wait.seconds / HOUR, 1), format="#,##0.0", locale=current()),
            f"/cases/{wait.case.number}",
        )
        for wait in waits
        if wait.seconds >= HOUR / 10  # less is said as none
    ]


def _hours(team: Team | None, now: datetime) -> list[Bar]:
    """How many deadlines each of the next hours has in which this team works, as its clocks show them; nothing where none has one."""
    team_id = team.id if team else None
    slots = policy.slots(answer_times.hours_of(session(), team_id), now, AHEAD * HOUR)
    if not slots:
        return []
    deadlines = find.deadlines(session(), agent(), team_id, slots[0].since, slots[-1].until)
    numbers = policy.shared_out(deadlines, slots)
    if not any(numbers):
        return []
    zone = clocks.zone_of(session(), team_id)
    days, say = _days_of(slots, zone), Dates(house(session()).settings, zone)
    return [
        Bar(
            sentences.hour(slot.begins, slot.ends, day, zone, say),
            round(number / max(numbers) * 100, 1),
            str(number),
            _list("due", team_id, due=f"{_instant(slot.since)}-{_instant(slot.until)}") if number else "",
        )
        for slot, day, number in zip(slots, days, numbers, strict=True)
    ]


def _days_of(slots: Sequence[policy.Slot], zone: tzinfo) -> list[bool]:
    """Whether a slot is the first of its day, and names it."""
    days = [slot.begins.astimezone(zone).date() for slot in slots]
    return [place == 0 or day != days[place - 1] for place, day in enumerate(days)]


def _instant(at: datetime) -> int:
    return int(at.timestamp())
