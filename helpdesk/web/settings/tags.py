"""Tags: renamed, joined by giving one the name of another, deleted."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import tags
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Tag
from helpdesk.queries import details as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("tags", __name__, url_prefix="/tags")

_ID = "int(max=2147483647)"


@bp.get("")
@needs("settings.read")
def everything() -> ResponseReturnValue:
    """All tags, with the number of their cases."""
    return _page(Form())


@bp.post(f"/<{_ID}:tag_id>")
@needs("settings.change")
def rename(tag_id: int) -> ResponseReturnValue:
    """Call it something else; with the name of another both become one."""
    tag, form = _tag(tag_id), Form.posted("name")
    try:
        kept = tags.rename(session(), tag, form.values["name"], agent=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(form)
    return done(_("The tag is called “%(name)s” now.", name=kept.name), "/settings/tags")


@bp.post(f"/<{_ID}:tag_id>/release")
@needs("settings.change")
def ask_release(tag_id: int) -> ResponseReturnValue:
    """Whether a second person releases every answer in its cases (`asks`)."""
    tag, form = _tag(tag_id), Form.posted("asks")
    tags.ask_release(session(), tag, bool(form.values["asks"]), agent=agent(), now=clock.now())
    return done(_("Saved."), "/settings/tags")


@bp.post(f"/<{_ID}:tag_id>/delete")
@needs("settings.change")
def delete(tag_id: int) -> ResponseReturnValue:
    """Take it off every case."""
    tag = _tag(tag_id)
    tags.delete_tag(session(), tag, agent=agent(), now=clock.now())
    return done(_("The tag is deleted."), "/settings/tags")


def _tag(tag_id: int) -> Tag:
    return session().get(Tag, tag_id) or abort(404)


def _page(form: Form) -> ResponseReturnValue:
    return form.page("settings/tags.html", tags=find.all_tags(session(), agent()))
