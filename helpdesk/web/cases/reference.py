"""What the other side calls a case in its files."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import references
from helpdesk.actions.desks import NotUsable
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import page
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("reference", __name__, url_prefix="/cases/<int:number>")


@bp.post("/reference")
@needs("case.change")
def say(number: int) -> ResponseReturnValue:
    """Keep their `reference`; empty takes it away."""
    case = page.the_case(number)
    before, typed = case.their_reference, request.form.get("reference", "").replace("\x00", "\ufffd")
    try:
        references.say_theirs(session(), case, typed, agent=agent(), now=clock.now())
    except NotUsable as refusal:
        return page.show(case, problem=said(refusal)), 422
    return done(_("Saved."), f"/cases/{number}#reference", undo=f"/cases/{number}/reference", reference=before)
