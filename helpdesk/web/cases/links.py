"""Cases that belong together: say so, and take it back."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import links
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Case
from helpdesk.policies.kinship import BY_HAND
from helpdesk.queries import cases as find
from helpdesk.queries import kinship
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import page, undo
from helpdesk.web.cases.sentence_merging import kinship as called
from helpdesk.web.forms import Form, said
from helpdesk.web.language import gettext as _

bp = Blueprint("links", __name__, url_prefix="/cases/<int:number>/links")


@bp.get("")
@needs("case.link")
def room(number: int) -> ResponseReturnValue:
    """What it is linked with, and a form for one more."""
    return _room(page.the_case(number), Form(kind="related", other=""))


@bp.post("")
@needs("case.link")
def add(number: int) -> ResponseReturnValue:
    """Link it with the case of the number `other`."""
    case, form = page.the_case(number), Form.posted("kind", "other")
    other = by_typed(form.values["other"])
    if form.values["kind"] not in BY_HAND:
        abort(400)
    if other is None:
        form.refuse("other", _("There is no case with this number."))
        return _room(case, form), 422
    try:
        told = links.add(session(), case, other, form.values["kind"], agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        form.refuse("other", said(refusal))
        return _room(case, form), 422
    return undo.offer(_("Case %(number)s is linked with this one.", number=other.number), [told], f"/cases/{number}")


@bp.post("/remove")
@needs("case.link")
def remove(number: int) -> ResponseReturnValue:
    """They do not belong together."""
    case = page.the_case(number)
    other = by_typed(request.form.get("other", "")) or abort(404)
    try:
        told = links.remove(session(), case, other, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        return page.show(case, problem=said(refusal)), 422
    return undo.offer(_("Case %(number)s is not linked with this one any more.", number=other.number), told, f"/cases/{number}")


def by_typed(text: str) -> Case | None:
    """The case whose number was written: «1042» or «#1042»."""
    text = text.strip().lstrip("#")
    return find.by_number(session(), int(text), agent()) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _room(case: Case, form: Form) -> str:
    return render_template(
        "cases/links_room.html",
        case=case,
        kin=kinship.of(session(), case, agent()),
        kinds=[(kind, called(kind, "from")) for kind in BY_HAND],
        called=called,
        values=form.values,
        errors=form.errors,
    )
