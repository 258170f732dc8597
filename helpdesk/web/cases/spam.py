"""What is spam, and who is kept out."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import blocks, spam
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Block, Case
from helpdesk.queries import blocks as find_blocks
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import page, undo
from helpdesk.web.forms import Form, said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("spam", __name__, url_prefix="/cases/<int:number>")
free_bp = Blueprint("blocks", __name__, url_prefix="/blocks")


@bp.post("/spam")
@needs("case.spam")
def mark(number: int) -> ResponseReturnValue:
    """The case is spam."""
    case = page.the_case(number)
    event = spam.mark(session(), case, agent=agent(), now=clock.now())
    return undo.offer(_("The case is marked as spam. Nothing is deleted."), [event], f"/cases/{number}")


@bp.post("/no-spam")
@needs("case.spam")
def unmark(number: int) -> ResponseReturnValue:
    """It is none."""
    case = page.the_case(number)
    event = spam.unmark(session(), case, agent=agent(), now=clock.now())
    return undo.offer(_("The case is no spam."), [event], f"/cases/{number}")


@bp.get("/block")
@needs("case.spam")
def choose(number: int) -> ResponseReturnValue:
    """The address alone, or all of its domain?"""
    case = page.the_case(number)
    return _choices(case, Form(pattern=case.requester.address, spam="1"))


@bp.post("/block")
@needs("case.spam")
def block(number: int) -> ResponseReturnValue:
    """Hold mail from `pattern` from now on; `spam`: the case is marked, too."""
    case, form = page.the_case(number), Form.posted("pattern", "spam")
    if form.values["pattern"] not in _patterns(case):
        abort(400)
    try:
        row = blocks.block(session(), form.values["pattern"], agent=agent(), now=clock.now(), case=case)
        if form.values["spam"]:
            spam.mark(session(), case, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        form.refuse("pattern", said(refusal))
        return _choices(case, form), 422
    words = _("Mail from %(pattern)s is held from now on.", pattern=row.pattern)
    return done(words, f"/cases/{number}", undo=f"/blocks/{row.id}/free")


@free_bp.post("/<int(max=2147483647):block_id>/free")
@needs("case.spam")
def free(block_id: int) -> ResponseReturnValue:
    """Let a sender in again."""
    row = session().get(Block, block_id) or abort(404)
    pattern = row.pattern
    blocks.free(session(), row, agent=agent(), now=clock.now())
    return done(_("Mail from %(pattern)s comes in again.", pattern=pattern), "/post-room?outcome=held")


def _patterns(case: Case) -> list[str]:
    address = case.requester.address.lower()
    return [address, "@" + address.rpartition("@")[2]]


def _choices(case: Case, form: Form) -> str:
    own = [pattern for pattern in _patterns(case) if find_blocks.is_ours(session(), pattern)]
    return render_template(
        "cases/block.html", case=case, patterns=_patterns(case), ours=own, values=form.values, errors=form.errors
    )
