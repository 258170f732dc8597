"""API tokens: what a program shows in place of its agent's log-in."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from helpdesk.actions.events import record
from helpdesk.db import house
from helpdesk.models import Agent, ApiToken

USED_EVERY = timedelta(hours=1)  # how exactly «last used» is kept: a write a request would be too many


def create(session: Session, agent: Agent, *, now: datetime) -> str:
    """A new API token; this is the only time that anybody sees it."""
    token = "hl_" + secrets.token_urlsafe(32)
    made = ApiToken(digest=house(session).keys.digest("token", token), agent_id=agent.id, created_at=now)
    session.add(made)
    session.flush()
    record(session, "token-created", now=now, agent=agent, thing=f"token {made.id}")
    return token


def revoke(session: Session, token: ApiToken, *, by: Agent, now: datetime) -> None:
    """This token opens nothing any more; a second time changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = now
        record(session, "token-revoked", now=now, agent=by, thing=f"token {token.id}")


def row(session: Session, token: str) -> ApiToken | None:
    """The row of an API token, if it still opens something."""
    query = select(ApiToken).where(ApiToken.digest == house(session).keys.digest("token", token), ApiToken.revoked_at.is_(None))
    found = session.scalar(query.options(joinedload(ApiToken.agent)))
    return found if found and found.agent.active else None


def agent_of(session: Session, token: str) -> Agent | None:
    """Whose API token this is."""
    found = row(session, token)
    return found.agent if found else None


def used(session: Session, token_id: int, *, now: datetime) -> None:
    """Write down that a token is in use."""
    session.get_one(ApiToken, token_id).used_at = now
