"""How many open cases each agent can hold, as it was agreed with them: beside it the board shows what they hold."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import agents
from helpdesk.models import Agent
from helpdesk.policies.permissions import may
from helpdesk.queries import people
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("capacity", __name__, url_prefix="/now/capacity")


@bp.get("")
@needs("capacity.change")
def form() -> ResponseReturnValue:
    """The form: a number for each, or none."""
    staff = _staff()
    return _page(staff, Form(**{_field(one): "" if one.capacity is None else str(one.capacity) for one in staff}))


@bp.post("")
@needs("capacity.change")
def change() -> ResponseReturnValue:
    """What was agreed with them; an empty field: nothing."""
    staff, wanted = _staff(), dict[int, int | None]()
    form = Form.posted(*(_field(one) for one in staff))
    for one in staff:
        text = form.values[_field(one)].strip()
        known = text.isascii() and text.isdigit() and len(text) <= 3
        if text and not known:
            form.refuse(_field(one), _("Write a whole number up to 999, or leave it empty."))
        wanted[one.id] = int(text) if known else None
    if form.errors:
        return _page(staff, form)
    for one in staff:
        if one.capacity != wanted[one.id]:
            agents.change(session(), one, {"capacity": wanted[one.id]}, by=agent(), now=clock.now())
    return done(_("Saved."), "/now")


def _staff() -> list[Agent]:
    """Everybody who can hold a case."""
    return [one for one in people.agents(session()) if may(one, "case.answer")]


def _field(one: Agent) -> str:
    return f"capacity-{one.id}"


def _page(staff: list[Agent], form: Form) -> ResponseReturnValue:
    return form.page("board/capacity.html", staff=staff, field=_field)
