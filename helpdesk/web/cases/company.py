"""Who else is at this case: asked by the page itself every few seconds, and said in a quiet line."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import presence
from helpdesk.queries import cases as find_case
from helpdesk.queries import drafts as find
from helpdesk.queries import presence as find_presence
from helpdesk.web.access import agent, needs, session, unnoticed

bp = Blueprint("company", __name__, url_prefix="/cases/<int:number>")


@bp.post("/presence")
@needs("case.read")
@unnoticed
def here(number: int) -> ResponseReturnValue:
    """Note that the reader is here, and whether they typed (`writes`); who else is, and what came since `seen`."""
    case = find_case.by_number(session(), number, agent())  # not locked: a poll holds up nobody
    if case is None:
        abort(404)
    now, seen = clock.now(), request.form.get("seen", "")
    presence.note(session(), case, agent(), writes=bool(request.form.get("writes")), now=now)
    known = seen.isascii() and seen.isdigit() and len(seen) < 10
    news = find.news(session(), case, agent(), since=int(seen)) if known else []
    company = find_presence.others(session(), case, agent(), now=now)
    return render_template("cases/company.html", case=case, company=company, news=news)
