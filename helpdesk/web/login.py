"""Log in and out."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import agents, throttles
from helpdesk.web import access
from helpdesk.web.access import public
from helpdesk.web.cookies import cookies
from helpdesk.web.language import gettext as _

bp = Blueprint("login", __name__)


@bp.get("/")
@public
def form() -> ResponseReturnValue:
    """The log-in form; whoever is logged in goes on to the cases."""
    if g.agent is not None:
        return redirect(_onward(request.args.get("next", "")))
    return _page()


@bp.post("/login")
@public
def log_in() -> ResponseReturnValue:
    """A new session under a new id (W4); the answer never tells who exists (W6)."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        token = agents.log_in(access.session(), email, password, ip=request.remote_addr or "", now=clock.now())
    except throttles.Throttled:
        return _page(error=_("Too many tries. Please wait a little before the next one."), email=email), 429
    if token is None:
        return _page(error=_("This e-mail address and password do not belong together."), email=email), 401
    agents.log_out(access.session(), cookies().token())
    return enter(token, _onward(request.form.get("next", "")))


@bp.post("/logout")
@public
def log_out() -> ResponseReturnValue:
    """The session ends here and in the database."""
    agents.log_out(access.session(), cookies().token())
    return leave()


def enter(token: str, path: str) -> ResponseReturnValue:
    """Begin a log-in in this browser and go on to a page."""
    response = redirect(path, 303)
    cookies().set(response, cookies().log_in, token)
    cookies().drop(response, cookies().visitor)
    return response


def leave() -> ResponseReturnValue:
    """End the log-in of this browser; the database's end of it is the caller's."""
    response = redirect("/", 303)
    cookies().drop(response, cookies().log_in)
    return response


def _page(*, error: str | None = None, email: str = "") -> str:
    return render_template("login/page.html", next=request.values.get("next", ""), error=error, email=email)


def _onward(next_path: str) -> str:
    return access.local_path(next_path) or "/cases"
