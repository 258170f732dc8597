"""What the bridge notes about the relay."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from helpdesk.actions.events import record
from helpdesk.models import Installation
from helpdesk.policies import relay as policy
from helpdesk.queries import relay as find
from helpdesk.queries.relay import Relay

HEARD_EVERY = timedelta(minutes=1)  # so often at most it is written down that all is well


def answered(session: Session, *, now: datetime) -> None:
    """It took our log-in."""
    known = find.state(session)
    if known.trouble is None and known.heard_at is not None and abs(now - known.heard_at) < HEARD_EVERY:
        return
    _keep(session, replace(known, trouble=None, since=None, refusals=0, not_before=None, heard_at=now))


def failed(session: Session, trouble: str, *, refused: bool, now: datetime) -> None:
    """It could not be talked to.  `refused`: it does not take our log-in, and is left alone for a while."""
    known = find.state(session)
    refusals = known.refusals + 1 if refused else 0
    not_before = now + policy.pause(refusals) if refused else None
    since = known.since if known.trouble else now
    _keep(session, replace(known, trouble=trouble[:500], since=since, refusals=refusals, not_before=not_before))


def insists_on_own_sender(session: Session, answer: str, *, now: datetime) -> None:
    """It refused an envelope sender that is not the mailbox's own: from now on it gets that."""
    known = find.state(session)
    _keep(session, replace(known, own_sender=answer[:500], own_sender_since=now))
    if not known.wants_own_sender(now):
        record(
            session, "relay-sender", now=now, thing="relay", after={"sender": find.own_sender(session), "answer": answer[:500]}
        )


def _keep(session: Session, relay: Relay) -> None:
    value = {name: said.isoformat() if isinstance(said, datetime) else said for name, said in asdict(relay).items()}
    session.merge(Installation(name=find.NAME, value={"for": find.which(session), **value}))
