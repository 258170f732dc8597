"""Teams: who answers which desks."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import desks
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Team
from helpdesk.queries import people
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("teams", __name__, url_prefix="/teams")


@bp.get("")
@needs("settings.read")
def everything() -> ResponseReturnValue:
    rows = [(team, people.members(session(), team)) for team in people.teams(session())]
    return render_template("settings/teams/list.html", rows=rows)


@bp.get("/new")
@needs("settings.change")
def new() -> ResponseReturnValue:
    return _page(None, Form(name="", members=[], confidential=""))


@bp.post("")
@needs("settings.change")
def add() -> ResponseReturnValue:
    """A team, with whoever is in it."""
    form = Form.posted("name", "confidential", lists=("members",))
    members = form.some_of("members", people.agents(session()))
    try:
        team = desks.add_team(session(), form.values["name"], agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(None, form)
    closed = bool(form.values["confidential"])
    if members or closed:
        name = team.name
        desks.change_team(session(), team, name=name, members=members, confidential=closed, agent=agent(), now=clock.now())
    return done(_("The team “%(name)s” is there.", name=team.name), "/settings/teams")


@bp.get("/<int(max=2147483647):team_id>")
@needs("settings.read")
def team(team_id: int) -> ResponseReturnValue:
    found = _team(team_id)
    members = [str(member.id) for member in people.members(session(), found)]
    return _page(found, Form(name=found.name, members=members, confidential="1" if found.confidential else ""))


@bp.post("/<int(max=2147483647):team_id>")
@needs("settings.change")
def change(team_id: int) -> ResponseReturnValue:
    """Rename it and say who is in it.  Members who were switched off stay members: they are not on the page."""
    found, form = _team(team_id), Form.posted("name", "confidential", lists=("members",))
    chosen = form.some_of("members", people.agents(session()))
    resting = [member for member in people.members(session(), found) if not member.active]
    name, closed, members = form.values["name"], bool(form.values["confidential"]), [*chosen, *resting]
    try:
        desks.change_team(session(), found, name=name, members=members, confidential=closed, agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(found, form)
    return done(_("Saved."), "/settings/teams")


def _team(team_id: int) -> Team:
    return session().get(Team, team_id) or abort(404)


def _page(found: Team | None, form: Form) -> ResponseReturnValue:
    return form.page("settings/teams/form.html", team=found, agents=people.agents(session()))
