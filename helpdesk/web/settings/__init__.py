"""Settings, for admins: a list of plain nouns, a page a noun, a form a page."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from helpdesk.db import house
from helpdesk.queries import blocks as find_blocks
from helpdesk.queries import clocks as find_clocks
from helpdesk.queries import details as find_details
from helpdesk.queries import mailboxes as find_mailboxes
from helpdesk.queries import people
from helpdesk.queries import suggestions as find_suggestions
from helpdesk.queries import webhooks as find_webhooks
from helpdesk.queries import zone as find_zone
from helpdesk.web.access import agent, needs, session
from helpdesk.web.settings import (
    agents,
    blocks,
    calendars,
    confidential,
    deadlines,
    desks,
    fields,
    levels,
    mailboxes,
    outgoing,
    promising,
    references,
    resolving,
    suggestions,
    tags,
    teams,
    texts,
    tokens,
    webhooks,
    zone,
)

bp = Blueprint("settings", __name__, url_prefix="/settings")
for subject in (
    desks,
    references,
    resolving,
    promising,
    teams,
    calendars,
    deadlines,
    levels,
    agents,
    mailboxes,
    outgoing,
    zone,
    suggestions,
    texts,
    tags,
    fields,
    tokens,
    webhooks,
    confidential,
    blocks,
):
    bp.register_blueprint(subject.bp)


@bp.get("")
@needs("settings.read")
def index() -> ResponseReturnValue:
    """The nouns, each with a line that says how it stands."""
    return render_template(
        "settings/index.html",
        desks=people.desks(session(), active_only=True),
        teams=people.teams(session()),
        agents=people.agents(session()),
        mailboxes=find_mailboxes.active(session()),
        outgoing=house(session()).settings.outgoing,
        zone=find_zone.zone(session()),
        tokens=people.tokens(session(), agent()),
        tags=find_details.all_tags(session(), agent()),
        fields=find_details.fields_asked(session()),
        proposed=find_suggestions.proposed(session()),
        calendars=find_clocks.calendars(session()),
        deadlines=find_clocks.policies(session(), active_only=True),
        webhooks=find_webhooks.all_of_them(session()),
        blocks=find_blocks.all_of_them(session()),
    )
