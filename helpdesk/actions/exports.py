"""A case that was taken out of the house: who did it, and what it was."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions.events import record
from helpdesk.models import Agent, Case


def saved_as_pdf(session: Session, case: Case, document: bytes, *, agent: Agent, now: datetime) -> None:
    """Write down that somebody has the case as a PDF; by its digest a copy can be told from another."""
    after = {"format": "pdf", "sha256": hashlib.sha256(document).hexdigest(), "size": len(document)}
    record(session, "exported", now=now, agent=agent, case=case, after=after)


def saved_report(session: Session, name: str, format: str, asked: dict[str, str], *, agent: Agent, now: datetime) -> None:  # noqa: A002
    """Write down that somebody has these figures as a file."""
    record(session, "report-saved", now=now, agent=agent, thing=f"report {name}", after={"format": format, **asked})
