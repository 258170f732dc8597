"""A report as a file: CSV, XLSX or PDF, with the same numbers as on its page."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from helpdesk.reports import asked, files
from helpdesk.reports.words.shapes import Said
from helpdesk.web.access import needs
from helpdesk.web.files import disposition
from helpdesk.web.reports import asking

bp = Blueprint("report_files", __name__, url_prefix="/reports")


@bp.get("/<report>.csv")
@needs("report.read")
def as_csv(report: str) -> ResponseReturnValue:
    return _file(report, "csv")


@bp.get("/<report>.xlsx")
@needs("report.read")
def as_xlsx(report: str) -> ResponseReturnValue:
    return _file(report, "xlsx")


@bp.get("/<report>.pdf")
@needs("report.read")
def as_pdf(report: str) -> ResponseReturnValue:
    return _file(report, "pdf")


def _file(report: str, ending: files.Ending) -> Response:
    name = asking.named(report)
    try:
        scope = asking.scope_of(name)
    except asked.NotAPeriod:
        abort(404)
    return answer(asking.collected(name, scope), ending)


def answer(said: Said, ending: files.Ending) -> Response:
    """The file, to be saved under a name that says what it is of."""
    response = Response(files.file(said, ending), content_type=files.TYPES[ending])
    response.headers["Content-Disposition"] = disposition("attachment", files.name(said, ending))
    response.headers["Cache-Control"] = "no-store"
    return response
