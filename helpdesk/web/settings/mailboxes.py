"""Mailboxes that mail is fetched from: look into one, say what is to be taken of what lies there, connect it, let it go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import mailboxes
from helpdesk.actions.desks import NotUsable
from helpdesk.db import house
from helpdesk.models import Mailbox
from helpdesk.policies.mailboxes import is_take
from helpdesk.queries import mailboxes as find
from helpdesk.queries.mailboxes import PORTS, Account
from helpdesk.web.access import agent, needs, only_reads, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("mailboxes", __name__, url_prefix="/mailboxes")

# What says which mailbox it is.  A password goes through the browser encrypted once it was typed, so that nobody types it twice.
SERVER = ("host", "port", "tls", "username", "password", "password_locked", "folder")
FOUND = ("count", "oldest")  # what the look has told, for the page that asks
TAKE = ("take", "days")


@dataclass(frozen=True)
class Sight:
    """What a look into a mailbox has told."""

    count: int = 0
    oldest: datetime | None = None
    folders: tuple[str, ...] = ()
    idle: bool = False
    trouble: str | None = None


@bp.get("")
@needs("settings.read")
def everything() -> ResponseReturnValue:
    return render_template("settings/mailboxes/list.html", mailboxes=find.everyone(session()), now=clock.now())


@bp.get("/new")
@needs("settings.change")
def new() -> ResponseReturnValue:
    empty = dict.fromkeys(SERVER, "")
    return Form(**{**empty, "tls": "imaps", "folder": "INBOX"}).page("settings/mailboxes/new.html", trouble=None)


@bp.post("/look")
@only_reads
@needs("settings.change")
def look() -> ResponseReturnValue:
    """Try the log-in.  What lies there already is asked about; what is wrong is said in a sentence."""
    form = Form.posted(*SERVER)
    account = _account(form)
    sight = _look(account) if account else None
    if account is None or sight is None or sight.trouble:
        return form.page("settings/mailboxes/new.html", trouble=sight and sight.trouble)
    form.values.update(count=str(sight.count), oldest=sight.oldest.isoformat() if sight.oldest else "", take="new", days="30")
    return form.page("settings/mailboxes/connect.html", name=account.name, sight=sight)


@bp.post("")
@needs("settings.change")
def add() -> ResponseReturnValue:
    """Connect it, with the answer to what is to be taken."""
    form = Form.posted(*SERVER, *FOUND, *TAKE)
    account, take = _account(form), _take(form)
    if account is not None and not form.errors:
        try:
            mailbox = mailboxes.add(session(), account, agent=agent(), now=clock.now(), take=take)
        except NotUsable as refusal:
            form.refused(refusal)
        else:
            return done(_("%(name)s is connected.", name=mailbox.name), "/settings/mailboxes")
    if account is not None and set(form.errors) <= {*TAKE}:
        return form.page("settings/mailboxes/connect.html", name=account.name, sight=_sight_again(form))
    return form.page("settings/mailboxes/new.html", trouble=None)


@bp.get("/<int(max=2147483647):mailbox_id>")
@needs("settings.read")
def one(mailbox_id: int) -> ResponseReturnValue:
    found = _mailbox(mailbox_id)
    days = found.take if found.take.isdigit() else "30"
    form = Form(tls=found.tls, password="", take="days" if found.take.isdigit() else found.take, days=days)
    return _page(found, form)


@bp.post("/<int(max=2147483647):mailbox_id>")
@needs("settings.change")
def change(mailbox_id: int) -> ResponseReturnValue:
    """Another password, another encryption, another answer to what is to be taken."""
    found, form = _mailbox(mailbox_id), Form.posted("tls", "password", *TAKE)
    values = {"take": _take(form)}
    if not found.from_settings:
        values |= {"tls": form.values["tls"], "password": form.values["password"]}
    if not form.errors:
        try:
            mailboxes.change(session(), found, values, agent=agent(), now=clock.now())
        except NotUsable as refusal:
            form.refused(refusal)
        else:
            return done(_("Saved."), "/settings/mailboxes")
    return _page(found, form)


@bp.post("/<int(max=2147483647):mailbox_id>/test")
@only_reads
@needs("settings.change")
def test(mailbox_id: int) -> ResponseReturnValue:
    """Try the log-in as it would be after saving."""
    found, form = _mailbox(mailbox_id), Form.posted("tls", "password", *TAKE)
    try:
        account = find.account(session(), found)
        if not found.from_settings:
            account = replace(account, tls=form.values["tls"], password=form.values["password"] or account.password)
            mailboxes.check(account)
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(found, form)
    except ValueError as error:
        return _page(found, form, Sight(trouble=f"{str(error)[:1].upper()}{str(error)[1:]}."))
    return _page(found, form, _look(account))


@bp.post("/<int(max=2147483647):mailbox_id>/remove")
@needs("settings.change")
def remove(mailbox_id: int) -> ResponseReturnValue:
    """Fetch from here no more.  What was fetched stays, here and on the server."""
    found = _mailbox(mailbox_id)
    try:
        mailboxes.remove(session(), found, agent=agent(), now=clock.now())
    except NotUsable:
        abort(404)
    return done(_("Nothing is fetched from %(name)s any more.", name=found.name), "/settings/mailboxes")


def _mailbox(mailbox_id: int) -> Mailbox:
    return session().get(Mailbox, mailbox_id) or abort(404)


def _page(found: Mailbox, form: Form, sight: Sight | None = None) -> ResponseReturnValue:
    return form.page("settings/mailboxes/form.html", mailbox=found, sight=sight, now=clock.now())


def _account(form: Form) -> Account | None:
    """The account that was typed; None where it could not work.  Its password is kept in the form, encrypted."""
    port = form.values["port"].strip() or str(PORTS.get(form.values["tls"], ""))
    if not (port.isascii() and port.isdigit()):
        form.refuse("port", _("A port is a number; leave it empty for the usual one."))
        return None
    host, username, folder = (form.values[name].strip() for name in ("host", "username", "folder"))
    account = Account(host, int(port[:6]), form.values["tls"], username, _password(form), folder or "INBOX")
    try:
        mailboxes.check(account)
    except NotUsable as refusal:
        form.refused(refusal)
        return None
    return account


def _password(form: Form) -> str:
    """What was typed now, or else before."""
    keys = house(session()).keys
    if form.values["password"]:
        form.values["password_locked"] = keys.lock(form.values["password"])
        return str(form.values["password"])
    try:
        return keys.unlock(form.values["password_locked"])
    except ValueError:
        form.values["password_locked"] = ""
        return ""


def _take(form: Form) -> str:
    """The answer as mailboxes know it: «new», «all» or a number of days."""
    if form.values["take"] != "days":
        return str(form.values["take"])
    days = form.values["days"].strip()
    if not is_take(days) or not days.isdigit():
        form.refuse("days", _("Write a number of days, from 1 to 9999."))
    return str(days)


def _look(account: Account) -> Sight:
    """Ask the bridge; the desk has no wires."""
    ask = current_app.extensions["holdline"].look_into_mailbox
    if ask is None:
        return Sight(trouble=_("This process cannot look into mailboxes."))
    seen: Any = ask(account)
    return Sight(seen.count, seen.oldest, tuple(seen.folders), seen.idle, seen.trouble)


def _sight_again(form: Form) -> Sight:
    """What the page said before its answer needed another look."""
    count, oldest = form.values["count"], form.values["oldest"]
    try:
        return Sight(int(count), datetime.fromisoformat(oldest) if oldest else None)
    except ValueError:
        abort(400)
