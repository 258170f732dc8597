"""Programs that hear of escalations on the web."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import hooks
from helpdesk.actions import webhooks as calls
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Webhook
from helpdesk.policies.webhooks import TROUBLES, Trouble, payload
from helpdesk.queries import webhooks as find
from helpdesk.remote import Caller, NotTaken
from helpdesk.web.access import agent, needs, only_reads, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@bp.get("")
@needs("settings.read")
def everything() -> ResponseReturnValue:
    """All of them, with how each answered last."""
    return _page(Form(url="", private=""))


@bp.post("")
@needs("settings.change")
def add() -> ResponseReturnValue:
    """A new one.  This answer is the only place where its secret stands, so it is the page itself and no redirect."""
    form = Form.posted("url", "private")
    try:
        row, secret = hooks.add(
            session(), form.values["url"], private=bool(form.values["private"]), agent=agent(), now=clock.now()
        )
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(form)
    return _page(Form(url="", private=""), fresh=row, secret=secret)


@bp.post("/<int(max=2147483647):webhook_id>/test")
@only_reads
@needs("settings.change")
def test(webhook_id: int) -> ResponseReturnValue:
    """Tell it something now, and say what is wrong."""
    row = _hook(webhook_id)
    now = clock.now()
    content = payload({"event": "test", "at": now.isoformat(timespec="seconds")})
    call = calls.signed(session(), row, "test", content, now=now)
    if call.trouble:
        return _page(Form(url="", private=""), tried=row, trouble=_said(call.trouble, ""))
    caller: Caller = current_app.extensions["holdline"].caller or Caller()
    try:
        status = caller.tell(call.url, call.content, call.fields, private=call.private)
    except NotTaken as error:
        return _page(Form(url="", private=""), tried=row, trouble=_said(error.why, error.detail))
    return _page(Form(url="", private=""), tried=row, trouble="", status=status)


@bp.post("/<int(max=2147483647):webhook_id>/remove")
@needs("settings.change")
def remove(webhook_id: int) -> ResponseReturnValue:
    """It hears nothing more."""
    hooks.remove(session(), _hook(webhook_id), agent=agent(), now=clock.now())
    return done(_("It hears nothing more."), "/settings/webhooks")


def _hook(webhook_id: int) -> Webhook:
    return session().get(Webhook, webhook_id) or abort(404)


def _page(
    form: Form,
    *,
    fresh: Webhook | None = None,
    secret: str = "",
    tried: Webhook | None = None,
    trouble: str = "",
    status: int = 0,
) -> ResponseReturnValue:
    last = find.last_calls(session())
    rows = [
        (row, last.get(row.id), _answer(last[row.id].answer) if row.id in last else "") for row in find.all_of_them(session())
    ]
    html = render_template(
        "settings/webhooks.html", values=form.values, errors=form.errors, rows=rows, fresh=fresh, secret=secret, tried=tried,
        trouble=trouble, status=status,
    )  # fmt: skip
    return html, 422 if form.errors else 200


def _answer(kept: str) -> str:
    """What was wrong the last time, in a sentence; "" where it took the message."""
    why, _gap, detail = kept.partition(" ")
    found = next((one for one in TROUBLES if one == why), None)
    return _said(found, detail) if found is not None else ""


def _said(why: Trouble, detail: str) -> str:
    return {
        "secret": _("Its secret was stored under another secret key. Remove it and add it anew."),
        "address": _("That is no address of the web."),
        "host": _("There is no such host."),
        "private": _("It lies in a private network. Tick the box if that is meant."),
        "plain": _("It does not speak TLS. Give an address that begins with https."),
        "certificate": _("Its certificate cannot be trusted."),
        "connection": _("It does not let us connect."),
        "slow": _("It did not answer in time."),
        "status": _("It answered %(status)s, and not with success.", status=detail),
    }[why]
