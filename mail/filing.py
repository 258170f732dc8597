"""What the way in writes into a case: a letter filed, a case opened and acknowledged, a delivery report brought home."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import cases, consultations, deliveries, entries, forwards, outbox, people, proposals
from helpdesk.models import Case, Consultation, Desk, Entry, InboundMail, OutboxMail, Person
from helpdesk.policies import automatic, verification
from helpdesk.queries import addresses as find
from helpdesk.queries import merges, storms
from helpdesk.queries.people import agent_by_email
from mail import machines, tickets
from mail.letter import Envelope, FileAutomatic, FollowUp, JoinCase, JoinConsultation, Letter, OpenCase, ReportHome
from mail.route.question import who_wrote
from mail.thread import answered

Routed = JoinCase | JoinConsultation | FileAutomatic | OpenCase | FollowUp


def file(
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
    counts = isinstance(decision, JoinCase) and decision.counts and case.spam_at is None
    if not counts and asks_for_proof(letter):
        flags.append(verification.FLAG)
    person = _requester(session, letter, envelope, case, now) if counts else _known_author(session, letter)
    incoming = _incoming(session, case, letter, envelope, mail, flags, route_of(decision))
    if isinstance(decision, JoinCase):
        incoming = replace(incoming, via=decision.via)
    entry = entries.receive(session, case, incoming, person=person, counts=counts, now=now)
    machines.learn_ticket(session, case, letter, now)
    if "challenge" in flags and isinstance(decision, FileAutomatic) and decision.proved:
        deliveries.challenged(session, case, entry, now=now)
    if "complaint" in flags:
        deliveries.complained_of(session, case, entry, now=now)
    if counts and letter.kind == "person" and (others := _others(letter, envelope)):
        proposals.propose(session, case, entry, others, now=now)
    return entry


def file_beside(
    session: Session,
    case: Case,
    letter: Letter,
    envelope: Envelope,
    mail: InboundMail,
    decision: JoinConsultation,
    now: datetime,
) -> Entry:
    """Put a third party's words into their consultation; they propose nobody and teach us nothing of the case."""
    flags = [*decision.flags, *([verification.FLAG] if asks_for_proof(letter) else [])]
    incoming = _incoming(session, case, letter, envelope, mail, flags, route_of(decision))
    row = session.get_one(Consultation, decision.consultation_id)
    return consultations.answer(session, row, replace(incoming, answers=None), now=now)


def open_case(
    session: Session, letter: Letter, envelope: Envelope, mail: InboundMail, decision: OpenCase | FollowUp, now: datetime
) -> Entry:
    """A case of its own, acknowledged where that is proper.  Its wait counts from the mail's arrival."""
    older = case_for_change(session, decision.case_number) if isinstance(decision, FollowUp) else None
    desk = older.desk if older else session.get_one(Desk, decision.desk_id)  # type: ignore[union-attr]
    person = _requester(session, letter, envelope, older, now)
    holder = older.assignee if older and older.assignee and older.assignee.active else None
    asks = asks_for_proof(letter)
    subject = verification.masked(letter.subject) if asks else letter.subject
    case = cases.open_case(
        session,
        desk,
        person,
        subject,
        now=mail.received_at,
        language=letter.language,
        assignee=holder,
        team=older.team if older else None,
        channel="form" if letter.form else "mail",
    )
    if older is not None:
        cases.link(session, case, older, kind="follow-up", now=now)
    flags = [*decision.flags, *([verification.FLAG] if asks else [])]
    incoming = _incoming(session, case, letter, envelope, mail, flags, route_of(decision))
    entry = entries.receive(session, case, incoming, person=person, counts=True, now=mail.received_at)
    if letter.forwarded and letter.trust.level and agent_by_email(session, person.address) is not None:
        forwards.offer(entry, letter.forwarded.name, letter.forwarded.address)
        return entry  # a colleague needs no acknowledgement, and nobody is mailed before the answer
    if letter.kind == "person" and letter.trust.level and (others := _others(letter, envelope)):
        proposals.propose(session, case, entry, others, now=now)
    if letter.kind == "person" and not (letter.automatic or letter.unanswerable or asks):
        _acknowledge(session, case, entry, letter, mail, now)
    return entry


def _requester(session: Session, letter: Letter, envelope: Envelope, older: Case | None, now: datetime) -> Person:
    """Whoever wrote it; where it is about an older case, the participant of that by From or envelope."""
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


def report_home(session: Session, letter: Letter, decision: ReportHome, now: datetime) -> int | None:
    """Tell the case what became of our mail; answers its number, None where it lies in none."""
    report = letter.report
    assert report is not None
    status = "" if report.status in report.diagnostic else report.status
    said = " ".join(f"{status} {report.diagnostic}".split()) or "the report gives no reason"
    number = None
    for row in [session.get_one(OutboxMail, row_id) for row_id in decision.outbox_ids]:
        deliveries.bounced(session, row, said, permanent=report.permanent, now=now)
        number = merges.home(session, row.case_number) if row.case_number else None
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


def asks_for_proof(letter: Letter) -> bool:
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


def filed_before(session: Session, letter: Letter, envelope: Envelope, decision: Routed) -> Entry | None:
    """The same mail, sent again by a server that missed our 250, or by a second way (D12)."""
    routes = [route_of(decision), *_other_routes(decision)]
    if isinstance(decision, JoinCase | FileAutomatic):  # it may have been filed before the cases became one, or parted
        routes += [f"case {number}" for number in merges.kin(session, decision.case_number)]
    fingerprints = [_fingerprint(letter, envelope, route) for route in routes]
    return session.scalars(select(Entry).where(Entry.fingerprint.in_(fingerprints)).order_by(Entry.id.desc()).limit(1)).first()


def _fingerprint(letter: Letter, envelope: Envelope, route: str) -> str:
    """Where it led, who sent it, and what it says; trace fields differ between tries and do not count."""
    return hashlib.sha256("\0".join((route, envelope.sender.lower(), letter.fingerprint)).encode("utf-8", "replace")).hexdigest()


def route_of(decision: Routed) -> str:
    """Which case a mail belongs to or is to open, as the fingerprint names it."""
    match decision:
        case OpenCase():
            return "new case"  # one mail to two of our desks is one case, so the desk does not count
        case FollowUp():
            return _follow_up_of(decision.case_number)
        case JoinConsultation():
            return f"consultation {decision.consultation_id}"
        case _:
            return f"case {decision.case_number}"


def _other_routes(decision: Routed) -> tuple[str, ...]:
    """Where an earlier try of the same mail may have led: it may have opened the follow-up that this one joins, or may have come
    while the address lived."""
    match decision:
        case JoinCase() if decision.follows is not None:
            return (_follow_up_of(decision.follows),)
        case FollowUp():
            return (f"case {decision.case_number}",)
        case _:
            return ()


def _follow_up_of(case_number: int) -> str:
    return f"follow-up of case {case_number}"


def _id_used_in(session: Session, case: Case, message_id: str) -> bool:
    query = select(Entry.id).where(Entry.case_number == case.number, Entry.message_id == message_id, Entry.kind == "mail-in")
    return session.scalar(query.limit(1)) is not None


def case_for_change(session: Session, number: int) -> Case:
    """The case, its row locked until the transaction ends; where it was merged at this very moment, the one in which it goes on."""
    session.flush()
    case = session.get_one(Case, number, with_for_update={"of": Case}, populate_existing=True)
    return case_for_change(session, case.merged_into) if case.merged_into else case


def _known_author(session: Session, letter: Letter) -> Person | None:
    """A stranger does not become a person of ours by writing (I8), and a suspect is nobody whom we know."""
    author = letter.author if letter.trust.level else None
    return session.scalar(select(Person).where(Person.address == author.address)) if author else None
