"""What the bridge notes about its log-ins by OAuth2."""

from __future__ import annotations

from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Installation
from helpdesk.queries import logins as find


def keep_refresh_token(session: Session, name: str, configured: str, fresh: str) -> None:
    """A server gave another refresh token in place of the configured one, which may now be void (RFC 6749 §6).  Kept encrypted."""
    keys = house(session).keys
    value = {"for": keys.digest("token", configured), "token": keys.lock(fresh)}
    session.merge(Installation(name=find.place(name), value=value))


def note_troubles(session: Session, troubles: dict[str, str]) -> None:
    """Which log-ins get no token now; the others are well."""
    if troubles != find.troubles(session):
        session.merge(Installation(name=find.TROUBLES, value=troubles))
