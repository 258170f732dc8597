"""Beginning a case from our side, by a first mail to somebody."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import drafts, entries, releases
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Desk
from helpdesk.queries import people
from helpdesk.queries import releases as find_releases
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import release
from helpdesk.web.cases.compose import on_its_way
from helpdesk.web.cases.composer import uploads
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("begin", __name__, url_prefix="/cases")


@bp.route("/new", methods=["GET", "POST"])
@needs("case.open")
def begin() -> ResponseReturnValue:
    """Open a case from our side, by a first mail to somebody."""
    if request.method == "GET":
        return _new_page(Form(to=request.args.get("to", ""), subject="", text="", desk="", key=drafts.new_key()))
    form = Form.posted("to", "subject", "text", "desk", "key", "files")
    desk = _desk(form)
    if not form.values["subject"].strip():
        form.refuse("subject", _("What is it about?"))
    if not form.values["text"].strip():
        form.refuse("text", _("There is nothing in it yet."))
    if form.errors or desk is None:
        return _new_page(form)
    why = find_releases.why(session(), desk, agent())
    try:
        if why:
            waiting = releases.begin(
                session(), desk, form.values["to"], form.values["subject"], form.values["text"], agent=agent(), why=why,
                now=clock.now(), files=uploads(), idempotency_key=form.values["key"] or None,
            )  # fmt: skip
            return release.asked(waiting.case)
        entry = entries.begin(
            session(),
            desk,
            form.values["to"],
            form.values["subject"],
            form.values["text"],
            agent=agent(),
            now=clock.now(),
            files=uploads(),
            idempotency_key=form.values["key"] or None,
        )
    except NotUsable as refusal:
        form.refused(refusal)
        return _new_page(form)
    return done(on_its_way(), f"/cases/{entry.case_number}")


def _desk(form: Form) -> Desk | None:
    """The desk that writes: the one that was chosen, else the first."""
    desks = people.desks(session(), active_only=True)
    chosen = form.values["desk"]
    found = next((desk for desk in desks if str(desk.id) == chosen), desks[0] if desks and not chosen else None)
    if found is None:
        form.refuse("desk", _("Choose one from the list."))
    return found


def _new_page(form: Form) -> ResponseReturnValue:
    return form.page("cases/new.html", desks=people.desks(session(), active_only=True))
