"""Handing a case over with a note, and taking it over."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import cases, handovers
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.handovers import FIELDS
from helpdesk.models import Agent, Case, Event, Team
from helpdesk.queries import cases as find
from helpdesk.queries import handovers as find_handovers
from helpdesk.web import absences
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import handed, page, undo
from helpdesk.web.forms import Form, said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("handovers", __name__, url_prefix="/cases/<int:number>")


@bp.post("/handover")
@needs("case.assign")
def hand_over(number: int) -> ResponseReturnValue:
    """Give the case to `to` («agent 3», «team 2», or nobody where that is empty).

    With the three fields of a note, unless nobody has answered the customer yet: then there is nothing to tell.
    """
    case, form = page.the_case(number), Form.posted("to", *FIELDS)
    to = _chosen(form.values["to"])
    try:
        event = _give(case, to, {name: form.values[name] for name in FIELDS})
    except NotUsable:
        for name in FIELDS:
            if not form.values[name].strip():
                form.refuse(name, _("Write at least one line here; the next colleague asks nobody then."))
        handed.refused(form)
        return page.show(case), 422
    except NotPermitted as refusal:
        return page.show(case, problem=said(refusal)), 422
    words = _("%(name)s has the case.", name=to.name) if to else _("Nobody has the case now.")
    away = absences.remark(to) if isinstance(to, Agent) else ""
    path = f"/cases/{number}" if find.by_number(session(), number, agent()) else "/cases"
    return undo.offer(" ".join(filter(None, (words, away))), [event], path)


@bp.post("/take")
@needs("case.assign")
def take(number: int) -> ResponseReturnValue:
    """Take over what was handed over."""
    case = page.the_case(number)
    try:
        handovers.take(session(), case, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        return page.show(case, problem=said(refusal)), 422
    return done(_("You have the case."), f"/cases/{number}")


def _give(case: Case, to: Agent | Team | None, note: dict[str, str]) -> Event | None:
    now = clock.now()
    if to is not None and (any(text.strip() for text in note.values()) or find_handovers.is_answered(session(), case)):
        row = handovers.hand_over(session(), case, to, note, agent=agent(), now=now)
        return find.event_of(session(), row.entry)
    if isinstance(to, Team):
        return handovers.give_to_team(session(), case, to, agent=agent(), now=now)
    return cases.assign(session(), case, to, agent=agent(), now=now)


def _chosen(text: str) -> Agent | Team | None:
    if not text:
        return None
    kind, _gap, ident = text.partition(" ")
    if kind not in ("agent", "team") or not ident.isascii() or not ident.isdigit() or len(ident) > 9:
        abort(400)
    found: Agent | Team | None = session().get(Agent, int(ident)) if kind == "agent" else session().get(Team, int(ident))
    return found or abort(404)
