"""Fields: what desks ask for besides the mail."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import fields
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Field
from helpdesk.policies.fields import KINDS
from helpdesk.queries import details as find
from helpdesk.queries import people
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("fields", __name__, url_prefix="/fields")

_ID = "int(max=2147483647)"


@bp.get("")
@needs("settings.read")
def everything() -> ResponseReturnValue:
    """All fields, and the form for a new one."""
    return _page(None, Form(name="", kind="text", desk="", choices="", required=""))


@bp.post("")
@needs("settings.change")
def define() -> ResponseReturnValue:
    """Ask for something from now on."""
    form = Form.posted("name", "kind", "desk", "choices", "required")
    desks = people.desks(session())
    desk = next((one for one in desks if str(one.id) == form.values["desk"]), None)
    if form.values["desk"] and desk is None:
        form.refuse("desk", _("Choose one from the list."))
        return _page(None, form)
    try:
        fields.define(
            session(),
            form.values["name"],
            form.values["kind"],
            desk=desk,
            choices=form.values["choices"].splitlines(),
            required=bool(form.values["required"]),
            agent=agent(),
            now=clock.now(),
        )
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(None, form)
    return done(_("Saved."), "/settings/fields")


@bp.get(f"/<{_ID}:field_id>")
@needs("settings.read")
def field(field_id: int) -> ResponseReturnValue:
    """One field."""
    found = _field(field_id)
    ticks = {"required": "1" if found.required else "", "active": "1" if found.active else ""}
    return _page(found, Form(name=found.name, choices="\n".join(found.choices), **ticks))


@bp.post(f"/<{_ID}:field_id>")
@needs("settings.change")
def redefine(field_id: int) -> ResponseReturnValue:
    """Change its name, its choices, whether it is required; its kind never."""
    found, form = _field(field_id), Form.posted("name", "choices", "required", "active")
    ticks = {name: bool(form.values[name]) for name in ("required", "active")}
    choices = form.values["choices"].splitlines()
    try:
        fields.redefine(session(), found, form.values["name"], choices=choices, **ticks, agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(found, form)
    return done(_("Saved."), "/settings/fields")


def _field(field_id: int) -> Field:
    return session().get(Field, field_id) or abort(404)


def _page(found: Field | None, form: Form) -> ResponseReturnValue:
    names = {"text": _("Text"), "number": _("Number"), "date": _("Day"), "choice": _("Choice"), "tick": _("Yes or no")}
    desks = [("", _("All desks")), *[(str(desk.id), desk.name) for desk in people.desks(session())]]
    kinds = [(kind, names[kind]) for kind in KINDS]
    every = find.all_fields(session())
    template = "settings/fields/form.html" if found else "settings/fields/list.html"
    return form.page(template, field=found, fields=every, desks=desks, kinds=kinds, names=names)
