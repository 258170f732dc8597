"""The canary: send a probe, note that it came back, forget the old ones."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from helpdesk.actions import addresses, outbox
from helpdesk.blobs import Blob
from helpdesk.db import house
from helpdesk.models import Arrival, Attachment, InboundMail, Installation, OutboxMail, ProbeTrip, WaitingFile
from helpdesk.policies import canary as policy
from helpdesk.queries import canary as find
from helpdesk.queries.canary import PROBE, Canary


def send_due(session: Session, *, now: datetime) -> bool:
    """Have a probe leave, if it is time; whether one does.  One that could not leave yet makes room: it would tell old news."""
    settings = house(session).settings
    session.get(Installation, find.NAME, with_for_update=True)  # of two timetables one sends
    known = find.state(session)
    if settings.outgoing == "hold" or not policy.is_due(known.sent_at, now, settings.canary):
        return False
    for row in find.unsent(session, now):
        _strike(session, row)
    _forget_old(session, now)
    address = find.address(session) or addresses.issue_probe(session, now=now)
    outbox.queue_probe(session, address, now=now)
    session.add(ProbeTrip(sent_at=now))
    began_at = now if policy.begins_anew(known.sent_at, now, settings.canary) else known.began_at
    _keep(session, replace(known, began_at=began_at, sent_at=now))
    return True


def came_back(session: Session, row: OutboxMail, *, at: datetime) -> None:
    """A probe came back, received at that instant.  A copy of one that did already, or of an older one, is no news."""
    known, trip = find.state(session), session.get(ProbeTrip, row.created_at)
    if trip is not None and trip.back_at is None:
        trip.back_at = max(at, trip.sent_at)
    if known.back is None or row.created_at > known.back:
        _keep(session, replace(known, back=row.created_at, took=max(at - row.created_at, timedelta())))


def _forget_old(session: Session, now: datetime) -> None:
    """Probes are for the day: a few rows stay.  What came by IMAP stays too, for its row is how we know it when we see it again."""
    session.execute(delete(ProbeTrip).where(ProbeTrip.sent_at < now - policy.TOLD))
    limit = now - policy.KEPT
    for row in session.scalars(select(OutboxMail).where(OutboxMail.kind == PROBE, OutboxMail.created_at < limit)):
        _strike(session, row)
    address = find.address(session)
    if address is None:
        return
    ours = select(InboundMail).join(Arrival).where(Arrival.recipient == address.address, Arrival.outcome == "report")
    old = ours.where(InboundMail.settled_at < limit, InboundMail.mailbox_id.is_(None))
    for mail in session.scalars(old.limit(1000)).unique():
        if len(mail.arrivals) == 1:
            session.delete(mail.arrivals[0])
            session.flush()
            session.delete(mail)
            session.flush()
            _strike_blob(session, mail.sha256)


def _strike(session: Session, row: OutboxMail) -> None:
    digest = row.sha256
    session.delete(row)
    session.flush()
    if digest is not None:
        _strike_blob(session, digest)


def _strike_blob(session: Session, digest: str) -> None:
    """The bytes, where nothing else refers to them."""
    columns = (InboundMail.sha256, OutboxMail.sha256, Attachment.sha256, WaitingFile.sha256)
    if not any(session.scalar(select(exists().where(column == digest))) for column in columns):
        session.execute(delete(Blob).where(Blob.sha256 == digest))


def _keep(session: Session, canary: Canary) -> None:
    value = {name: said.isoformat() if isinstance(said, datetime) else said for name, said in asdict(canary).items()}
    value["took"] = canary.took.total_seconds() if canary.took is not None else None
    session.merge(Installation(name=find.NAME, value=value))
