"""What a desk wants to know before a case is solved."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import outcomes
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Desk
from helpdesk.policies.fields import ASKED
from helpdesk.queries import details as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("resolving", __name__, url_prefix="/desks/<int(max=2147483647):desk_id>/resolving")


@bp.get("")
@needs("settings.read")
def form(desk_id: int) -> ResponseReturnValue:
    """The form."""
    desk = _desk(desk_id)
    ticks = {name: "1" if name in desk.asks else "" for name in ASKED}
    return _page(desk, Form(causes="\n".join(cause.name for cause in find.causes(session(), desk.id)), **ticks))


@bp.post("")
@needs("settings.change")
def change(desk_id: int) -> ResponseReturnValue:
    """What it asks for, and its causes, one a line."""
    desk, form = _desk(desk_id), Form.posted("causes", *ASKED)
    asks = [name for name in ASKED if form.values[name]]
    causes = form.values["causes"].splitlines()
    if "cause" in asks and not any(line.strip() for line in causes):
        form.refuse("causes", _("Write at least one cause to choose from."))
        return _page(desk, form)
    try:
        outcomes.list_causes(session(), desk, causes, agent=agent(), now=clock.now())
        outcomes.ask(session(), desk, asks, agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(desk, form)
    return done(_("Saved."), f"/settings/desks/{desk_id}")


def _desk(desk_id: int) -> Desk:
    return session().get(Desk, desk_id) or abort(404)


def _page(desk: Desk, form: Form) -> ResponseReturnValue:
    return form.page("settings/desks/resolving.html", desk=desk)
