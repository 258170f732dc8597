"""What came while a page lay open: one quiet line, which pages ask for by themselves."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk.queries import story
from helpdesk.web.access import agent, local_path, needs, session, unnoticed
from helpdesk.web.cases import page

bp = Blueprint("news", __name__, url_prefix="/cases")


@bp.get("/news")
@needs("case.read")
@unnoticed
def of_list() -> ResponseReturnValue:
    """How much mail came since the list was drawn.  Nothing to say is 204."""
    count = story.mail_since(session(), agent(), _since())
    path = local_path(request.args.get("back", "")) or "/cases"
    return render_template("cases/news.html", count=count, path=path) if count else ("", 204)


@bp.get("/<int:number>/news")
@needs("case.read")
@unnoticed
def of_case(number: int) -> ResponseReturnValue:
    """Who wrote in this case since its page was drawn, or what colleagues did there.  Nothing to say is 204."""
    case = page.the_case(number)
    events = story.since(session(), case, _since(), agent())
    return render_template("cases/case_news.html", case=case, events=events) if events else ("", 204)


def _since() -> int:
    """The event up to which the page knows the story."""
    since = request.args.get("since", "")
    if not since.isascii() or not since.isdigit() or len(since) > 12:
        abort(400)
    return int(since)
