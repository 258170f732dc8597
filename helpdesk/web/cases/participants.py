"""Who takes part: somebody leaves, somebody else becomes the customer."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import participants
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Case, Participant
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import page, undo
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _

bp = Blueprint("participants", __name__, url_prefix="/cases/<int:number>/participants")

_ID = "int(max=2147483647)"


@bp.post(f"/<{_ID}:participant_id>/remove")
@needs("case.address")
def remove(number: int, participant_id: int) -> ResponseReturnValue:
    """They take part no more."""
    case = page.the_case(number)
    found = _participant(case, participant_id)
    try:
        told = participants.remove(session(), case, found, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        return page.show(case, problem=said(refusal)), 422
    words = _("%(name)s takes part no more.", name=found.person.called)
    return undo.offer(words, [told], f"/cases/{number}")


@bp.post(f"/<{_ID}:participant_id>/is-customer")
@needs("case.address")
def make_requester(number: int, participant_id: int) -> ResponseReturnValue:
    """They are the customer; whoever was takes part as before."""
    case = page.the_case(number)
    found = _participant(case, participant_id)
    told = participants.make_requester(session(), case, found, agent=agent(), now=clock.now())
    words = _("%(name)s is the customer now. Nobody was mailed.", name=found.person.called)
    return undo.offer(words, [told], f"/cases/{number}")


def _participant(case: Case, participant_id: int) -> Participant:
    return next((one for one in case.participants if one.id == participant_id), None) or abort(404)
