"""The way in, top to bottom.

door     keep: raw bytes and envelope, one durable commit, then 250; nothing is parsed before it
worker   process: read the bytes in a child process, decide, carry out, settle
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, assert_never

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk import blobs, clock
from helpdesk.actions import canary, post
from helpdesk.actions.jobs import enqueue
from helpdesk.db import Database
from helpdesk.models import Arrival, InboundMail, OutboxMail
from helpdesk.policies import verification
from helpdesk.present.html import sanitise
from helpdesk.queries import addresses
from mail import at_doors, filing, forms
from mail.letter import (
    Decision,
    Duplicate,
    Envelope,
    FileAutomatic,
    FollowUp,
    Hold,
    JoinCase,
    JoinConsultation,
    Late,
    Letter,
    OpenCase,
    ProbeHome,
    Receipt,
    Refuse,
    ReportHome,
    Unreadable,
    outcome,
)
from mail.recipients import CaseDoor, SideDoor, classify
from mail.recognise import recognise
from mail.route import decide
from mail.scanner import Scans, scanned
from mail.signatures import Prover
from mail.trust import Proof

DEATHS = 3  # of a reader at one mail, before it is set aside
STARTS = 20  # without anybody seeing their end: a process is killed for many reasons, and the mail is seldom one of them


class Reads(Protocol):
    """Whoever turns bytes into a Letter; raises Unreadable."""

    def read(self, raw: bytes) -> Letter: ...


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


def process(database: Database, reader: Reads, mail_id: int, scanner: Scans | None = None, prover: Prover | None = None) -> None:
    """Read one mail and give each of its recipients an outcome.  May run twice: what is settled stays so.

    A mail that kills its reader three times, or this whole process time and again, is held as unreadable, its bytes kept
    (D11).  Other faults are ours and are raised: the job is tried again, as often as it takes.
    """
    raw = _begin(database, mail_id)
    if raw is None:
        return
    try:
        letter = reader.read(raw)
    except Unreadable as error:
        _note_trouble(database, mail_id, str(error), its_fault=True)
        raise
    # A hostile page takes a second to be made harmless: that is done before any transaction is open.
    letter = replace(letter, html=sanitise(letter.html) if letter.html else None)
    letter = scanned(letter, scanner)
    proof = None
    if database.house.settings.dkim == "verify":
        proof = (prover or Prover()).prove(raw, letter, clock.now())
    try:
        _decide(database, mail_id, letter, proof)
    except Exception as error:
        _note_trouble(database, mail_id, type(error).__name__, its_fault=False)
        raise


def _decide(database: Database, mail_id: int, letter: Letter, proof: Proof | None) -> None:
    for attempt in (1, 2, 3):
        try:
            with database.transaction() as session:
                _decide_and_settle(session, mail_id, letter, proof, clock.now())
            return
        except IntegrityError:
            # Another worker filed the same mail, or met the same person, at this moment: look again (D13).
            if attempt == 3:
                raise


def _begin(database: Database, mail_id: int) -> bytes | None:
    """The bytes to be read; None where there is nothing to do (any more)."""
    with database.transaction() as session:
        mail = session.get(InboundMail, mail_id)
        if mail is None or mail.settled_at is not None:
            return None
        if mail.reader_deaths >= DEATHS:
            trouble = mail.trouble
        elif mail.attempts >= STARTS:
            trouble = "reading it was begun twenty times and never ended"
        else:
            mail.attempts += 1
            try:
                return blobs.read(session, mail.sha256)
            except blobs.Damaged:
                trouble = "what is stored is no longer what came"
        for arrival in mail.arrivals:
            if arrival.outcome is None:
                post.settle(session, arrival, "held", f"It could not be read: {trouble}.", now=clock.now())
        return None


def _note_trouble(database: Database, mail_id: int, trouble: str, *, its_fault: bool) -> None:
    """Write down what went wrong.  A try that failed by a fault of ours does not count against the mail."""
    with database.transaction() as session:
        mail = session.get(InboundMail, mail_id)
        if mail is not None:
            mail.trouble = trouble
            mail.attempts -= 1
            mail.reader_deaths += its_fault


def _decide_and_settle(session: Session, mail_id: int, read: Letter, proof: Proof | None, now: datetime) -> None:
    mail = session.get(InboundMail, mail_id, with_for_update=True)
    if mail is None or mail.settled_at is not None:
        return
    addresses.look_desks_up_once(session)
    envelope = _envelope(mail)
    recognised = recognise(session, read, envelope, proof)
    for arrival in _case_doors_first(session, mail, now):
        letter = forms.by_its_writer(session, recognised, envelope, arrival, now)
        arrival.shown_from = letter.authors[0].address or letter.authors[0].name if letter.authors else mail.sender
        arrival.shown_subject = (verification.masked(letter.subject) if filing.asks_for_proof(letter) else letter.subject)[:200]
        decision = decide(session, letter, envelope, arrival, now)
        came = at_doors.knock(session, letter, envelope, arrival, decision, now)
        case, entry, decision = carry_out(session, letter, decision, envelope, mail, now)
        if arrival.released and case and not isinstance(decision, Duplicate):
            post.let_in(session, arrival, filing.case_for_change(session, case), now=now)
        post.settle(session, arrival, outcome(decision), decision.reason, now=now, case=case, entry=entry)
        if came is not None:
            at_doors.note(session, came, arrival, now)
        if entry is not None:
            post.settle_copies(session, arrival, now=now)


def carry_out(
    session: Session, letter: Letter, decision: Decision, envelope: Envelope, mail: InboundMail, now: datetime
) -> tuple[int | None, int | None, Decision]:
    """Do what was decided: (case, entry, decision), the decision a Duplicate where the words were filed before."""
    match decision:
        case JoinCase() | FileAutomatic():
            case = filing.case_for_change(session, decision.case_number)
            known = filing.filed_before(session, letter, envelope, decision)
            entry = known or filing.file(session, case, letter, envelope, mail, decision, now)
        case JoinConsultation():
            case = filing.case_for_change(session, decision.case_number)
            known = filing.filed_before(session, letter, envelope, decision)
            entry = known or filing.file_beside(session, case, letter, envelope, mail, decision, now)
        case OpenCase() | FollowUp():
            known = filing.filed_before(session, letter, envelope, decision)
            entry = known or filing.open_case(session, letter, envelope, mail, decision, now)
        case ReportHome():
            return filing.report_home(session, letter, decision, now), None, decision
        case ProbeHome():
            if decision.outbox_id is not None:
                canary.came_back(session, session.get_one(OutboxMail, decision.outbox_id), at=mail.received_at)
            return None, None, decision
        case Duplicate():
            return decision.case_number, decision.entry_id, decision
        case Hold() | Late() | Refuse():
            return None, None, decision
        case _:
            assert_never(decision)
    if known is not None:
        decision = Duplicate(
            entry.case_number, entry.id, f"The same mail lies in case {entry.case_number} already; it is shown once."
        )
    return entry.case_number, entry.id, decision


def _envelope(mail: InboundMail) -> Envelope:
    return Envelope(
        door=mail.door,  # type: ignore[arg-type]  # a column is a str
        sender=mail.sender,
        recipients=tuple(arrival.recipient for arrival in mail.arrivals),
        peer=mail.peer,
        received_at=mail.received_at,
        sent_at=mail.sent_at,
        quiet=mail.quiet,
        mailbox_id=mail.mailbox_id,
        uidvalidity=mail.uidvalidity,
        uid=mail.uid,
    )


def _case_doors_first(session: Session, mail: InboundMail, now: datetime) -> list[Arrival]:
    """A copy to the desk must find the entry that the copy to the case address made, not open a case beside it."""
    open_arrivals = [arrival for arrival in mail.arrivals if arrival.outcome is None]
    if len(open_arrivals) < 2:
        return open_arrivals
    doors = {a.id: isinstance(classify(session, a.recipient, now=now), (CaseDoor, SideDoor)) for a in open_arrivals}
    return sorted(open_arrivals, key=lambda a: (not doors[a.id], a.id))
