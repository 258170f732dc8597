"""Front desks: the addresses that people write to first."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import desks, forms
from helpdesk.actions.desks import NotUsable
from helpdesk.db import house
from helpdesk.models import Desk, FormSender
from helpdesk.queries import forms as find_forms
from helpdesk.queries import people
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("desks", __name__, url_prefix="/desks")

TICKS = ("acknowledges", "active", "needs_release", "asks_satisfaction")


@bp.get("")
@needs("settings.read")
def everything() -> ResponseReturnValue:
    return render_template("settings/desks/list.html", desks=people.desks(session()))


@bp.get("/new")
@needs("settings.change")
def new() -> ResponseReturnValue:
    language = house(session()).settings.language
    return _page(None, Form(name="", address="", team="", language=language, sender="full", acknowledges="1"))


@bp.post("")
@needs("settings.change")
def add() -> ResponseReturnValue:
    """Open a desk."""
    form = Form.posted("name", "address", "team", "language", "sender", "acknowledges")
    team = form.one_of("team", people.teams(session()))
    if form.errors:
        return _page(None, form)
    try:
        desk = desks.add(
            session(),
            form.values["address"],
            form.values["name"],
            language=form.values["language"],
            agent=agent(),
            now=clock.now(),
            team=team,
            sender=form.values["sender"],
            acknowledges=bool(form.values["acknowledges"]),
        )
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(None, form)
    return done(_("%(name)s is open.", name=desk.name), "/settings/desks")


@bp.get("/<int(max=2147483647):desk_id>")
@needs("settings.read")
def desk(desk_id: int) -> ResponseReturnValue:
    found = _desk(desk_id)
    ticks = {"acknowledges": "1" if found.acknowledges else "", "active": "1" if found.active else ""}
    ticks |= {"needs_release": "1" if found.needs_release else "", "asks_satisfaction": "1" if found.asks_satisfaction else ""}
    team = str(found.team_id or "")
    return _page(found, Form(name=found.name, team=team, language=found.language, sender=found.sender, **ticks))


@bp.post("/<int(max=2147483647):desk_id>")
@needs("settings.change")
def change(desk_id: int) -> ResponseReturnValue:
    """Everything but the address: another address is another desk."""
    found, form = _desk(desk_id), Form.posted("name", "team", "language", "sender", *TICKS)
    team = form.one_of("team", people.teams(session()))
    if form.errors:
        return _page(found, form)
    values = {name: form.values[name] for name in ("name", "language", "sender")}
    ticks = {name: bool(form.values[name]) for name in TICKS}
    try:
        team_id = team.id if team else None
        desks.change(session(), found, {**values, **ticks, "team_id": team_id}, agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(found, form)
    return done(_("Saved."), "/settings/desks")


@bp.post("/<int(max=2147483647):desk_id>/forms")
@needs("settings.change")
def add_form(desk_id: int) -> ResponseReturnValue:
    """Name a contact form that sends to this desk."""
    found, form = _desk(desk_id), Form.posted("address", "source", "mail_field", "name_field")
    try:
        forms.add(session(), found, agent=agent(), now=clock.now(), **form.values)
    except NotUsable as refusal:
        form.refused(refusal)
        return _forms(found, form)
    return done(_("Saved."), f"/settings/desks/{desk_id}/forms")


@bp.get("/<int(max=2147483647):desk_id>/forms")
@needs("settings.read")
def contact_forms(desk_id: int) -> ResponseReturnValue:
    """The contact forms of a desk."""
    return _forms(_desk(desk_id), Form(address="", source="reply-to", mail_field="", name_field=""))


@bp.post("/<int(max=2147483647):desk_id>/forms/<int(max=2147483647):form_id>/remove")
@needs("settings.change")
def remove_form(desk_id: int, form_id: int) -> ResponseReturnValue:
    """Its mail is anybody's mail again."""
    found = session().get(FormSender, form_id)
    if found is None or found.desk_id != desk_id:
        abort(404)
    forms.remove(session(), found, agent=agent(), now=clock.now())
    return done(_("%(address)s is no form any more.", address=found.address), f"/settings/desks/{desk_id}/forms")


def _forms(found: Desk, form: Form) -> ResponseReturnValue:
    return form.page("settings/desks/forms.html", desk=found, forms=find_forms.of_desk(session(), found.id))


def _desk(desk_id: int) -> Desk:
    return session().get(Desk, desk_id) or abort(404)


def _page(found: Desk | None, form: Form) -> ResponseReturnValue:
    teams = [("", _("Everybody")), *[(str(team.id), team.name) for team in people.teams(session())]]
    return form.page("settings/desks/form.html", desk=found, teams=teams)
