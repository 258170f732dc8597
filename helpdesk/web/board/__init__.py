"""The board: what burns, who holds it, who waits longest, what comes next.  It renews itself, and hangs on walls."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import asking
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Team
from helpdesk.queries import people
from helpdesk.web.access import agent, local_path, needs, session, unnoticed
from helpdesk.web.board import look
from helpdesk.web.cases import page
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("board", __name__, url_prefix="/now")


@bp.get("")
@needs("report.read")
def board() -> ResponseReturnValue:
    """The whole page: of all teams or one (`team`), for a desk or (`wall`) for a wall."""
    teams = people.teams(session())
    return render_template("board/page.html", teams=teams, **_shown(teams))


@bp.get("/news")
@needs("report.read")
@unnoticed
def news() -> ResponseReturnValue:
    """The same as it is now, for a page that lies open."""
    return render_template("board/news.html", **_shown(people.teams(session())))


@bp.get("/wall/news")
@needs("report.read")
def wall_news() -> ResponseReturnValue:
    """The same for a screen on the wall: nobody sits before it, and its log-in lasts as long as a day's work all the same."""
    return render_template("board/news.html", **_shown(people.teams(session()), wall=True))


@bp.post("/cases/<int:number>/ask")
@needs("case.note")
def ask(number: int) -> ResponseReturnValue:
    """Ask whoever holds a case how it stands."""
    case, path = page.the_case(number), local_path(request.form.get("back", "")) or f"/cases/{number}"
    try:
        told = asking.ask(session(), case, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        return done(said(refusal), path)
    name = case.assignee.name if case.assignee else ""
    if not told:
        return done(_("%(name)s was asked already, and has not looked yet.", name=name), path)
    return done(_("%(name)s is asked how it stands.", name=name), path)


def _shown(teams: list[Team], *, wall: bool | None = None) -> dict[str, Any]:
    """What the templates of the board need."""
    asked = request.args.get("team", "")
    team = next((one for one in teams if str(one.id) == asked), None)
    wall = request.args.get("wall") == "1" if wall is None else wall
    here = {"team": str(team.id)} if team else {}
    return {
        "team": team,
        "wall": wall,
        "path": _path("/now", here),
        "wall_path": _path("/now", {**here, "wall": "1"}),
        "news_path": _path("/now/wall/news" if wall else "/now/news", here),
        **look.at_now(team),
    }


def _path(path: str, words: dict[str, str]) -> str:
    return f"{path}?{urlencode(words)}" if words else path
