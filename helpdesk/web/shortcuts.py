"""The keys of the pages: what each does, and the switch by which an agent does without them."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import agents
from helpdesk.web.access import agent, needs, session
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("shortcuts", __name__, url_prefix="/keys")


@bp.get("")
@needs("account.change")
def keys() -> ResponseReturnValue:
    """All keys.  The same table opens over any page by «?»."""
    return render_template("cases/keys.html", groups=_groups())


@bp.post("")
@needs("account.change")
def switch() -> ResponseReturnValue:
    """Switch single keys on (`on` is 1) or off: whoever speaks to their computer, or hits keys by chance, needs none."""
    on = request.form.get("on") == "1"
    agents.change(session(), agent(), {"single_keys": on}, by=agent(), now=clock.now())
    return done(_("Single keys are on.") if on else _("Single keys are off."), "/keys", undo="/keys", on="" if on else "1")


def _groups() -> list[tuple[str, list[tuple[list[str], str]]]]:
    """(heading, [(keys, what they do)])"""
    return [
        (
            _("In a list"),
            [
                (["J"], _("the next case")), (["K"], _("the case before")), (["Enter"], _("open it")), (["X"], _("select it")),
                (["T"], _("take over")), (["A"], _("hand over")), (["E"], _("solve")), (["R"], _("open it to answer")),
            ],
        ),
        (
            _("In a case"),
            [
                (["R"], _("write an answer")), (["N"], _("write a note")), (["T"], _("take over")), (["A"], _("hand over")),
                (["S"], _("begin with a suggestion")), (["E"], _("solve")), (["J"], _("the next case of the list")), (["K"], _("the one before")), (["U"], _("back to the list")),
            ],
        ),
        (
            _("Everywhere"),
            [
                (["/"], _("search")), (["Z"], _("undo, as long as it is offered")), (["?"], _("these keys")),
                (["G", "M"], _("Mine")), (["G", "O"], _("Waiting for us")), (["G", "U"], _("Not assigned")),
                (["G", "T"], _("My teams")), (["G", "W"], _("Waiting for customers")), (["G", "D"], _("Undeliverable")),
                (["G", "S"], _("Solved")), (["G", "A"], _("All cases")), (["G", "P"], _("People")), (["G", "R"], _("Post room")),
            ],
        ),
    ]  # fmt: skip
