"""Whose case is it?  The answer to what a forwarded mail offers."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import forwards
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Case, Entry
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import page
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("requester", __name__, url_prefix="/cases/<int:number>")

_ID = "int(max=2147483647)"


@bp.post(f"/entries/<{_ID}:entry_id>/is-customer")
@needs("case.address")
def accept(number: int, entry_id: int) -> ResponseReturnValue:
    """Whoever wrote the forwarded mail first is the customer."""
    case = page.the_case(number)
    entry = _offering(case, entry_id)
    try:
        forwards.accept(session(), case, entry, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        return page.show(case, problem=said(refusal)), 422
    return done(_("%(name)s is the customer now. Nobody was mailed.", name=case.requester.called), f"/cases/{number}")


@bp.post(f"/entries/<{_ID}:entry_id>/is-not-customer")
@needs("case.address")
def decline(number: int, entry_id: int) -> ResponseReturnValue:
    """They are not the customer."""
    case = page.the_case(number)
    forwards.decline(session(), case, _offering(case, entry_id), agent=agent(), now=clock.now())
    return done(_("%(name)s stays the customer.", name=case.requester.called), f"/cases/{number}")


def _offering(case: Case, entry_id: int) -> Entry:
    """The entry, if it still offers somebody."""
    entry = session().get(Entry, entry_id)
    if entry is None or entry.case_number != case.number or entry.traits.get("forwarded", {}).get("state") != "open":
        abort(404)
    return entry
