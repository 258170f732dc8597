"""Who is kept out, by whom and since when; let in again by a click."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import blocks
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Block
from helpdesk.queries import blocks as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form, said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("blocks", __name__, url_prefix="/blocks")


@bp.get("")
@needs("settings.read")
def room() -> ResponseReturnValue:
    """Every blocked sender."""
    return _room(Form(pattern=""))


@bp.post("")
@needs("settings.change")
def add() -> ResponseReturnValue:
    """Keep out `pattern`: an address, or an @ with a domain."""
    form = Form.posted("pattern")
    try:
        row = blocks.block(session(), form.values["pattern"], agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        form.refuse("pattern", said(refusal))
        return _room(form), 422
    return done(_("Mail from %(pattern)s is held from now on.", pattern=row.pattern), "/settings/blocks")


@bp.post("/<int(max=2147483647):block_id>/free")
@needs("settings.change")
def free(block_id: int) -> ResponseReturnValue:
    """Let a sender in again."""
    row = session().get(Block, block_id) or abort(404)
    pattern = row.pattern
    blocks.free(session(), row, agent=agent(), now=clock.now())
    return done(_("Mail from %(pattern)s comes in again.", pattern=pattern), "/settings/blocks")


def _room(form: Form) -> str:
    rows = find.all_of_them(session())
    return render_template("settings/blocks.html", blocks=rows, values=form.values, errors=form.errors)
