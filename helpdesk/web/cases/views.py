"""Views of one's own: saved, renamed, removed."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import views
from helpdesk.actions.desks import NotUsable
from helpdesk.models import SavedView
from helpdesk.queries import views as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases.filters import FIELDS, Filters
from helpdesk.web.forms import Form, said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("views", __name__, url_prefix="/cases/views")


@bp.post("")
@needs("account.change")
def save() -> ResponseReturnValue:
    """Keep the list of these filters under `name`."""
    values = Form.posted("name", *FIELDS).values
    filters = Filters(values)
    try:
        row = views.save(session(), agent(), values["name"], filters.kept, now=clock.now())
    except NotUsable as refusal:
        return done(said(refusal), filters.path())
    return done(_("“%(name)s” stands under your views.", name=row.name), f"/cases?saved={row.id}")


@bp.post("/<int:view_id>/rename")
@needs("account.change")
def rename(view_id: int) -> ResponseReturnValue:
    """Call it `name`."""
    row = _mine(view_id)
    try:
        views.rename(session(), row, request.form.get("name", ""), agent=agent(), now=clock.now())
    except NotUsable as refusal:
        return done(said(refusal), f"/cases?saved={row.id}")
    return done(_("The view is called “%(name)s” now.", name=row.name), f"/cases?saved={row.id}")


@bp.post("/<int:view_id>/remove")
@needs("account.change")
def remove(view_id: int) -> ResponseReturnValue:
    """Forget it; saving it again takes that back."""
    row = _mine(view_id)
    name, filters = row.name, Filters(row.filters)
    views.remove(session(), row, agent=agent(), now=clock.now())
    return done(_("The view “%(name)s” is removed.", name=name), filters.path(), undo="/cases/views", name=name, **filters.kept)


def _mine(view_id: int) -> SavedView:
    return find.one(session(), agent(), view_id) or abort(404)
