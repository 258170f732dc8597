"""Every failure as {"error": {"code", "message"}}.  What a library would say of itself is not passed on."""

from __future__ import annotations

from flask import Blueprint, jsonify
from werkzeug import Response
from werkzeug.exceptions import HTTPException

from helpdesk.actions.addresses import CannotChange
from helpdesk.actions.cases import NotPermitted, Unsettled
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries import EmptyText
from helpdesk.actions.post import NothingToDo
from helpdesk.actions.recall import TooLate

CODES = {
    400: ("bad_request", "This request cannot be understood."),
    401: ("unauthorized", "Send “Authorization: Bearer TOKEN” with a token that works."),
    404: ("not_found", "There is nothing here, or it is not for you to see."),
    405: ("method_not_allowed", "This address does not take that method."),
    409: ("conflict", "As things stand, this cannot be done."),
    413: ("too_large", "The body is too large."),
    415: ("unsupported_media_type", "Send application/json."),
    422: ("unusable", "One of these values cannot be."),
    500: ("fault", "That is our fault."),
    503: ("unavailable", "The database does not answer."),
}


class Refused(HTTPException):
    """A request that is answered with this status and this sentence; `field` names the culprit."""

    def __init__(self, status: int, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.field = status, sentence, field


def install(bp: Blueprint) -> None:
    """Say what actions refuse in terms of HTTP; their transaction is rolled back by then."""
    bp.register_error_handler(HTTPException, answer)
    bp.register_error_handler(NotUsable, lambda error: failure(422, str(error), field=error.field))
    bp.register_error_handler(EmptyText, lambda _error: failure(422, "There are no words in it.", field="text"))
    bp.register_error_handler(Unsettled, lambda error: failure(422, str(error), field=error.missing[0]))
    bp.register_error_handler(TooLate, lambda _error: failure(409, "It is too late: this mail is leaving, or has left."))
    for conflict in (NotPermitted, CannotChange, NothingToDo):
        bp.register_error_handler(conflict, lambda error: failure(409, str(error)))


def answer(error: HTTPException) -> Response:
    """The JSON of an HTTP failure, with the header fields that belong to it (Allow, WWW-Authenticate)."""
    if error.code is None or error.code < 400:
        return error.get_response()
    sentence = error.sentence if isinstance(error, Refused) else ""
    response = failure(error.code, sentence, field=getattr(error, "field", ""))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def failure(status: int, sentence: str = "", *, field: str = "") -> Response:
    """A failure under its status, in our words where none are given."""
    code, plain = CODES.get(status, ("error", "This cannot be done."))
    error = {"code": code, "message": sentence or plain, **({"field": field} if field else {})}
    response = jsonify(error=error)
    response.status_code = status
    return response
