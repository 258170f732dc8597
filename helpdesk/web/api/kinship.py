"""Cases that belong together, and one that becomes two."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import links, people, split
from helpdesk.models import Case, Person
from helpdesk.policies.people import mailbox
from helpdesk.queries import cases as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.api import parameters
from helpdesk.web.api.cases import case_of, whole
from helpdesk.web.api.errors import Refused
from helpdesk.web.api.judge import entry_of

bp = Blueprint("kinship", __name__, url_prefix="/cases/<int:number>")


@bp.post("/links")
@needs("case.link")
def link(number: int) -> ResponseReturnValue:
    """Say how it belongs to another case."""
    asked, case = parameters.body("NewLink"), case_of(number, for_change=True)
    links.add(session(), case, _other(asked["number"]), asked["kind"], agent=agent(), now=clock.now())
    return whole(case)


@bp.post("/links/remove")
@needs("case.link")
def unlink(number: int) -> ResponseReturnValue:
    """They do not belong together."""
    asked, case = parameters.body("LinkEnd"), case_of(number, for_change=True)
    links.remove(session(), case, _other(asked["number"]), agent=agent(), now=clock.now())
    return whole(case)


@bp.post("/split")
@needs("case.merge")
def divide(number: int) -> ResponseReturnValue:
    """Copy entries into a case of their own, which is the answer."""
    asked, case = parameters.body("Splitting"), case_of(number, for_change=True)
    chosen = [entry_of(case, ident) for ident in asked["entries"]]
    fresh = split.split(
        session(), case, chosen, _whose(case, asked.get("person")), asked.get("subject", ""), agent=agent(), now=clock.now()
    )
    return whole(fresh), 201


def _other(number: int) -> Case:
    found = find.by_number(session(), number, agent())
    if found is None:
        raise Refused(422, f"There is no case {number}.", field="number")
    return found


def _whose(case: Case, text: str | None) -> Person:
    if text is None:
        return case.requester
    try:
        name, address = mailbox(text)
    except ValueError:
        raise Refused(422, "That is not a mail address like anna@example.org.", field="person") from None
    return people.known(session(), address, name, now=clock.now())
