"""The way in, top to bottom.

door     keep: raw bytes and envelope, one durable commit, then 250; nothing is parsed before it
worker   process: read the bytes in a child process, decide, carry out, settle
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, assert_never

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk import blobs, clock
from helpdesk.actions import canary, cases, deliveries, entries, forwards, outbox, people, post, proposals
from helpdesk.actions.jobs import enqueue
from helpdesk.db import Database
from helpdesk.models import Arrival, Case, Desk, Entry, InboundMail, OutboxMail, Person
from helpdesk.policies import automatic, verification
from helpdesk.present.html import sanitise
from helpdesk.queries import addresses as find
from helpdesk.queries import storms
from helpdesk.queries.people import agent_by_email
from mail import forms, machines, tickets
from mail.letter import (
    Decision,
    Duplicate,
    Envelope,
    FileAutomatic,
    FollowUp,
    Hold,
    JoinCase,
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
from mail.recipients import CaseDoor, classify
from mail.route import decide, recognise, who_wrote
from mail.scanner import Scans, scanned
from mail.signatures import Prover
from mail.thread import answered
from mail.trust import Proof

TRIES = 3  # deaths of a reader at one mail before it is set aside


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

    A mail that kills its reader, or this whole process, three times is held as unreadable, its bytes kept (D11).  Other
    faults are ours and are raised: the job is tried again, as often as it takes.
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
        mail.attempts += 1
        trouble = mail.trouble
        if mail.attempts > TRIES:
            trouble = trouble or "reading it was begun three times and never ended"
        else:
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
            mail.attempts -= 0 if its_fault else 1


def _decide_and_settle(session: Session, mail_id: int, read: Letter, proof: Proof | None, now: datetime) -> None:
    mail = session.get(InboundMail, mail_id, with_for_update=True)
    if mail is None or mail.settled_at is not None:
        return
    envelope = _envelope(mail)
    recognised = recognise(session, read, envelope, proof)
    for arrival in _case_doors_first(session, mail, now):
        letter = forms.by_its_writer(session, recognised, envelope, arrival, now)
        arrival.shown_from = letter.authors[0].address or letter.authors[0].name if letter.authors else mail.sender
        arrival.shown_subject = (verification.masked(letter.subject) if _asks_for_proof(letter) else letter.subject)[:200]
        decision = decide(session, letter, envelope, arrival, now)
        case, entry, decision = carry_out(session, letter, decision, envelope, mail, now)
        if arrival.released and case and not isinstance(decision, Duplicate):
            post.let_in(session, arrival, _case(session, case), now=now)
        post.settle(session, arrival, outcome(decision), decision.reason, now=now, case=case, entry=entry)
        if entry is not None:
            post.settle_copies(session, arrival, now=now)


def carry_out(
    session: Session, letter: Letter, decision: Decision, envelope: Envelope, mail: InboundMail, now: datetime
) -> tuple[int | None, int | None, Decision]:
    """Do what was decided: (case, entry, decision), the decision a Duplicate where the words were filed before."""
    match decision:
        case JoinCase() | FileAutomatic():
            case = _case(session, decision.case_number)
            known = _filed_before(session, letter, envelope, f"case {case.number}")
            entry = known or _file(session, case, letter, envelope, mail, decision, now)
        case OpenCase() | FollowUp():
            known = _filed_before(session, letter, envelope, _route(decision))
            entry = known or _open(session, letter, envelope, mail, decision, now)
        case ReportHome():
            return _report_home(session, letter, decision, now), None, decision
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


def _file(
    session: Session,
    case: Case,
    letter: Letter,
    envelope: Envelope,
    mail: InboundMail,
    decision: JoinCase | FileAutomatic,
    now: datetime,
) -> Entry:
    """Put their words into the case."""
    flags = list(decision.flags)
    if letter.kind == "bounce":
        flags.append("bounce")
    counts = isinstance(decision, JoinCase) and decision.counts
    if not counts and _asks_for_proof(letter):
        flags.append(verification.FLAG)
    person = _author(session, letter, now) if counts else _known_author(session, letter)
    incoming = _incoming(session, case, letter, envelope, mail, flags, f"case {case.number}")
    if isinstance(decision, JoinCase):
        incoming = replace(incoming, via=decision.via)
    entry = entries.receive(session, case, incoming, person=person, counts=counts, now=now)
    machines.learn_ticket(session, case, letter, now)
    if "challenge" in flags:
        deliveries.challenged(session, case, entry, now=now)
    if "complaint" in flags:
        deliveries.complained_of(session, case, entry, now=now)
    if counts and letter.kind == "person":
        proposals.propose(session, case, entry, _others(letter, envelope), now=now)
    return entry


def _open(
    session: Session, letter: Letter, envelope: Envelope, mail: InboundMail, decision: OpenCase | FollowUp, now: datetime
) -> Entry:
    """A case of its own, acknowledged where that is proper.  Its wait counts from the mail's arrival."""
    older = _case(session, decision.case_number) if isinstance(decision, FollowUp) else None
    desk = older.desk if older else session.get_one(Desk, decision.desk_id)  # type: ignore[union-attr]
    person = _requester(session, letter, envelope, older, now)
    holder = older.assignee if older and older.assignee and older.assignee.active else None
    asks = _asks_for_proof(letter)
    subject = verification.masked(letter.subject) if asks else letter.subject
    case = cases.open_case(session, desk, person, subject, now=mail.received_at, language=letter.language, assignee=holder)
    if older is not None:
        cases.link(session, case, older, kind="follow-up", now=now)
    flags = [*decision.flags, *([verification.FLAG] if asks else [])]
    incoming = _incoming(session, case, letter, envelope, mail, flags, _route(decision))
    entry = entries.receive(session, case, incoming, person=person, counts=True, now=mail.received_at)
    if letter.forwarded and letter.trust.level and agent_by_email(session, person.address) is not None:
        forwards.offer(entry, letter.forwarded.name, letter.forwarded.address)
        return entry  # a colleague needs no acknowledgement, and nobody is mailed before the answer
    if letter.kind == "person" and letter.trust.level:
        proposals.propose(session, case, entry, _others(letter, envelope), now=now)
    if letter.kind == "person" and not (letter.automatic or letter.unanswerable or asks):
        _acknowledge(session, case, entry, letter, mail, now)
    return entry


def _requester(session: Session, letter: Letter, envelope: Envelope, older: Case | None, now: datetime) -> Person:
    """Whoever wrote it; in a follow-up, the participant of the older case by From or envelope."""
    writer = who_wrote(letter, envelope)
    if older is not None:
        for address in (writer.address if writer else "", envelope.sender):
            participant = find.participant(session, older.number, address)
            if participant is not None:
                return participant.person
    assert writer is not None
    return people.known(session, writer.address, writer.name, now=now, language=letter.language)


def _acknowledge(session: Session, case: Case, entry: Entry, letter: Letter, mail: InboundMail, now: datetime) -> None:
    address = case.requester.address
    silent = automatic.why_no_acknowledgement(
        address=address,
        own=find.is_own(session, address),
        wanted=case.desk.acknowledges and not mail.quiet and mail.sender != "",
        received_at=now,
        sent_at=mail.sent_at or mail.received_at,
        since=None,
        sent=outbox.sent_lately(session, address, now=now),
        level=letter.trust.level,
        lately=storms.cases_by(session, case.requester_id, now=now),
        acknowledges=tickets.reads_like_acknowledgement(letter),
    )
    if silent is None:
        entries.acknowledge(session, case, entry, now=now)


def _report_home(session: Session, letter: Letter, decision: ReportHome, now: datetime) -> int | None:
    report = letter.report
    assert report is not None
    status = "" if report.status in report.diagnostic else report.status
    said = " ".join(f"{status} {report.diagnostic}".split()) or "the report gives no reason"
    number = None
    for row in [session.get_one(OutboxMail, row_id) for row_id in decision.outbox_ids]:
        deliveries.bounced(session, row, said, permanent=report.permanent, now=now)
        number = row.case_number
    return number


def _incoming(
    session: Session, case: Case, letter: Letter, envelope: Envelope, mail: InboundMail, flags: list[str], route: str
) -> entries.Incoming:
    """What the case keeps of the letter."""
    author = letter.author or (letter.authors[0] if letter.authors else None)
    if letter.message_id and _id_used_in(session, case, letter.message_id):
        flags.append("duplicate-id")
    if letter.differs:
        flags.append("differs")
    return entries.Incoming(
        author=(author.name or author.address) if author else (envelope.sender or "MAILER-DAEMON"),
        subject=letter.subject,
        text=letter.text,
        visible=letter.visible,
        folds=letter.folds,
        html=letter.html,
        claimed_at=letter.date,
        message_id=letter.message_id,
        fingerprint=_fingerprint(letter, envelope, route),
        mail_id=mail.id,
        answers=answered(session, letter),
        flags=flags,
        sender=letter.author.address if letter.author else "",
        reply_to=_elsewhere(letter),
        level=letter.trust.level,
        level_why=letter.trust.why,
        traits=letter.traits,
        files=[entries.Upload(f.name, f.type, f.content, f.content_id, f.scan, f.finding) for f in letter.files],
    )


def _asks_for_proof(letter: Letter) -> bool:
    """Whether some service wants to know by this mail whether the address is its reader's (R21)."""
    return verification.asks_for_proof(letter.subject, letter.visible or letter.text)


def _elsewhere(letter: Letter) -> str:
    """Where the sender asks for answers, if that is not the sender: it is shown, and nothing else is done with it (R16)."""
    authors = {box.address for box in letter.authors}
    return ", ".join(dict.fromkeys(box.address for box in letter.reply_to if box.address and box.address not in authors))[:300]


def _others(letter: Letter, envelope: Envelope) -> list[tuple[str, str]]:
    """(name, address) of everybody else to whom it shows that it went."""
    ours = {recipient.lower() for recipient in envelope.recipients} | {box.address for box in letter.authors}
    return [(box.name, box.address) for box in (*letter.to, *letter.cc) if box.address and box.address not in ours]


def _filed_before(session: Session, letter: Letter, envelope: Envelope, route: str) -> Entry | None:
    """The same mail, sent again by a server that missed our 250, or by a second way (D12)."""
    return session.scalar(select(Entry).where(Entry.fingerprint == _fingerprint(letter, envelope, route)))


def _fingerprint(letter: Letter, envelope: Envelope, route: str) -> str:
    """Where it led, who sent it, and what it says; trace fields differ between tries and do not count."""
    return hashlib.sha256("\0".join((route, envelope.sender.lower(), letter.fingerprint)).encode("utf-8", "replace")).hexdigest()


def _route(decision: OpenCase | FollowUp) -> str:
    # One mail to two of our desks is one case, so the desk does not count.
    return "new case" if isinstance(decision, OpenCase) else f"follow-up of case {decision.case_number}"


def _id_used_in(session: Session, case: Case, message_id: str) -> bool:
    query = select(Entry.id).where(Entry.case_number == case.number, Entry.message_id == message_id, Entry.kind == "mail-in")
    return session.scalar(query.limit(1)) is not None


def _case(session: Session, number: int) -> Case:
    return session.get_one(Case, number, with_for_update={"of": Case})


def _author(session: Session, letter: Letter, now: datetime) -> Person | None:
    author = letter.author
    return people.known(session, author.address, author.name, now=now) if author else None


def _known_author(session: Session, letter: Letter) -> Person | None:
    """A stranger does not become a person of ours by writing (I8), and a suspect is nobody whom we know."""
    author = letter.author if letter.trust.level else None
    return session.scalar(select(Person).where(Person.address == author.address)) if author else None


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
    doors = {a.id: isinstance(classify(session, a.recipient, now=now), CaseDoor) for a in open_arrivals}
    return sorted(open_arrivals, key=lambda a: (not doors[a.id], a.id))
