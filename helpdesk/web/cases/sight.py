"""Who knows of a case: the page that says so, and the deeds by which it changes."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import sight
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Agent, Case
from helpdesk.queries import people
from helpdesk.web.access import agent, demand, needs, session
from helpdesk.web.cases import page
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("sight", __name__, url_prefix="/cases/<int:number>")


@bp.get("/sight")
@needs("case.sight")
def everybody(number: int) -> ResponseReturnValue:
    """Who knows of this case."""
    return _page(page.the_case(number))


@bp.post("/conceal")
@needs("case.sight")
def conceal(number: int) -> ResponseReturnValue:
    """Only its insiders know of it from now on."""
    case = _case(number)
    sight.conceal(session(), case, agent=agent(), now=clock.now())
    return done(_("The case is confidential now."), f"/cases/{number}/sight", undo=f"/cases/{number}/open-up")


@bp.post("/open-up")
@needs("case.sight")
def open_up(number: int) -> ResponseReturnValue:
    """Everybody may know of it again."""
    words = _("Everybody sees the case again.")
    return _do(number, words, lambda case: sight.open_up(session(), case, agent=agent(), now=clock.now()))


@bp.post("/let-in")
@needs("case.sight")
def let_in(number: int) -> ResponseReturnValue:
    """`agent` becomes an insider."""
    who = _who()
    words = _("%(name)s sees the case from now on.", name=who.name)
    return _do(number, words, lambda case: sight.let_in(session(), case, who, agent=agent(), now=clock.now()))


@bp.post("/send-out")
@needs("case.sight")
def send_out(number: int) -> ResponseReturnValue:
    """`agent`, who was let in, is an insider no longer."""
    who = _who()
    words = _("%(name)s does not see the case any more.", name=who.name)
    return _do(number, words, lambda case: sight.send_out(session(), case, who, agent=agent(), now=clock.now()))


@bp.post("/shut-out")
@needs("case.sight")
def shut_out(number: int) -> ResponseReturnValue:
    """The case does not exist for `agent` any more, for a `reason`."""
    who, reason = _who(), request.form.get("reason", "").replace("\x00", "\ufffd")[:500]
    words = _("The case does not exist for %(name)s any more.", name=who.name)
    return _do(number, words, lambda case: sight.shut_out(session(), case, who, reason, agent=agent(), now=clock.now()))


@bp.post("/let-back")
@needs("case.sight")
def let_back(number: int) -> ResponseReturnValue:
    """The case exists for `agent` again."""
    who = _who()
    words = _("%(name)s is not shut out any more.", name=who.name)
    return _do(number, words, lambda case: sight.let_back(session(), case, who, agent=agent(), now=clock.now()))


def _do(number: int, words: str, deed: Callable[[Case], None]) -> ResponseReturnValue:
    case = _case(number)
    try:
        deed(case)
    except NotPermitted as refusal:
        return _page(case, said(refusal))
    still = agent().id in case.insiders or not case.is_confidential
    return done(words, f"/cases/{number}/sight" if still else "/cases")


def _page(case: Case, problem: str | None = None) -> ResponseReturnValue:
    staff = people.agents(session())
    outsiders = [row.agent_id for row in case.shut_out]
    html = render_template(
        "cases/sight_page.html",
        case=case,
        problem=problem,
        team=[one for one in staff if case.team_id in [team.id for team in one.teams] and one.id not in outsiders],
        to_let_in=[one for one in staff if one.id not in case.insiders and one.id not in outsiders],
        to_shut_out=[one for one in staff if one.id != agent().id and one.id not in outsiders],
    )
    return html, 422 if problem else 200


def _case(number: int) -> Case:
    case = page.the_case(number)
    demand("case.sight", case)
    return case


def _who() -> Agent:
    """The agent whom the form names."""
    chosen = request.form.get("agent", "")
    known = chosen.isascii() and chosen.isdigit() and len(chosen) < 10
    return (session().get(Agent, int(chosen)) if known else None) or abort(404)
