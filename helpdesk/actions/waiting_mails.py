"""Mails of escalations that wait for working time: they leave by the hours of whoever has the case then, or are needed no more.

When one leaves is the sweep's to say (actions.telling), which asks for those hours; here it is only told to look.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.models import Escalation, EscalationTelling


def look_anew(session: Session, numbers: Collection[int], *, now: datetime) -> None:
    """By other hours than before, by which what waits in these cases may leave sooner: the next sweep looks."""
    open_ones = select(Escalation.id).where(Escalation.case_number.in_(numbers), Escalation.closed_at.is_(None))
    waiting = (EscalationTelling.mail_at > now, EscalationTelling.escalation_id.in_(open_ones))
    change = update(EscalationTelling).where(*waiting).values(mail_at=now)
    session.execute(change.execution_options(synchronize_session=False))


def drop(session: Session, row: Escalation) -> None:
    """No mail about it that waits leaves."""
    waiting = (EscalationTelling.escalation_id == row.id, EscalationTelling.mail_at.is_not(None))
    session.execute(update(EscalationTelling).where(*waiting).values(mail_at=None, how="dropped"))


def bring_back(session: Session, row: Escalation, *, now: datetime) -> None:
    """It is not over after all: what was dropped waits again."""
    dropped = (EscalationTelling.escalation_id == row.id, EscalationTelling.how == "dropped")
    session.execute(update(EscalationTelling).where(*dropped).values(mail_at=now, how="web"))
