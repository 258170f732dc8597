"""Cases become one, and come apart again."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import merging
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Case
from helpdesk.queries import cases as find
from helpdesk.queries import merges
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import page
from helpdesk.web.forms import Form, said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("merging", __name__, url_prefix="/cases/<int:number>")


@bp.get("/merge")
@needs("case.merge")
def choose(number: int) -> ResponseReturnValue:
    """Which case is it to go on in?"""
    case = _unmerged(number)
    return _choices(case, Form(into="", other=""))


@bp.post("/merge")
@needs("case.merge")
def merge(number: int) -> ResponseReturnValue:
    """It goes on in `into` (or `other`, a number that was typed); `sure` where both have different customers."""
    case = _unmerged(number)
    form = Form.posted("into", "other", "sure")
    into = _typed(form.values["into"] if form.values["into"] != "other" else "", form.values["other"])
    if into is None:
        form.refuse("into", _("Which case? Choose one, or write its number."))
        return _choices(case, form), 422
    if into.requester_id != case.requester_id and not form.values["sure"]:
        return render_template("cases/merge_sure.html", case=case, into=into)
    try:
        merging.merge(session(), case, into, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        form.refuse("into", said(refusal))
        return _choices(case, form), 422
    return done(
        _("Case %(number)s goes on in this one.", number=number), f"/cases/{into.number}", undo=f"/cases/{number}/unmerge"
    )


@bp.post("/unmerge")
@needs("case.merge")
def unmerge(number: int) -> ResponseReturnValue:
    """Take it out again, as it was."""
    case = find.by_number(session(), number, agent()) or abort(404)
    into = case.merged_into
    try:
        merging.unmerge(session(), case, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        return page.show(case, problem=said(refusal)), 422
    return done(_("The case is on its own again; it was merged into %(number)s.", number=into), f"/cases/{number}")


def _unmerged(number: int) -> Case:
    case = find.by_number(session(), number, agent()) or abort(404)
    if case.merged_into is not None:
        abort(make_response(page.gone_on(case)))
    return case


def _typed(chosen: str, other: str) -> Case | None:
    """The case that was chosen, or whose number was written: «1042», «#1042»; a merged one's is that in which it goes on."""
    text = (chosen or other).strip().lstrip("#")
    found = find.by_number(session(), int(text), agent()) if text.isascii() and text.isdigit() and len(text) < 10 else None
    return find.by_number(session(), merges.home(session(), found.number), agent()) if found else None


def _choices(case: Case, form: Form) -> str:
    others = find.others_of(session(), case, agent(), limit=8)
    return render_template("cases/merge.html", case=case, others=others, values=form.values, errors=form.errors)
