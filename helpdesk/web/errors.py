"""When a page cannot be shown: a calm sentence, and a code that can be read out on the phone and found in the log."""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Callable

import structlog
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from helpdesk import clock
from helpdesk.web.access import Forged
from helpdesk.web.api import errors as api_errors
from helpdesk.web.language import gettext as _

log = structlog.get_logger()

_SAYABLE = "ABCDEFGHJKMNPRSTUVWXYZ23456789"  # nothing that sounds or looks like another


class Damaged(HTTPException):
    """What is stored is no longer what came (D28)."""

    code = 500


def install(app: Flask, recognise: Callable[[], None]) -> None:
    """Answer every failure by a page, under /api/ by JSON.  `recognise` finds out who reads a page that no view has served."""

    def refused(error: HTTPException) -> ResponseReturnValue:
        if not _is_api():
            recognise()
        return _refused(error)

    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(Exception, _failed)


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _refused(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if _is_api():
        return api_errors.answer(error)
    title, sentence = _words(error)
    page = render_template("errors/page.html", title=title, sentence=sentence, code=None)
    headers = {"Allow": ", ".join(sorted(error.valid_methods or ()))} if error.code == 405 else {}  # type: ignore[attr-defined]
    return page, error.code, headers


def _failed(error: Exception) -> ResponseReturnValue:
    """Our fault.  The text of an exception can hold a customer's words or a secret: only its kind and place are logged (P6)."""
    code = "".join(secrets.choice(_SAYABLE) for _n in range(4))
    frame = (traceback.extract_tb(error.__traceback__) or [None])[-1]
    place = f"{frame.name}:{frame.lineno}" if frame else ""
    log.error("page failed", code=code, error=type(error).__name__, place=place, endpoint=request.endpoint)
    status = 503 if isinstance(error, OperationalError) else 500
    if _is_api():
        return api_errors.failure(status, f"That is our fault. Mention {code} to the operator; it is in the log.")
    title = _("That didn’t work, and it’s our fault.")
    sentence = _("Everything saved before is safe. Please try again in a moment.")
    return render_template("errors/page.html", title=title, sentence=sentence, code=code, at=clock.now()), status


def _words(error: HTTPException) -> tuple[str, str]:
    if isinstance(error, Forged):
        return _("This form is no longer valid."), _("Nothing was changed. Go back, reload the page and try again.")
    if isinstance(error, Damaged):
        return _("This file is damaged."), _(
            "What is stored is no longer what came. An operator can bring it back from a backup."
        )
    if error.code == 404:
        return _("There is nothing here."), _("The page was moved, or it is not for you to see.")
    if error.code == 413:
        return _("That is too much at once."), _(
            "Nothing was sent. Go back: your text is still there. Files may be 30 MB together."
        )
    return _("That cannot be done."), _("Nothing was changed. Go back and try again.")
