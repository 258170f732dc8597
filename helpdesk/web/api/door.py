"""The way in for machines: a token in the Authorization field (RFC 6750 §2.1).  Cookies mean nothing here, so no form can be forged."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from flask import after_this_request, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug import Response

from helpdesk import clock
from helpdesk.actions import api_tokens
from helpdesk.db import Database
from helpdesk.models import Agent
from helpdesk.web.api import errors

MAX_BODY = 1024 * 1024  # bytes


class TokenDoor:
    """Whose token it is, is asked in the request's own transaction."""

    def check(self) -> None:
        """Take the body in before any transaction is open, so that a slow sender holds no lock.  Raises RequestEntityTooLarge."""
        request.max_content_length = MAX_BODY
        request.get_data()

    def who(self, session: Session) -> Agent | None:
        """The agent whose token came with the request."""
        shown = request.authorization
        if shown is None or shown.type != "bearer" or not shown.token:
            return None
        found = api_tokens.row(session, shown.token)
        if found is None:
            return None
        if found.used_at is None or clock.now() - found.used_at >= api_tokens.USED_EVERY:
            after_this_request(_note_use(found.id))
        return found.agent

    def turn_away(self) -> ResponseReturnValue:
        """401, and how to come in."""
        response = errors.failure(401)
        shown = request.authorization is not None
        response.headers["WWW-Authenticate"] = 'Bearer realm="holdline"' + (', error="invalid_token"' if shown else "")
        return response


def _note_use(token_id: int) -> Callable[[Response], Response]:
    """Write it down in a transaction of its own, for the request's may only read, or may be rolled back."""

    def note(response: Response) -> Response:
        database: Database = current_app.database  # type: ignore[attr-defined]
        with suppress(OperationalError), database.transaction() as session:
            api_tokens.used(session, token_id, now=clock.now())
        return response

    return note
