"""Escalating a case by hand, and what one does about an escalation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import entries, escalations
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Agent, Case, Escalation, Event
from helpdesk.queries import escalations as find
from helpdesk.web.access import agent, local_path, needs, session
from helpdesk.web.cases import page, undo
from helpdesk.web.forms import Form, said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("escalation", __name__, url_prefix="/cases/<int:number>")


@bp.get("/escalate")
@needs("case.note")
def ask(number: int) -> ResponseReturnValue:
    return _page(page.the_case(number), Form(why="help", words=""))


@bp.post("/escalate")
@needs("case.note")
def escalate(number: int) -> ResponseReturnValue:
    """An agent needs somebody who may decide (`why` is help), or says that the customer asks for a human (human)."""
    case, form = page.the_case(number), Form.posted("why", "words")
    try:
        if form.values["why"] == "human":
            entry = entries.last_from_outside(session(), case)
            if entry is None:
                raise NotPermitted("Only what a customer said can be marked so.")
            escalations.mark_wish(session(), case, entry, agent=agent(), now=clock.now())
        else:
            escalations.ask_for_help(session(), case, form.values["words"], agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
    except NotPermitted as refusal:
        form.refuse("why", said(refusal))
    return _page(case, form) if form.errors else done(_("Whoever may decide is told."), f"/cases/{number}")


@bp.post("/escalations/<int:escalation_id>/seen")
@needs("case.assign")
def seen(number: int, escalation_id: int) -> ResponseReturnValue:
    """The reader saw it and cares for it."""
    return _do(number, escalation_id, escalations.saw, _("Nobody is reminded of it any more."))


@bp.post("/escalations/<int:escalation_id>/take")
@needs("case.assign")
def take(number: int, escalation_id: int) -> ResponseReturnValue:
    """The reader holds the case from now on."""
    return _do(number, escalation_id, escalations.take_over, _("You have the case."))


@bp.post("/escalations/<int:escalation_id>/back")
@needs("case.assign")
def back(number: int, escalation_id: int) -> ResponseReturnValue:
    """Somebody else goes on (`agent`, an id), with a word."""
    page.the_case(number)
    chosen, words = request.form.get("agent", ""), request.form.get("words", "").replace("\x00", "\ufffd")
    to = session().get(Agent, int(chosen)) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
    if to is None:
        abort(400)

    def hand_back(db: Any, row: Escalation, **by: Any) -> Event:
        return escalations.hand_back(db, row, to, words, **by)

    return _do(number, escalation_id, hand_back, _("%(name)s has the case.", name=to.name))


def _do(number: int, escalation_id: int, deed: Callable[..., Event | None], words: str) -> ResponseReturnValue:
    case = page.the_case(number)
    row = find.in_case(session(), case, escalation_id, for_change=True) or abort(404)
    try:
        event = deed(session(), row, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        return page.show(case, problem=said(refusal)), 422
    except entries.EmptyText:
        return page.show(case, problem=_("Say in a sentence what comes next, so that nobody has to ask.")), 422
    return undo.offer(words, [event], local_path(request.form.get("back", "")) or f"/cases/{number}")


def _page(case: Case, form: Form) -> ResponseReturnValue:
    return form.page("cases/escalate.html", case=case)
