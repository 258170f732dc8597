"""What the page of a case says about its handovers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import g

from helpdesk import clock
from helpdesk.actions.handovers import FIELDS
from helpdesk.models import Agent, Case, Event, Handover
from helpdesk.queries import absences, notices
from helpdesk.queries import handovers as find
from helpdesk.queries.contents import EVERYTHING, Contents
from helpdesk.web.access import agent, session
from helpdesk.web.forms import Form


def about(case: Case, numbers: Collection[int], there: Contents) -> dict[str, Any]:
    """The handovers of a case, and of those that it holds, by their entries, the one that waits, and the form for the next."""
    rows = find.of_story(session(), numbers) if "handover" in there else []
    waiting = find.open_in(session(), case) if rows else None
    places = notices.places(session(), [waiting.entry_id]) if waiting else {}
    return {
        "handed": {row.entry_id: row for row in rows},
        "not_taken": waiting,
        "mine_to_take": waiting is not None and _is_for(waiting, agent()),
        "handed_at": places.get(waiting.entry_id, 0) if waiting else 0,
        "away": absences.now_away(session(), clock.now()) if "absence" in there else {},
        "touched": find.is_answered(session(), case) if there is EVERYTHING else "answer" in there,
        "handover": g.pop("handover_form", None) or Form(**dict.fromkeys(("to", *FIELDS), "")),
    }


def refused(form: Form) -> None:
    """Have the page show this form, as it was filled in."""
    g.handover_form = form


def form_of(event: Event) -> Form | None:
    """The form as it was filled in for this handover; None where no note went with it."""
    row = find.with_note(session(), event)
    if row is None:
        return None
    to = f"agent {row.to_id}" if row.to_id is not None else f"team {row.team_id}"
    return Form(to=to, **{name: getattr(row, name) for name in FIELDS})


def is_mine_to_take(case: Case) -> bool:
    """Whether this case was handed over to the reader, or their team, and nobody has taken it yet."""
    waiting = find.open_in(session(), case)
    return waiting is not None and _is_for(waiting, agent())


def _is_for(row: Handover, reader: Agent) -> bool:
    if row.to_id is not None:
        return row.to_id == reader.id
    return row.team_id in {team.id for team in reader.teams}
