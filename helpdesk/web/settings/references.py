"""How a desk calls its cases in files and letters."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import references
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Desk
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("references", __name__, url_prefix="/desks/<int(max=2147483647):desk_id>/reference")


@bp.get("")
@needs("settings.read")
def show(desk_id: int) -> ResponseReturnValue:
    found = _desk(desk_id)
    return _page(found, Form(reference=found.reference))


@bp.post("")
@needs("settings.change")
def change(desk_id: int) -> ResponseReturnValue:
    """Keep the pattern, or take it away."""
    found, form = _desk(desk_id), Form.posted("reference")
    try:
        references.call_ours(session(), found, form.values["reference"], agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(found, form)
    return done(_("Saved."), f"/settings/desks/{desk_id}")


def _desk(desk_id: int) -> Desk:
    return session().get(Desk, desk_id) or abort(404)


def _page(found: Desk, form: Form) -> ResponseReturnValue:
    return form.page("settings/desks/reference.html", desk=found)
