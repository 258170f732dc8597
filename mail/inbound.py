"""The way in, top to bottom.

door     keep: raw bytes and envelope, one durable commit, then 250; nothing is parsed before it
worker   process: read the bytes in a child process, decide, carry out, settle
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import blobs
from helpdesk.actions.jobs import enqueue
from helpdesk.db import Database
from helpdesk.models import Arrival, InboundMail
from mail.letter import Envelope, Receipt


@dataclass(frozen=True)
class Parcel:
    """What a door hands over."""

    raw: bytes
    envelope: Envelope


def accept(database: Database, parcels: Sequence[Parcel]) -> list[Receipt]:
    """Keep these mails, durably, in one commit (so that many connections share one fsync).  Only then may a door say yes.

    Raises whatever the database raises; then none of them is kept, and the door says 451.
    """
    with database.transaction() as session:
        return [_keep(session, parcel.raw, parcel.envelope) for parcel in parcels]


def _keep(session: Session, raw: bytes, envelope: Envelope) -> Receipt:
    known = _fetched_before(session, envelope)
    if known is not None:
        return Receipt(known, known=True)
    mail = InboundMail(
        door=envelope.door,
        peer=envelope.peer,
        sender=envelope.sender,
        received_at=envelope.received_at,
        sent_at=envelope.sent_at,
        quiet=envelope.quiet,
        sha256=blobs.keep(session, raw),
        size=len(raw),
        mailbox_id=envelope.mailbox_id,
        uidvalidity=envelope.uidvalidity,
        uid=envelope.uid,
    )
    mail.arrivals = [Arrival(recipient=recipient) for recipient in dict.fromkeys(envelope.recipients)]
    session.add(mail)
    session.flush()
    enqueue(session, "mail.process", {"mail": mail.id}, now=envelope.received_at)
    return Receipt(mail.id)


def _fetched_before(session: Session, envelope: Envelope) -> int | None:
    """IMAP's key is a cursor: the same message of the same mailbox is kept once."""
    if envelope.mailbox_id is None:
        return None
    return session.scalar(
        select(InboundMail.id).where(
            InboundMail.mailbox_id == envelope.mailbox_id,
            InboundMail.uidvalidity == envelope.uidvalidity,
            InboundMail.uid == envelope.uid,
        )
    )
