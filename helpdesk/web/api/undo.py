"""Taking back what this agent did a moment ago."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import consultations, undo
from helpdesk.models import Case, Event
from helpdesk.policies.undo import NEEDS
from helpdesk.web.access import agent, demand, needs, session
from helpdesk.web.api import parameters
from helpdesk.web.api.cases import case_of, whole
from helpdesk.web.api.errors import Refused

bp = Blueprint("undo", __name__, url_prefix="/cases/<int:number>")


@bp.post("/entries/<int:entry_id>/take-back")
@needs("case.change")
def take_back(number: int, entry_id: int) -> ResponseReturnValue:
    """The case is what it was before; refused where a mail has left, or anything happened since."""
    parameters.body("Nothing")
    case = case_of(number, for_change=True)
    event = _event(case, entry_id)
    if event.deed == "consulted":
        demand("case.consult", case)
        consultations.take_back(session(), case, event, agent=agent(), now=clock.now())
    else:
        demand(NEEDS.get(event.deed, "case.change"), case)
        undo.take_back(session(), case, event, agent=agent(), now=clock.now())
    return whole(case)


def _event(case: Case, event_id: int) -> Event:
    found = session().get(Event, event_id) if event_id < 2**31 else None
    if found is None or found.case_number != case.number:
        raise Refused(404, f"There is no entry {event_id} in case {case.number}.")
    return found
