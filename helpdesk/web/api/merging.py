"""Cases become one, and come apart again."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import merging
from helpdesk.queries import cases as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.api import parameters
from helpdesk.web.api.cases import case_of, whole
from helpdesk.web.api.errors import Refused

bp = Blueprint("merging", __name__, url_prefix="/cases/<int:number>")


@bp.post("/merge")
@needs("case.merge")
def merge(number: int) -> ResponseReturnValue:
    """Let it go on in another one, which is the answer."""
    asked, case = parameters.body("Merging"), case_of(number)
    into = find.by_number(session(), asked["into"], agent())
    if into is None:
        raise Refused(422, f"There is no case {asked['into']}.", field="into")
    if into.requester_id != case.requester_id and not asked.get("different_customers", False):
        raise Refused(409, "These cases have different customers; say different_customers if that is meant.", field="into")
    merging.merge(session(), case, into, agent=agent(), now=clock.now())
    return whole(into)


@bp.post("/unmerge")
@needs("case.merge")
def unmerge(number: int) -> ResponseReturnValue:
    """Take it out again, as it was."""
    parameters.body("Nothing")
    case = case_of(number)
    merging.unmerge(session(), case, agent=agent(), now=clock.now())
    return whole(case)
