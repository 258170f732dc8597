"""Attachments, as bytes to be saved: nothing that a stranger sent is ever shown from here."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug import Response

from helpdesk import blobs
from helpdesk.policies.files import clean_name, may_be_saved
from helpdesk.queries import cases as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.api.errors import Refused
from helpdesk.web.files import SANDBOX, disposition

bp = Blueprint("files", __name__, url_prefix="/attachments")


@bp.get("/<int:attachment_id>")
@needs("case.read")
def download(attachment_id: int) -> ResponseReturnValue:
    """The bytes of an attachment, under its name."""
    found = find.attachment(session(), attachment_id, agent())
    if found is None:
        raise Refused(404, f"There is no attachment {attachment_id}.")
    if not may_be_saved(found.scan, released=found.released_by_id is not None):
        why = f"A scanner found {found.finding} in it." if found.scan == "found" else "It has not been scanned yet."
        raise Refused(403, f"This attachment is held back. {why}")
    try:
        response = Response(blobs.read(session(), found.sha256), mimetype="application/octet-stream")
    except (KeyError, blobs.Damaged):
        raise Refused(500, "What is stored of this attachment is damaged. The operator should run: holdline fsck.") from None
    response.headers["Content-Disposition"] = disposition("attachment", clean_name(found.name))
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
