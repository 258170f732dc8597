"""Asking somebody outside for advice, beside the conversation with the customer."""

from __future__ import annotations

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import consultations
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries import EmptyText, Upload
from helpdesk.models import Attachment, Case, Consultation, Entry
from helpdesk.policies.files import clean_name
from helpdesk.queries import cases as find_cases
from helpdesk.queries import consultations as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.cases import beside, page
from helpdesk.web.forms import Form, said
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

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
            uploads=_uploads(),
            agent=agent(),
            now=clock.now(),
        )
    except (NotUsable, EmptyText, NotPermitted) as refusal:
        return _again(case, form, refusal)
    return done(_("Asked: %(name)s. The customer sees nothing of it.", name=row.called), f"/cases/{number}#side-{row.id}")


@bp.post("/<int:consultation_id>")
@needs("case.consult")
def write(number: int, consultation_id: int) -> ResponseReturnValue:
    """Write to them again."""
    case, form = page.the_case(number), Form.posted("text", "files", lists=("along", "attached"))
    row = _row(case, consultation_id)
    try:
        along, files = _entries(case, form), _files(case, form)
        consultations.write(
            session(), row, form.values["text"], along=along, files=files, uploads=_uploads(), agent=agent(), now=clock.now()
        )
    except (EmptyText, NotPermitted) as refusal:
        return _again(case, form, refusal, row)
    return done(_("Sent to %(name)s. The customer sees nothing of it.", name=row.called), f"/cases/{number}#side-{row.id}")


@bp.post("/<int:consultation_id>/close")
@needs("case.consult")
def close(number: int, consultation_id: int) -> ResponseReturnValue:
    """We have what we asked for."""
    case = page.the_case(number)
    consultations.close(session(), _row(case, consultation_id), agent=agent(), now=clock.now())
    return done(_("The consultation is closed. Late answers still arrive for a while."), f"/cases/{number}")


def _again(case: Case, form: Form, refusal: Exception, row: Consultation | None = None) -> ResponseReturnValue:
    """The page with what was typed, and why it cannot stay so."""
    problem = None
    if isinstance(refusal, NotUsable):
        form.refused(refusal)
    elif isinstance(refusal, NotPermitted):
        problem = said(refusal)
    else:
        form.refuse("text", _("There is nothing in it yet."))
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


def _uploads() -> list[Upload]:
    chosen = [file for file in request.files.getlist("files") if file.filename]
    return [Upload(clean_name(file.filename or ""), file.mimetype or "application/octet-stream", file.read()) for file in chosen]
