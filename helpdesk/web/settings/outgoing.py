"""Outgoing mail: the relay and whether anything leaves.  Said by the settings of the process, so it is shown and not changed."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.db import house
from helpdesk.queries import outbox, relay
from helpdesk.servers import url_user
from helpdesk.web.access import needs, session

bp = Blueprint("outgoing", __name__, url_prefix="/outgoing")


@bp.get("")
@needs("settings.read")
def facts() -> ResponseReturnValue:
    """How mail leaves; of the relay's URL everything but the password."""
    settings = house(session()).settings
    states = outbox.by_state(session())
    return render_template(
        "settings/outgoing.html",
        relay=urlsplit(settings.relay.get_secret_value()),
        settings=settings,
        login=url_user(settings.relay.get_secret_value())[0],
        known=relay.state(session()),
        sender=relay.own_sender(session()),
        now=clock.now(),
        to_go=sum(states.get(state, 0) for state in outbox.STILL_TO_GO),
    )
