"""One's own account: name, language, look, password; and the ways to a password for whoever has none."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import agents, throttles
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Agent
from helpdesk.policies import passwords
from helpdesk.web.access import agent, needs, public, see_anew, session
from helpdesk.web.cookies import cookies
from helpdesk.web.forms import Form
from helpdesk.web.headers import A_YEAR
from helpdesk.web.language import gettext as _
from helpdesk.web.login import enter, leave
from helpdesk.web.pages import done, toast

bp = Blueprint("account", __name__)

THEMES = ("", "light", "dark")  # "": as the system says
UNDO = ("0", "5", "10", "20", "30", "60")  # seconds


@bp.context_processor
def rules() -> dict[str, object]:
    """What a password must be, for the hints, and how long answers may wait."""
    return {"least": passwords.LEAST, "undo_choices": UNDO}


@bp.get("/account")
@needs("account.change")
def account() -> ResponseReturnValue:
    me, theme = agent(), request.cookies.get(cookies().theme, "")
    names, notify = {"name": me.name, "formal_name": me.formal_name}, "1" if me.notify else ""
    undo = str(me.undo_seconds)
    return Form(**names, language=me.language or "", theme=theme, notify=notify, undo_seconds=undo).page("account/page.html")


@bp.post("/account")
@needs("account.change")
def change() -> ResponseReturnValue:
    """Name, language and notifications belong to the agent, the theme to this browser."""
    form = Form.posted("name", "formal_name", "language", "theme", "notify", "undo_seconds")
    names = {field: form.values[field] for field in ("name", "formal_name")}
    values = {**names, "language": form.values["language"] or None, "notify": bool(form.values["notify"])}
    if form.values["undo_seconds"]:
        values["undo_seconds"] = int(form.values["undo_seconds"]) if form.values["undo_seconds"] in UNDO else -1
    if form.values["theme"] not in THEMES:
        form.refuse("theme", _("Choose one from the list."))
    else:
        try:
            agents.change(session(), agent(), values, by=agent(), now=clock.now())
        except NotUsable as refusal:
            form.refused(refusal)
    if form.errors:
        return form.page("account/page.html")
    see_anew()
    response = done(_("Saved."), "/account")
    if form.values["theme"]:
        cookies().set(response, cookies().theme, form.values["theme"], seconds=A_YEAR)
    else:
        cookies().drop(response, cookies().theme)
    return response


@bp.get("/account/password")
@needs("account.change")
def own_password() -> ResponseReturnValue:
    return Form().page("account/password.html")


@bp.post("/account/password")
@needs("account.change")
def change_password() -> ResponseReturnValue:
    """All log-ins of the agent end with the old password; this browser gets a new one."""
    form, me = Form.posted("current", "password", "again"), agent()
    if not _twice_the_same(form):
        return form.page("account/password.html")
    try:
        agents.change_password(session(), me, form.values["current"], form.values["password"], now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        # A wrong guess has to be counted, so it is not taken back.
        return form.page("account/password.html", refused=403 if "current" in form.errors else 422)
    except throttles.Throttled:
        form.refuse("current", _("Too many tries. Please wait a little before the next one."))
        return form.page("account/password.html", refused=429)
    return _enter(me, form.values["password"], _("Your password is changed. All other log-ins have ended."), "/account")


@bp.post("/account/log-out-everywhere")
@needs("account.change")
def log_out_everywhere() -> ResponseReturnValue:
    agents.log_out_everywhere(session(), agent())
    return leave()


@bp.get("/forgot")
@public
def forgot() -> ResponseReturnValue:
    return Form(email="").page("account/forgot.html", sent="sent" in request.args)


@bp.post("/forgot")
@public
def ask_for_link() -> ResponseReturnValue:
    """The same answer after the same work, whether or not there is such an agent."""
    form = Form.posted("email")
    try:
        agents.forgot_password(session(), form.values["email"], now=clock.now())
    except throttles.Throttled:
        form.refuse("email", _("Too many tries. Please wait a little before the next one."))
        return form.page("account/forgot.html", refused=429, sent=False)
    return redirect("/forgot?sent", 303)


@bp.get("/password/<token>")
@public
def choose(token: str) -> ResponseReturnValue:
    """The page behind a link in a mail.  Looking uses nothing up: programs that follow links look too."""
    link = agents.link_holder(session(), token, now=clock.now())
    return _gone() if link is None else Form().page("account/choose.html", link=link)


@bp.post("/password/<token>")
@public
def chosen(token: str) -> ResponseReturnValue:
    """The link's one use."""
    link = agents.link_holder(session(), token, now=clock.now(), for_use=True)
    if link is None:
        return _gone()
    form = Form.posted("password", "again")
    if _twice_the_same(form):
        try:
            me = agents.use_link(session(), link, form.values["password"], now=clock.now())
        except NotUsable as refusal:
            form.refused(refusal)
        else:
            return _enter(me, form.values["password"], _("Your password is set. You are logged in."), "/cases")
    return form.page("account/choose.html", link=link)


def _twice_the_same(form: Form) -> bool:
    if form.values["password"] != form.values["again"]:
        form.refuse("again", _("This is not the same as above."))
    return not form.errors


def _enter(me: Agent, password: str, words: str, path: str) -> ResponseReturnValue:
    """Log in with the password just chosen; by the log-in form where somebody guesses at this account at the moment."""
    try:
        token = agents.log_in(session(), me.email, password, ip=request.remote_addr or "", now=clock.now())
    except throttles.Throttled:
        token = None
    toast(words if token else _("Your password is set. Please log in."))
    return enter(token, path) if token else leave()


def _gone() -> ResponseReturnValue:
    return render_template("account/gone.html"), 410
