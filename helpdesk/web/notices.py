"""What one was told: the list, the quiet count beside the name, and which of it comes by mail as well."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import agents
from helpdesk.actions import notices as deeds
from helpdesk.models import Case
from helpdesk.policies.notices import KINDS
from helpdesk.queries import cases, handovers
from helpdesk.queries import notices as find
from helpdesk.queries.contents import Contents
from helpdesk.web.access import agent, needs, session, unnoticed
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("notices", __name__)

LOUD = ("mention", "release", "asked")  # the page of a case says these at its top; the rest shows by itself


@bp.get("/notices")
@needs("account.change")
def notices() -> ResponseReturnValue:
    """Everything that this agent was told, what waits first; and what they handed over that nobody has taken yet."""
    told = find.of(session(), agent())
    unseen = [notice for notice in told if notice.seen_at is None]
    waiting = handovers.not_taken(session(), agent())
    entries = [notice.entry_id for notice in told] + [handover.entry_id for handover in waiting]
    places = find.places(session(), entries)
    return render_template("notices/list.html", unseen=unseen, seen=told[len(unseen) :], waiting=waiting, places=places)


@bp.get("/notices/count")
@needs("account.change")
@unnoticed
def count() -> ResponseReturnValue:
    """The count beside the name, as an open page asks for it."""
    return render_template("notices/count.html", count=find.unseen(session(), agent()))


@bp.post("/notices/seen")
@needs("account.change")
def seen_all() -> ResponseReturnValue:
    """All of them are read."""
    deeds.saw_all(session(), agent(), now=clock.now())
    return done(_("Everything is read."), "/notices")


@bp.post("/cases/<int:number>/noticed")
@needs("case.read")
def noticed(number: int) -> ResponseReturnValue:
    """What one was told about this case is read; a page that was opened says so by itself."""
    case = cases.by_number(session(), number, agent())
    if case is None:
        abort(404)
    deeds.saw(session(), agent(), case, now=clock.now())
    if request.headers.get("X-Requested-With"):
        return render_template("notices/count.html", count=find.unseen(session(), agent()))
    return done(_("Read."), f"/cases/{number}")


@bp.get("/account/notices")
@needs("account.change")
def choice() -> ResponseReturnValue:
    mailed = [kind for kind in KINDS if kind not in agent().muted]
    return Form(mailed=mailed).page("notices/choice.html", kinds=KINDS, notify=agent().notify)


@bp.post("/account/notices")
@needs("account.change")
def choose() -> ResponseReturnValue:
    """Which notices are mailed besides; here they stand in any case."""
    form = Form.posted(lists=("mailed",))
    muted = [kind for kind in KINDS if kind not in form.values["mailed"]]
    agents.change(session(), agent(), {"muted": muted}, by=agent(), now=clock.now())
    return done(_("Saved."), "/account/notices")


def about(case: Case, there: Contents) -> dict[str, Any]:
    """For the page of a case: what its reader was told about it and has not seen, and what of that is said aloud."""
    waiting = find.waiting_in(session(), agent(), case) if "notice" in there else []
    loud = [notice for notice in waiting if notice.kind in LOUD]
    return {"unnoticed": waiting, "loud_notices": loud, "places": find.places(session(), [notice.entry_id for notice in loud])}
