"""That the audit log was taken out of the house is itself a deed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions.events import record
from helpdesk.models import Agent


def exported(session: Session, rows: int, asked: dict[str, object], *, agent: Agent, now: datetime) -> None:
    """Somebody saved so many rows of the audit log, which were asked for so."""
    record(session, "audit-exported", now=now, agent=agent, thing="audit", after={"rows": rows, **asked})
