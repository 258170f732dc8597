"""What runs by the timetable for the bridge: mail goes out, and no row is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from helpdesk import blobs, clock
from helpdesk.actions import canary, files, logins
from helpdesk.actions.jobs import enqueue
from helpdesk.db import Database
from helpdesk.models import InboundMail, Job, OutboxMail
from helpdesk.queries import files as find_files
from helpdesk.queries import relay
from mail import outbound
from mail.scanner import Scans
from mail.tokens import Tokens
from mail.transport import Transport

LOOK_EVERY = timedelta(minutes=4)
FORGOTTEN_AFTER = timedelta(seconds=30)
WAITING = ("queued", "deferred")


def deliver_due(database: Database, transport: Transport) -> None:
    """Send one batch of what is due; where it was full, order the next."""
    if outbound.deliver_due(database, transport, now=clock.now()) == outbound.BATCH:
        with database.transaction() as session:
            _ring(session, clock.now())


def ring_due(database: Database, *, now: datetime) -> bool:
    """Order a delivery where the time of a mail has come; whether there was one."""
    if database.house.settings.outgoing == "hold" or outbound.rests(database):
        return False
    free = or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until <= now)
    due = select(OutboxMail.id).where(OutboxMail.state.in_(WAITING), OutboxMail.due_at <= now, free).limit(1)
    with database.reading() as session:
        if session.scalar(due) is None:
            return False
    with database.transaction() as session:
        _ring(session, now)
    return True


def sweep_forgotten(database: Database, *, now: datetime) -> int:
    """Order the reading of mail that is unsettled and has no job (a worker, or a whole queue, was lost); how many that were."""
    old = select(InboundMail.id).where(InboundMail.settled_at.is_(None), InboundMail.received_at < now - FORGOTTEN_AFTER)
    with database.reading() as session:
        unsettled = set(session.scalars(old))
        if unsettled:
            unsettled -= {
                payload.get("mail")
                for payload in session.scalars(select(Job.payload).where(Job.kind == "mail.process", Job.state != "dead"))
            }
    if unsettled:
        with database.transaction() as session:
            for mail_id in sorted(unsettled):
                enqueue(session, "mail.process", {"mail": mail_id}, now=now, dedupe=f"mail.process {mail_id}")
    return len(unsettled)


def send_probe(database: Database, *, now: datetime) -> None:
    """Let the canary fly, if it is time."""
    if database.house.settings.canary:
        with database.transaction() as session:
            canary.send_due(session, now=now)


def look_at_relay(database: Database, *, now: datetime) -> None:
    """Order a look at a relay that nothing was heard of for some minutes."""
    with database.reading() as session:
        known = relay.state(session)
        quiet = known.heard_at is None or abs(now - known.heard_at) >= LOOK_EVERY
    if quiet and not known.rests(now) and database.house.settings.outgoing == "send":
        with database.transaction() as session:
            enqueue(session, "relay.look", now=now, dedupe="relay.look")


def renew_tokens(database: Database, tokens: Tokens) -> None:
    """Renew the access tokens that are near their end, and note what is wrong: long before mail stops for it."""
    if database.house.settings.oauth:
        troubles = tokens.troubles()
        with database.transaction() as session:
            logins.note_troubles(session, troubles)


def scan_waiting(database: Database, scanner: Scans | None) -> int:
    """Have scanned what the scanner did not answer for; how many files got their answer.  Stops where it is still away."""
    with database.reading() as session:
        waiting = find_files.waiting(session)
    if waiting and scanner is None:
        with database.transaction() as session:
            files.nobody_scans(session)
        return len(waiting)
    for done, sha256 in enumerate(waiting):
        with database.reading() as session:
            content = blobs.read(session, sha256)
        said = scanner.scan(content) if scanner else None
        if said is None or said.state == "waiting":
            return done
        with database.transaction() as session:
            files.scanned(session, sha256, said.state, said.finding, now=clock.now())
    return len(waiting)


def hasten(database: Database, *, at: datetime) -> int:
    """What is due by `at` is due now, in real time: mails, and jobs that were ordered as of then.  How many mails that were.

    Give-up ages count from now at the latest, for they go by the real clock.
    """
    now = clock.now()
    with database.transaction() as session:
        mails = select(OutboxMail).where(OutboxMail.state.in_(WAITING), OutboxMail.due_at > now, OutboxMail.due_at <= at)
        rows = list(session.scalars(mails))
        for row in rows:
            row.due_at, row.created_at = now, min(row.created_at, now)
        for job in session.scalars(select(Job).where(Job.state == "ready", Job.run_at > now, Job.run_at <= at)):
            job.run_at = now
    ring_due(database, now=now)
    return len(rows)


def _ring(session: Session, now: datetime) -> None:
    enqueue(session, "outbox.deliver", now=now, dedupe="outbox.deliver")
