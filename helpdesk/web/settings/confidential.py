"""Confidential cases that an admin does not see: that they are there, and a way in that everybody inside is told of."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import sight
from helpdesk.queries import sight as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("confidential", __name__, url_prefix="/confidential")


@bp.get("")
@needs("settings.read")
def everything() -> ResponseReturnValue:
    """Their numbers and who knows of them; nothing of what they are about."""
    return _page(Form(number="", reason=""))


@bp.post("")
@needs("settings.change")
def come_in() -> ResponseReturnValue:
    """Let oneself into the case `number`, for a `reason` that its timeline keeps."""
    form = Form.posted("number", "reason")
    number, reason = form.values["number"], form.values["reason"].strip()[:500]
    if not reason:
        form.refuse("reason", _("Say why; those who see the case will read it."))
        return _page(form)
    digits = number.isascii() and number.isdigit() and len(number) < 10
    case = find.closed_to(session(), agent(), int(number)) if digits else None
    if case is None:
        abort(404)
    sight.let_in(session(), case, agent(), agent=agent(), now=clock.now(), reason=reason)
    return done(_("You see the case now, and it says so."), f"/cases/{case.number}")


def _page(form: Form) -> ResponseReturnValue:
    return form.page("settings/confidential.html", rows=find.all_closed_to(session(), agent()))
