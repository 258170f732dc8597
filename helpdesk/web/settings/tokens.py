"""API tokens: one's own, shown once."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import api_tokens
from helpdesk.models import ApiToken
from helpdesk.queries import people
from helpdesk.web.access import agent, needs, session
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("tokens", __name__, url_prefix="/tokens")


@bp.get("")
@needs("settings.read")
def everything() -> ResponseReturnValue:
    return render_template("settings/tokens.html", tokens=people.tokens(session(), agent()), fresh=None)


@bp.post("")
@needs("settings.change")
def add() -> ResponseReturnValue:
    """A new token.  This answer is the only place where it stands, so it is the page itself and no redirect."""
    fresh = api_tokens.create(session(), agent(), now=clock.now())
    return render_template("settings/tokens.html", tokens=people.tokens(session(), agent()), fresh=fresh)


@bp.post("/<int(max=2147483647):token_id>/revoke")
@needs("settings.change")
def revoke(token_id: int) -> ResponseReturnValue:
    """End one of one's own tokens."""
    found = session().get(ApiToken, token_id)
    if found is None or found.agent_id != agent().id:
        abort(404)
    api_tokens.revoke(session(), found, by=agent(), now=clock.now())
    return done(_("The token opens nothing any more."), "/settings/tokens")
