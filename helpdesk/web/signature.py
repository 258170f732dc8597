"""One's own lines below one's answers, with a look at them for every desk."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock, letters
from helpdesk.actions import agents
from helpdesk.actions.desks import NotUsable
from helpdesk.models import Desk
from helpdesk.policies.placeholders import SIGNATURE
from helpdesk.queries import people
from helpdesk.web.access import agent, needs, session
from helpdesk.web.forms import Form
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("signature", __name__, url_prefix="/account/signature")


@dataclass(frozen=True)
class Look:
    """How an answer from a desk is signed, and who it comes from."""

    sender: str
    signature: letters.Signature


@bp.get("")
@needs("account.change")
def own() -> ResponseReturnValue:
    return _page(Form(signature=agent().signature))


@bp.post("")
@needs("account.change")
def write() -> ResponseReturnValue:
    """Keep them."""
    form = Form.posted("signature")
    text = form.values["signature"].replace("\r\n", "\n").strip()
    try:
        agents.change(session(), agent(), {"signature": text}, by=agent(), now=clock.now())
    except NotUsable as refusal:
        form.refused(refusal)
        return _page(form)
    return done(_("Saved."), "/account/signature")


def _page(form: Form) -> ResponseReturnValue:
    looks = [(desk, _look(desk)) for desk in people.desks(session(), active_only=True)]
    return form.page("account/signature.html", places=SIGNATURE, looks=looks)


def _look(desk: Desk) -> Look:
    me = agent()
    name = letters.signs(desk, me, me.name)
    return Look(name or desk.name, letters.signature(desk, me, name))
