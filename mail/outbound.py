"""The way out, top to bottom.

action   a row in the outbox, in the transaction of the deed
worker   claim what is due · compose each mail once and keep its bytes · send, no transaction open · record
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

import structlog
from sqlalchemy.orm import Session

from helpdesk import blobs, clock
from helpdesk.actions import deliveries
from helpdesk.db import Database
from helpdesk.models import OutboxMail
from helpdesk.queries import addresses as find
from helpdesk.runner import Heartbeat, worker_name
from mail.compose import NotAnAddress, compose, deliverable, needs_smtputf8
from mail.drafts import draft
from mail.transport import Connection, Deferred, Refused, Result, Sent, Transport

log = structlog.get_logger()

BATCH = 50
LEASE = timedelta(seconds=60)  # of a sender that was killed; a living one renews it


class MustNotLeave(Exception):
    """This mail may never be sent.  `str()` is a sentence for people."""


class LeaseLost(Exception):
    """Another worker sends this mail now."""


@dataclass(frozen=True)
class Parcel:
    """What is handed to the relay.  `sender` "" is the null reverse-path."""

    sender: str
    recipient: str
    raw: bytes
    envelope_id: str | None


def deliver_due(database: Database, transport: Transport, *, now: datetime) -> int:
    """Send what is due at `now`, at most 50 mails over one connection; how many were taken up.

    A mail that cannot be composed or is not wanted holds up no other.  May run in several workers at once.
    """
    if database.house.settings.outgoing == "hold":
        return 0
    worker = worker_name()
    claimed = _claim(database, worker, now)
    if claimed:
        beat = Heartbeat(database, lambda s, until: deliveries.renew(s, worker=worker, until=until), lease=LEASE)
        with beat, transport.connection() as connection:
            for row_id in claimed:
                _deliver(database, connection, row_id, worker, now)
    return len(claimed)


def _claim(database: Database, worker: str, now: datetime) -> list[int]:
    with database.transaction() as session:
        rows = deliveries.claim_due(session, now=now, real_now=clock.now(), worker=worker, lease=LEASE, limit=BATCH)
        return [row.id for row in rows]


def _deliver(database: Database, connection: Connection, row_id: int, worker: str, now: datetime) -> None:
    result: Result
    try:
        parcel = _parcel(database, row_id, worker, now)
    except LeaseLost:
        return
    except (MustNotLeave, NotAnAddress) as error:
        result = Refused(str(error))
    except Exception as error:
        # The text of an error can hold a customer's words: only its kind is logged and kept (P6).
        log.error("mail not composed", outbox=row_id, error=type(error).__name__)
        result = Deferred(f"It could not be composed ({type(error).__name__}).")
    else:
        utf8 = needs_smtputf8(parcel.recipient)
        result = connection.send(parcel.sender, parcel.recipient, parcel.raw, smtputf8=utf8, envelope_id=parcel.envelope_id)
    _record(database, row_id, worker, result, now)


def _parcel(database: Database, row_id: int, worker: str, now: datetime) -> Parcel:
    """The mail as it was composed at its first try.  Raises MustNotLeave, NotAnAddress, LeaseLost."""
    with database.reading() as session:
        row = session.get_one(OutboxMail, row_id)
        if row.lease_by != worker:
            raise LeaseLost
        recipient = deliverable(row.recipient)
        if find.is_own(session, row.recipient):
            raise MustNotLeave("It is addressed to an address of this desk; it would run in a circle.")
        sender = row.report_address.address if row.report_address else ""
        envelope_id = None if row.automatic else str(row.id)
        if row.sha256 is not None:
            return Parcel(sender, recipient, blobs.read(session, row.sha256), envelope_id)
        words = draft(session, row, now=now)
    raw = compose(words)
    with database.transaction() as session:
        return Parcel(sender, recipient, _keep(session, row_id, worker, raw), envelope_id)


def _keep(session: Session, row_id: int, worker: str, raw: bytes) -> bytes:
    """Keep what was composed, so that every try sends the same bytes, also after an upgrade."""
    row = deliveries.held(session, row_id, worker=worker)
    if row is None:
        raise LeaseLost
    if "token" not in row.words:  # a password's link is not left lying about; that mail is composed anew for each try
        row.sha256 = blobs.keep(session, raw)
    return raw


def _record(database: Database, row_id: int, worker: str, result: Result, now: datetime) -> None:
    with database.transaction() as session:
        row = deliveries.held(session, row_id, worker=worker)
        if row is None:
            log.warning("lease lost while sending", outbox=row_id)
            return
        match result:
            case Sent(answer):
                deliveries.sent(session, row, answer, now=clock.now())
            case Refused(answer):
                deliveries.failed(session, row, answer, now=clock.now())
            case Deferred(answer):
                row.maybe_twice = row.maybe_twice or result.unsure
                # What was not even offered is due a moment before what broke the connection, and is so offered first.
                deliveries.deferred(session, row, answer, now=now if result.untried else clock.now())
            case _:
                assert_never(result)
        log.info("mail offered", outbox=row_id, state=row.state)
