"""Agents: invite them, say what they may do, switch them off."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import agents
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Agent
from helpdesk.policies.permissions import ROLES
from helpdesk.queries import cases, people
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("agents", __name__, url_prefix="/agents")


@bp.get("")
@needs("settings.read")
def everything() -> ResponseReturnValue:
    return render_template("settings/agents/list.html", agents=people.agents(session(), active_only=False))


@bp.get("/new")
@needs("settings.change")
def new() -> ResponseReturnValue:
    return _page(None, Form(name="", email="", role="agent", teams=[], language=""))


@bp.post("")
@needs("settings.change")
def add() -> ResponseReturnValue:
    """Invite somebody: they choose their password by the link in the mail."""
    form, now = Form.posted("name", "email", "role", "language", lists=("teams",)), clock.now()
    teams = form.some_of("teams", people.teams(session()))
    try:
        email, name, role = (form.values[field] for field in ("email", "name", "role"))
        language = form.values["language"] or None
        invited = agents.create(session(), email, name, role=role, language=language, now=now, by=agent())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(None, form)
    agents.join(session(), invited, teams, by=agent(), now=now)
    agents.invite(session(), invited, by=agent(), now=now)
    return done(_("An invitation is on its way to %(email)s.", email=invited.email), "/settings/agents")


@bp.get("/<int(max=2147483647):agent_id>")
@needs("settings.read")
def one(agent_id: int) -> ResponseReturnValue:
    found = _agent(agent_id)
    teams = [str(team.id) for team in found.teams]
    names, active = {"name": found.name, "formal_name": found.formal_name}, "1" if found.active else ""
    release = "1" if found.needs_release else ""
    return _page(found, Form(**names, role=found.role, teams=teams, active=active, needs_release=release))


@bp.post("/<int(max=2147483647):agent_id>")
@needs("settings.change")
def change(agent_id: int) -> ResponseReturnValue:
    """Name, role, teams, and whether they work here."""
    found, form = _agent(agent_id), Form.posted("name", "formal_name", "role", "active", "needs_release", lists=("teams",))
    teams = form.some_of("teams", people.teams(session()))
    names = {field: form.values[field] for field in ("name", "formal_name")}
    values = {**names, "role": form.values["role"], "active": bool(form.values["active"])}
    values |= {"needs_release": bool(form.values["needs_release"])}
    try:
        agents.change(session(), found, values, by=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(found, form)
    agents.join(session(), found, teams, by=agent(), now=clock.now())
    return done(_("Saved."), "/settings/agents")


@bp.post("/<int(max=2147483647):agent_id>/invite")
@needs("settings.change")
def invite(agent_id: int) -> ResponseReturnValue:
    """Mail a new link to somebody who has not chosen a password yet."""
    found = _agent(agent_id)
    if found.password_hash is not None or not found.active:
        abort(404)
    agents.invite(session(), found, by=agent(), now=clock.now())
    return done(_("An invitation is on its way to %(email)s.", email=found.email), f"/settings/agents/{found.id}")


def _agent(agent_id: int) -> Agent:
    return session().get(Agent, agent_id) or abort(404)


def _page(found: Agent | None, form: Form) -> ResponseReturnValue:
    holds = len(cases.open_of(session(), found)) if found else 0
    return form.page("settings/agents/form.html", agent=found, teams=people.teams(session()), roles=ROLES, holds=holds)
