"""The supervisor's reports as files: CSV, XLSX and PDF, as the pages give them; that one was fetched is on the record."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk.reports.files import Ending
from helpdesk.web.access import needs
from helpdesk.web.api.reports import SCOPE, named, scope_of
from helpdesk.web.reports.downloads import answer

bp = Blueprint("report_files", __name__, url_prefix="/reports")


@bp.get("/<report>.csv")
@needs("report.read")
def as_csv(report: str) -> ResponseReturnValue:
    """A line for each figure."""
    return _file(report, "csv")


@bp.get("/<report>.xlsx")
@needs("report.read")
def as_xlsx(report: str) -> ResponseReturnValue:
    """A sheet for each part."""
    return _file(report, "xlsx")


@bp.get("/<report>.pdf")
@needs("report.read")
def as_pdf(report: str) -> ResponseReturnValue:
    """A document that can be read aloud."""
    return _file(report, "pdf")


def _file(report: str, ending: Ending) -> ResponseReturnValue:
    name = named(report)
    return answer(name, scope_of(name, SCOPE), ending)
