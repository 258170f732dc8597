"""The customers' mailboxes of the playground: read what Holdline sent, write as the customer.  There is none in a real desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk.web.access import public
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("playground", __name__, url_prefix="/playground")


class Received(Protocol):
    """A mail in a customer's mailbox."""

    number: int
    sender: str
    recipient: str
    reply_to: str
    subject: str
    at: datetime
    text: str


class Postbox(Protocol):
    """The customers' mailboxes, and a pen."""

    def people(self) -> Sequence[str]: ...
    def mails(self, address: str) -> Sequence[Any]: ...
    def mail(self, number: int) -> Any: ...
    def send(self, sender: str, name: str, to: str, subject: str, text: str, *, answers: Any = None) -> str | None:
        """What the door said where it refused; None where it took the mail."""
        ...


@bp.get("/")
@public
def write() -> ResponseReturnValue:
    """Write as somebody new."""
    return _page({"sender": "anna@customer.example", "name": "Anna Kundin", "to": _desk()})


@bp.get("/<address>")
@public
def mailbox(address: str) -> ResponseReturnValue:
    """One customer's mail."""
    return render_template("playground/mailbox.html", people=_postbox().people(), here=address, mails=_postbox().mails(address))


@bp.post("/send")
@public
def send() -> ResponseReturnValue:
    """Put a letter into the post, over SMTP."""
    form = {name: request.form.get(name, "").strip() for name in ("sender", "name", "to", "subject", "text")}
    number = request.form.get("answers", "")
    answers = _postbox().mail(int(number)) if number.isascii() and number.isdigit() else None
    if "@" not in form["sender"] or "@" not in form["to"] or not form["text"]:
        return _page(form, _("A mail needs a sender, a recipient and a text.")), 422
    refused = _postbox().send(**form, answers=answers)
    if refused:
        return _page(form, _("The door refused it: %(answer)s", answer=refused)), 422
    return done(_("The mail is on its way."), f"/playground/{form['sender'].lower()}")


def _page(form: dict[str, str], error: str = "") -> str:
    filled = {**dict.fromkeys(("sender", "name", "to", "subject", "text"), ""), **form}
    return render_template("playground/write.html", people=_postbox().people(), here=None, form=filled, error=error)


def _postbox() -> Postbox:
    found: Postbox | None = current_app.extensions["holdline"].postbox
    if found is None:
        abort(404)
    return found


def _desk() -> str:
    desk: str = current_app.database.house.settings.main_desk  # type: ignore[attr-defined]
    return desk
