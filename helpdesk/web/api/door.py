"""The way in for machines: a token in the Authorization field (RFC 6750 §2.1).  Cookies mean nothing here, so no form can be forged."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from helpdesk.actions import agents
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
        return agents.agent_of_token(session, shown.token)

    def turn_away(self) -> ResponseReturnValue:
        """401, and how to come in."""
        response = errors.failure(401)
        shown = request.authorization is not None
        response.headers["WWW-Authenticate"] = 'Bearer realm="holdline"' + (', error="invalid_token"' if shown else "")
        return response
