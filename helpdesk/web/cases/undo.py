"""Taking deeds back: one, or all that were done by one click."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from helpdesk import clock
from helpdesk.actions import undo
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Case, Event
from helpdesk.policies.permissions import may
from helpdesk.policies.undo import NEEDS
from helpdesk.queries import cases as find
from helpdesk.web import pages
from helpdesk.web.access import agent, local_path, needs, session
from helpdesk.web.cases import handed, page
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _
from helpdesk.web.language import ngettext

bp = Blueprint("undo", __name__, url_prefix="/cases")

MOST = 100  # deeds by one click


def offer(
    words: str, events: Sequence[Event | None], path: str, *, left: Sequence[str] = (), back: str | None = None
) -> Response:
    """After deeds: on to a page that says what was done, what was left and why, and offers to take it back.

    `back`: where one is then, should this page not be there any more.
    """
    ids = " ".join(str(event.id) for event in events if event is not None)
    if not ids:
        return pages.done(words, path, left=left)
    return pages.done(words, path, left=left, undo="/cases/undo", events=ids, back=back or path)


@bp.post("/undo")
@needs("case.read")
def take_back() -> ResponseReturnValue:
    """Put cases back as they were before the deeds whose `events` these are; each case by its own rules."""
    if set(request.form) - {"csrf_token", "events", "back"}:
        abort(400)
    path, left, count = local_path(request.form.get("back", "")) or "/cases", list[str](), 0
    events = _events()
    written = handed.form_of(events[0]) if len(events) == 1 else None
    for event in sorted(events, key=lambda event: (event.case_number or 0, -event.id)):
        case = _case(event)
        try:
            undo.take_back(session(), case, event, agent=agent(), now=clock.now())
            count += 1
        except NotPermitted as refusal:
            left.append(_("Case %(number)s: %(why)s", number=case.number, why=said(refusal)))
    if count and written is not None:
        handed.refused(written)
        pages.toast(_("Taken back. What you wrote stands in the form again."))
        return page.show(case)
    words = ngettext("Taken back.", "Taken back in %(num)s cases.", count) if count else _("Nothing was taken back.")
    return pages.done(words, path, left=left)


def _events() -> list[Event]:
    """The events that were named; what is no number, or nothing that happened to a case, does not exist."""
    ids = request.form.get("events", "").split()
    if not ids or len(ids) > MOST or not all(text.isascii() and text.isdigit() and len(text) < 10 for text in ids):
        abort(400)
    found = [session().get(Event, int(text)) for text in dict.fromkeys(ids)]
    return [event if event is not None and event.case_number else abort(404) for event in found]


def _case(event: Event) -> Case:
    """The case of an event, if this agent may see it, and may do there what was done."""
    deed = NEEDS.get(event.deed)
    case = find.by_number(session(), event.case_number or 0, agent(), for_change=True)
    if case is None or deed is None or not may(agent(), deed, case):
        abort(404)
    return case
