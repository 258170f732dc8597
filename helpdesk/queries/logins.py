"""Log-ins by OAuth2 at other people's servers: what we remember of them, and which are in trouble."""

from __future__ import annotations

from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Installation

TROUBLES = "log-ins"


def refresh_token(session: Session, name: str, configured: str) -> str | None:
    """The refresh token that a server gave in place of the configured one; None where there is none, or another was configured since."""
    row = session.get(Installation, place(name))
    keys = house(session).keys
    if row is None or row.value["for"] != keys.digest("token", configured):
        return None
    try:
        return keys.unlock(row.value["token"])
    except ValueError:
        return None


def troubles(session: Session) -> dict[str, str]:
    """A sentence for each log-in that gets no token."""
    row = session.get(Installation, TROUBLES)
    return dict(row.value) if row else {}


def place(name: str) -> str:
    """Under which name a log-in's refresh token is remembered."""
    return f"oauth {name}"
