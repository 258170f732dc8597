"""Drafts: kept while one types, found again, discarded and brought back; and how a text will look."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import drafts
from helpdesk.models import Case
from helpdesk.policies.files import MOST_BYTES
from helpdesk.present import markdown
from helpdesk.queries import beginnings
from helpdesk.queries import cases as find_case
from helpdesk.queries import drafts as find
from helpdesk.web.access import agent, needs, only_reads, session
from helpdesk.web.cases import composer as composers
from helpdesk.web.cases import page
from helpdesk.web.cases.compose import is_ours
from helpdesk.web.cases.composer import Composer
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("drafting", __name__, url_prefix="/cases")


@bp.get("/drafts")
@needs("case.read")
def all_of_mine() -> ResponseReturnValue:
    """What the reader has begun and not sent."""
    return render_template(
        "cases/drafts.html", drafts=find.mine(session(), agent()), beginnings=beginnings.mine(session(), agent())
    )


@bp.post("/<int:number>/draft")
@needs("case.note")
def keep(number: int) -> ResponseReturnValue:
    """Keep what stands in the answer form now; its own script asks.  The part of the form that says what is kept."""
    if not all(is_ours(name) for name in request.form):
        abort(400)
    case = page.the_case(number)
    composer = composers.typed(case)
    if composer.is_too_heavy:
        composer.error = _("These files are too large together; 28 MB are possible.")
        return _kept(case, composer), 413
    try:
        composers.keep(case, composer)
    except drafts.AlreadySent:
        return "", 204
    except drafts.Outdated:
        composer.error = _("You changed this draft in another window. Reload the page to see it; what stands here is not kept.")
        return _kept(case, composer), 409
    return _kept(case, composer)


@bp.post("/<int:number>/draft/discard")
@needs("case.note")
def discard(number: int) -> ResponseReturnValue:
    """Throw the draft away."""
    case = page.the_case(number)
    draft = find.writing(session(), case, agent())
    if draft is not None:
        drafts.discard(session(), draft, now=clock.now())
    return done(_("The draft is discarded."), f"/cases/{number}", undo=f"/cases/{number}/draft/restore")


@bp.post("/<int:number>/draft/restore")
@needs("case.note")
def restore(number: int) -> ResponseReturnValue:
    """Bring back what was thrown away last."""
    case = page.the_case(number)
    if drafts.restore(session(), case, agent(), now=clock.now()) is None:
        return done(_("There is nothing to bring back any more."), f"/cases/{number}")
    return done(_("The draft is back."), f"/cases/{number}#text")


@bp.post("/<int:number>/preview")
@needs("case.note")
@only_reads
def preview(number: int) -> ResponseReturnValue:
    """How a text will look, by the same renderer as the mail."""
    if find_case.by_number(session(), number, agent()) is None:
        abort(404)
    return markdown.render(request.form.get("text", "").replace("\x00", "\ufffd"))


def _kept(case: Case, composer: Composer) -> str:
    return render_template("cases/kept.html", case=case, composer=composer, most_bytes=MOST_BYTES)
