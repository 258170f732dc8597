"""What customers say beside their matter: where it hurt, and whom they praise."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import friction
from helpdesk.models import Agent, Entry
from helpdesk.queries import friction as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.api import parameters, shapes
from helpdesk.web.api.cases import agent_named, case_of
from helpdesk.web.api.judge import entry_of

bp = Blueprint("friction", __name__, url_prefix="/cases/<int:number>/entries/<int:entry_id>/friction")


@bp.get("")
@needs("case.read")
def marks(number: int, entry_id: int) -> ResponseReturnValue:
    """What is marked at this message."""
    return _marks(entry_of(case_of(number), entry_id))


@bp.post("")
@needs("case.change")
def mark(number: int, entry_id: int) -> ResponseReturnValue:
    """Say what is said here; a second time changes nothing."""
    asked, case = parameters.body("NewMark"), case_of(number, for_change=True)
    entry = entry_of(case, entry_id)
    friction.mark(session(), case, entry, asked["kind"], agent=agent(), now=clock.now(), praised=_praised(asked.get("agent")))
    return _marks(entry)


@bp.post("/take-back")
@needs("case.change")
def take_back(number: int, entry_id: int) -> ResponseReturnValue:
    """It was marked by mistake; where it is not marked, nothing changes."""
    asked, case = parameters.body("NewMark"), case_of(number, for_change=True)
    entry, praised = entry_of(case, entry_id), _praised(asked.get("agent"))
    for row in find.at_entries(session(), [entry.id]).get(entry.id, []):
        if (row.kind, row.praised_id) == (asked["kind"], praised.id if praised else None):
            friction.unmark(session(), case, row, agent=agent(), now=clock.now())
    return _marks(entry)


def _praised(email: str | None) -> Agent | None:
    return agent_named(session(), email, agent(), "agent", status=422) if email else None


def _marks(entry: Entry) -> shapes.Json:
    rows = find.at_entries(session(), [entry.id]).get(entry.id, [])
    return {"marks": [{"kind": row.kind, "agent": row.praised.email if row.praised else None} for row in rows]}
