"""Asking somebody outside for advice, beside the conversation with the customer."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import consultations
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries import EmptyText
from helpdesk.actions.recall import TooLate
from helpdesk.models import Attachment, Case, Consultation, Entry
from helpdesk.queries import cases as find_cases
from helpdesk.queries import consultations as find
from helpdesk.queries import merges
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import beside, page
from helpdesk.web.cases.composer import uploads
from helpdesk.web.forms import Form, said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done, toast

bp = Blueprint("consultations", __name__, url_prefix="/cases/<int:number>/consultations")


@bp.post("")
@needs("case.consult")
def ask(number: int) -> ResponseReturnValue:
    """Ask somebody for the first time; `along` and `attached` are ids of entries and files of this case that go with it."""
    case, form = page.the_case(number), Form.posted("to", "subject", "text", "files", lists=("along", "attached"))
    try:
        row = consultations.ask(
            session(),
            case,
            form.values["to"],
            form.values["subject"],
            form.values["text"],
            along=_entries(case, form),
            files=_files(case, form),
            uploads=uploads(),
            agent=agent(),
            now=clock.now(),
            undo=timedelta(seconds=agent().undo_seconds),
        )
    except (NotUsable, EmptyText, NotPermitted) as refusal:
        return _again(case, form, refusal)
    return _sent(_("Asked: %(name)s. The customer sees nothing of it.", name=row.called), row, row.letters[-1].entry)


@bp.post("/<int:consultation_id>")
@needs("case.consult")
def write(number: int, consultation_id: int) -> ResponseReturnValue:
    """Write to them again."""
    case, form = page.the_case(number), Form.posted("text", "files", lists=("along", "attached"))
    row = _row(case, consultation_id)
    try:
        along, files = _entries(case, form), _files(case, form)
        entry = consultations.write(
            session(), row, form.values["text"], along=along, files=files, uploads=uploads(), agent=agent(), now=clock.now(),
            undo=timedelta(seconds=agent().undo_seconds),
        )  # fmt: skip
    except (EmptyText, NotPermitted) as refusal:
        return _again(case, form, refusal, row)
    return _sent(_("Sent to %(name)s. The customer sees nothing of it.", name=row.called), row, entry)


@bp.post("/letters/<int:entry_id>/take-back")
@needs("case.consult")
def take_back(number: int, entry_id: int) -> ResponseReturnValue:
    """It was not sent: what was written stands in its form again."""
    case = page.the_case(number)
    entry = session().get(Entry, entry_id) if entry_id < 2**31 else None
    if entry is None or entry.kind != "side-out" or entry.case_number not in merges.all_of(session(), number):
        abort(404)
    try:
        unsent = consultations.take_back(session(), case, find_cases.event_of(session(), entry), agent=agent(), now=clock.now())
    except TooLate:
        return page.show(case, problem=_("It is too late: this mail is leaving, or has left.")), 409
    except NotPermitted as refusal:
        return page.show(case, problem=said(refusal)), 422
    ticked = {"along": [str(ident) for ident in unsent.along], "attached": [str(ident) for ident in unsent.attached]}
    form = Form(to=unsent.to, subject=unsent.subject, text=unsent.text, **ticked)
    form.choose_again(unsent.own_files)
    beside.refused(form, unsent.consultation)
    toast(_("Taken back before it left. What you wrote stands in the form again."))
    return page.show(case)


@bp.post("/<int:consultation_id>/close")
@needs("case.consult")
def close(number: int, consultation_id: int) -> ResponseReturnValue:
    """We have what we asked for."""
    case = page.the_case(number)
    consultations.close(session(), _row(case, consultation_id), agent=agent(), now=clock.now())
    return done(_("The consultation is closed. Late answers still arrive for a while."), f"/cases/{number}")


def _sent(words: str, row: Consultation, entry: Entry) -> ResponseReturnValue:
    """Said, with the offer to take it back while it has not left; where it leaves at once there is no such offer, and it says so."""
    path = f"/cases/{row.case_number}#side-{row.id}"
    if not agent().undo_seconds:
        return done(_("%(sent)s It left at once, so it cannot be taken back.", sent=words), path)
    form = "asking" if len(row.letters) == 1 else f"side-{row.id}"
    return done(words, path, undo=f"/cases/{row.case_number}/consultations/letters/{entry.id}/take-back#{form}")


def _again(case: Case, form: Form, refusal: Exception, row: Consultation | None = None) -> ResponseReturnValue:
    """The page with what was typed, and why it cannot stay so."""
    problem = None
    if isinstance(refusal, NotUsable):
        form.refused(refusal)
    elif isinstance(refusal, NotPermitted):
        problem = said(refusal)
    else:
        form.refuse("text", _("There is nothing in it yet."))
    form.choose_again()
    beside.refused(form, row.id if row else 0)
    return page.show(case, problem=problem), 422


def _row(case: Case, consultation_id: int) -> Consultation:
    return find.in_case(session(), case, consultation_id) or abort(404)


def _entries(case: Case, form: Form) -> list[Entry]:
    """The ticked entries; one that may not be sent along does not exist."""
    offered = {str(entry.id): entry for entry in _offered(case)}
    return [offered.get(ident) or abort(404) for ident in dict.fromkeys(form.values["along"])]


def _offered(case: Case) -> list[Entry]:
    return find.to_send_along(find_cases.timeline(session(), case, agent()))


def _files(case: Case, form: Form) -> list[Attachment]:
    offered = {str(file.id): file for entry in _offered(case) for file in entry.attachments}
    return [offered.get(ident) or abort(404) for ident in dict.fromkeys(form.values["attached"])]
