"""Answers that have not left yet: taken back within some seconds, sent before their planned time, put off, made drafts again."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import drafts, recall, sending
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Case, Draft, Entry
from helpdesk.queries import cases as find_case
from helpdesk.queries import drafts as find
from helpdesk.web.access import agent, demand, needs, session
from helpdesk.web.cases import begin, page
from helpdesk.web.cases import composer as composers
from helpdesk.web.cases.compose import LATER, on_its_way
from helpdesk.web.cases.composer import Composer
from helpdesk.web.forms import said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("planned", __name__, url_prefix="/cases/<int:number>")

_ID = "int(max=2147483647)"


@bp.post(f"/entries/<{_ID}:entry_id>/take-back")
@needs("case.answer")
def take_back(number: int, entry_id: int) -> ResponseReturnValue:
    """The answer was not meant like this: it is a draft again."""
    case = page.the_case(number)
    entry = session().get(Entry, entry_id)
    try:
        if entry is None or entry.case_number != case.number:  # taken back already, by a double click
            raise recall.TooLate
        if recall.begins(session(), case, entry):
            row = recall.take_back_case(session(), case, entry, agent=agent(), now=clock.now())
            return done(_("Your mail is a draft again. Nobody got it, and the case was not opened."), begin.place(row))
        recall.take_back(session(), case, entry, agent=agent(), now=clock.now())
    except recall.TooLate:
        if entry is not None and (entry.kind, entry.agent_id) == ("taken-back", agent().id):
            return done(_("Your answer is a draft again. Nobody got it."), f"/cases/{number}#text")
        return page.show(case, problem=_("It is too late to take this answer back: it has left.")), 409
    return done(_("Your answer is a draft again. Nobody got it."), f"/cases/{number}#text")


@bp.post(f"/planned/<{_ID}:draft_id>/send")
@needs("case.answer")
def send_now(number: int, draft_id: int) -> ResponseReturnValue:
    """Send a planned answer at once."""
    case = page.the_case(number)
    draft = _own(case, draft_id)
    try:
        entry = sending.send_now(session(), case, draft, agent=agent(), now=clock.now())
    except NotPermitted as refusal:
        return page.show(case, problem=said(refusal)), 422
    return done(on_its_way(), f"/cases/{number}#e{find_case.event_of(session(), entry).id}")


@bp.post(f"/planned/<{_ID}:draft_id>/move")
@needs("case.answer")
def move(number: int, draft_id: int) -> ResponseReturnValue:
    """Let it leave at another time; whoever says so has seen the case as it is now."""
    case = page.the_case(number)
    draft, deed = _own(case, draft_id), request.form.get("deed", "later")
    if deed not in LATER:
        abort(400)
    at = composers.time_of(deed, Composer(at=request.form.get("at", "")[:40]))
    if at is None:
        return page.show(case, problem=_("Choose a time that is still to come, within a year.")), 422
    drafts.plan(session(), case, draft, at, then_resolve=draft.then_resolve, now=clock.now())
    return done(_("Your answer is planned. It stops if anything happens here before."), f"/cases/{number}#planned")


@bp.post(f"/planned/<{_ID}:draft_id>/draft")
@needs("case.answer")
def to_draft(number: int, draft_id: int) -> ResponseReturnValue:
    """It does not leave: it is its author's draft again.  A colleague may stop it too."""
    case = page.the_case(number)
    draft = find.planned_one(session(), case, draft_id)
    if draft is None:
        return page.show(case, problem=_("This answer is not planned any more.")), 409
    author = draft.agent
    drafts.unplan(session(), case, draft, agent=agent(), now=clock.now())
    if author.id == agent().id:
        return done(_("Your answer is a draft again."), f"/cases/{number}#text")
    return done(_("The answer does not leave. It is a draft of %(name)s again.", name=author.name), f"/cases/{number}")


def _own(case: Case, draft_id: int) -> Draft:
    """A planned answer of the reader's own."""
    demand("case.answer", case)
    draft = find.planned_one(session(), case, draft_id)
    if draft is None or draft.agent_id != agent().id:
        abort(404)
    return draft
