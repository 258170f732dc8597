"""What a case is besides its mail: read with it, and changed; calls, visits and letters."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import calls, fields, outcomes, tags
from helpdesk.actions.calls import Contact
from helpdesk.models import Case, Person
from helpdesk.queries import cases as find_cases
from helpdesk.queries import details as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.api import parameters, shapes
from helpdesk.web.api.cases import case_of, whole
from helpdesk.web.api.errors import Refused

bp = Blueprint("details", __name__, url_prefix="/cases/<int:number>")


@bp.post("/tags")
@needs("case.change")
def add_tag(number: int) -> ResponseReturnValue:
    """Put a tag on it; a second time changes nothing."""
    asked, case = parameters.body("NewTag"), case_of(number, for_change=True)
    tags.add(session(), case, asked["tag"], agent=agent(), now=clock.now())
    return whole(case)


@bp.post("/fields")
@needs("case.change")
def fill(number: int) -> ResponseReturnValue:
    """Say what a field of its desk is."""
    asked, case = parameters.body("FieldValue"), case_of(number, for_change=True)
    field = next((one for one in find.fields_for(session(), case.desk_id) if one.name == asked["name"]), None)
    if field is None:
        raise Refused(422, f"The desk of this case has no field “{asked['name']}”.", field="name")
    fields.fill(session(), case, field, asked["value"], agent=agent(), now=clock.now())
    return whole(case)


@bp.post("/priority")
@needs("case.change")
def prioritise(number: int) -> ResponseReturnValue:
    """Say how much it matters."""
    asked, case = parameters.body("Priority"), case_of(number, for_change=True)
    fields.prioritise(session(), case, asked["priority"], agent=agent(), now=clock.now())
    return whole(case)


@bp.post("/outcome")
@needs("case.change")
def say_outcome(number: int) -> ResponseReturnValue:
    """Say what it came to; what is left out stays as it was."""
    asked, case = parameters.body("OutcomeSaid"), case_of(number, for_change=True)
    said = {**shapes.outcome(find.outcome(session(), case.number)), **asked}
    cause = next((one for one in find.causes(session(), case.desk_id, active_only=False) if one.name == said["cause"]), None)
    if said["cause"] is not None and cause is None:
        raise Refused(422, f"The desk of this case has no cause “{said['cause']}”.", field="cause")
    now = clock.now()
    outcomes.say(session(), case, agent=agent(), now=now, cause=cause, office=said["office"], verdict=said["verdict"])
    return whole(case)


@bp.post("/calls")
@needs("case.log")
def log(number: int) -> ResponseReturnValue:
    """Write down a call, a visit or a letter on paper."""
    asked, case = parameters.body("NewCall"), case_of(number, for_change=True)
    key = asked.get("idempotency_key")
    known = find_cases.said_with_key(session(), key, case) if key else None
    at, person = datetime.fromisoformat(asked["at"]), _participant(case, asked.get("with"))
    contact = Contact(asked["kind"], at, asked["text"], asked.get("direction", "in"), asked.get("turn", "same"), person)
    entry = known or calls.log(session(), case, contact, agent=agent(), now=clock.now(), idempotency_key=key)
    return shapes.entry(find_cases.event_of(session(), entry), entry), 200 if known else 201


def _participant(case: Case, address: str | None) -> Person | None:
    found = next((one.person for one in case.participants if one.person.mail == (address or "").lower()), None)
    if address and found is None:
        raise Refused(422, f"“{address}” takes no part in this case.", field="with")
    return found if address else None
