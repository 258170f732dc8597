"""A report as a file: CSV, XLSX or PDF, with the same numbers as on its page; that it was saved is on the record."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import exports
from helpdesk.db import Database
from helpdesk.models import Agent
from helpdesk.reports import asked, files
from helpdesk.reports.report import Name, Scope
from helpdesk.web.access import agent, needs, only_reads
from helpdesk.web.files import disposition
from helpdesk.web.reports import asking

bp = Blueprint("report_files", __name__, url_prefix="/reports")


@bp.post("/<report>/export")
@needs("report.read")
@only_reads
def export(report: str) -> ResponseReturnValue:
    """The file, to be saved."""
    ending, name = request.form.get("ending", ""), asking.named(report)
    if ending not in files.TYPES:
        abort(404)
    try:
        scope = asking.scope_of(name)
    except asked.NotAPeriod:
        abort(404)
    return answer(name, scope, ending)


def answer(name: Name, scope: Scope, ending: files.Ending) -> Response:
    """The report as a file, under a name that says what it is of."""
    said = asking.collected(name, scope)
    content = files.file(said, ending)
    _note(name, scope, ending)
    response = Response(content, content_type=files.TYPES[ending])
    response.headers["Content-Disposition"] = disposition("attachment", files.name(said, ending))
    response.headers["Cache-Control"] = "no-store"
    return response


def _note(name: Name, scope: Scope, ending: str) -> None:
    """In a transaction of its own, which does not wait for the report to be collected and set."""
    database: Database = current_app.database  # type: ignore[attr-defined]
    with database.transaction() as writing:
        theirs = writing.get_one(Agent, agent().id)
        exports.saved_report(writing, name, ending, asked.words_of(scope), agent=theirs, now=clock.now())
