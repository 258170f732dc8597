"""An address whose withdrawal, replacement or extension is taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.actions import addresses
from helpdesk.actions.cases import NotPermitted
from helpdesk.models import Case, Event, ReplyAddress


def take_back(session: Session, case: Case, event: Event, *, now: datetime) -> dict[str, Any]:
    """An address that was withdrawn, replaced or extended is what it was before.  Raises NotPermitted."""
    row = session.get_one(ReplyAddress, event.after["address"])
    if row.participant is None or row.participant.left_at is not None:
        raise NotPermitted("This cannot be taken back.")
    if event.deed == "address-extended":
        row.expires_at, row.expired_at = (
            addresses.instant(event.before["expires_at"]),
            addresses.instant(event.before.get("expired_at")),
        )
    else:
        for successor in [other for other in row.participant.addresses if other.id > row.id and other.issued_at == event.at]:
            if not addresses.is_unknown(session, successor):
                raise NotPermitted("Something has happened in the case since, so it stays as it is.")
            addresses.forget(session, successor, now=now)
        row.revoked_at = None
    session.flush()
    session.expire(row.participant, ["addresses"])
    return {"participant": row.participant.person.called}
