"""The post room: every mail × recipient with its one outcome, and a second try for what lies in no case."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import post
from helpdesk.models import Arrival
from helpdesk.queries import post as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.api import parameters, shapes
from helpdesk.web.api.errors import Refused

bp = Blueprint("post", __name__, url_prefix="/post-room")

OUTCOMES = (*find.OUTCOMES, "waiting")


@bp.get("")
@needs("mail.read")
def arrivals() -> ResponseReturnValue:
    """What came in, the newest first, a page at a time, with the ledger of all of it."""
    parameters.only(("outcome", "limit", "cursor"))
    asked = parameters.limit()
    outcome, before = parameters.one_of("outcome", OUTCOMES), parameters.before("mail")
    rows = find.arrivals(session(), agent(), outcome=outcome, limit=asked + 1, before=before)
    shown, cursor = parameters.page(rows, asked, "mail", lambda row: row.id)
    books = shapes.ledger(find.ledger(session(), agent()))
    return {"mails": [shapes.arrival(row) for row in shown], "next": cursor, "ledger": books}


@bp.post("/<int:arrival_id>/replay")
@needs("mail.replay")
def replay(arrival_id: int) -> ResponseReturnValue:
    """Read and route it once more, by today's rules."""
    parameters.body("Nothing")
    row = _arrival(arrival_id)
    post.replay(session(), row, agent=agent(), now=clock.now())
    return shapes.arrival(row)


@bp.post("/<int:arrival_id>/release")
@needs("mail.release")
def release(arrival_id: int) -> ResponseReturnValue:
    """Let a held mail in."""
    parameters.body("Nothing")
    row = _arrival(arrival_id)
    post.release(session(), row, agent=agent(), now=clock.now())
    return shapes.arrival(row)


def _arrival(arrival_id: int) -> Arrival:
    found = find.arrival(session(), arrival_id, agent()) if arrival_id < 2**31 else None
    if found is None:
        raise Refused(404, f"There is no mail {arrival_id}.")
    return found
