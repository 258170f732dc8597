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
from helpdesk.actions import deliveries, relay
from helpdesk.db import Database, house
from helpdesk.models import OutboxMail
from helpdesk.policies import message_ids
from helpdesk.queries import addresses as find
from helpdesk.queries import relay as find_relay
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
    """What is handed to the relay.  `sender` "" is the null reverse-path, `own_sender` what every relay takes from us."""

    sender: str
    own_sender: str
    recipient: str
    raw: bytes
    envelope_id: str | None


def deliver_due(database: Database, transport: Transport, *, now: datetime) -> int:
    """Send what is due at `now`, at most 50 mails over one connection; how many were taken up.

    A mail that cannot be composed or is not wanted holds up no other.  May run in several workers at once.
    """
    if database.house.settings.outgoing == "hold" or rests(database):
        return 0
    worker = worker_name()
    claimed = _claim(database, worker, now)
    if claimed:
        beat = Heartbeat(database, lambda s, until: deliveries.renew(s, worker=worker, until=until), lease=LEASE)
        with beat, transport.connection() as connection:
            for row_id in claimed:
                _deliver(database, connection, row_id, worker, now)
            note(database, connection)
    return len(claimed)


def look(database: Database, transport: Transport) -> None:
    """Log in at the relay and say goodbye: so trouble is told before there is mail to be sent."""
    if not rests(database):
        with transport.connection() as connection:
            connection.open()
            note(database, connection)


def rests(database: Database) -> bool:
    """Whether the relay is left alone, for it refuses our log-in."""
    with database.reading() as session:
        return find_relay.state(session).rests(clock.now())


def note(database: Database, connection: Connection) -> None:
    """Write down how the relay does, as far as this connection has told."""
    with database.transaction() as session:
        if connection.kept_out is not None:
            trouble, refused = connection.kept_out.answer, connection.kept_out.locked_out
            relay.failed(session, trouble, refused=refused, now=clock.now())
        elif connection.opened:
            relay.answered(session, now=clock.now())


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
        result = _offer(database, connection, parcel)
    _record(database, row_id, worker, result, now)


def _offer(database: Database, connection: Connection, parcel: Parcel) -> Result:
    """Hand it to the relay.  One that lets a log-in send as nobody else refuses our report addresses, and the null sender too:
    it gets the mailbox's own address, and where that works it is remembered.  Reports are then told by the Message-ID they quote.
    """
    result = _send(connection, parcel, parcel.sender)
    if not (isinstance(result, Refused) and result.of_sender) or parcel.sender == parcel.own_sender:
        return result
    again = _send(connection, parcel, parcel.own_sender)
    if isinstance(again, Sent):
        with database.transaction() as session:
            relay.insists_on_own_sender(session, result.answer, now=clock.now())
    return again


def _send(connection: Connection, parcel: Parcel, sender: str) -> Result:
    utf8 = needs_smtputf8(parcel.recipient)
    return connection.send(sender, parcel.recipient, parcel.raw, smtputf8=utf8, envelope_id=parcel.envelope_id)


def _parcel(database: Database, row_id: int, worker: str, now: datetime) -> Parcel:
    """The mail as it was composed at its first try.  Raises MustNotLeave, NotAnAddress, LeaseLost."""
    with database.reading() as session:
        row = session.get_one(OutboxMail, row_id)
        if row.lease_by != worker:
            raise LeaseLost
        recipient = deliverable(row.recipient)
        if row.kind != "probe" and find.is_own(session, row.recipient):
            raise MustNotLeave("It is addressed to an address of this desk; it would run in a circle.")
        own = find_relay.own_sender(session)
        sender = own if _takes_no_other(session) else row.report_address.address if row.report_address else ""
        envelope_id = None if row.automatic else message_ids.envelope_id(row.id, row.message_id)
        if row.sha256 is not None:
            return Parcel(sender, own, recipient, blobs.read(session, row.sha256), envelope_id)
        words = draft(session, row, now=now)
    raw = compose(words)
    with database.transaction() as session:
        return Parcel(sender, own, recipient, _keep(session, row_id, worker, raw), envelope_id)


def _takes_no_other(session: Session) -> bool:
    """Whether the operator said, or the relay did, that only the mailbox's own address may be the envelope's sender."""
    return bool(house(session).settings.relay_sender) or find_relay.state(session).wants_own_sender(clock.now())


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
