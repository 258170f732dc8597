"""Which case?  By the address it was sent to, then by a living case address among To and Cc, then by Message-IDs that we
minted, then the front desk.  A subject never routes, and no header alone grants anything (I7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeGuard

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Arrival, Case, Desk, Participant, Person, ReplyAddress
from helpdesk.policies import addresses
from helpdesk.queries import addresses as find
from helpdesk.queries import blocks, canary, consultations, mailboxes, merges
from helpdesk.queries import cases as find_cases
from helpdesk.queries import outbox as find_outbox
from mail import machines, recipients, spam
from mail.letter import (
    Decision,
    Duplicate,
    Envelope,
    FollowUp,
    Hold,
    JoinCase,
    JoinConsultation,
    Late,
    Letter,
    Mailbox,
    OpenCase,
    ProbeHome,
    Refuse,
)
from mail.recognise import checks_senders
from mail.thread import answered, minted

HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)


@dataclass(frozen=True)
class Question:
    """One mail at one recipient."""

    letter: Letter
    envelope: Envelope
    arrival: Arrival
    now: datetime


def decide(session: Session, letter: Letter, envelope: Envelope, arrival: Arrival, now: datetime) -> Decision:
    """What becomes of this mail at this recipient."""
    asked = Question(letter, envelope, arrival, now)
    to = recipients.classify(session, arrival.recipient, now=now)
    if isinstance(to, recipients.ProbeDoor):
        return _probe(session, asked)
    if own := _our_own(session, letter):
        return own
    if letter.hops > 100 and not arrival.released:
        return Hold("It has travelled through more than a hundred servers: a mail loop (RFC 5321 §6.3).")
    if letter.report is not None and (home := machines.report_home(session, letter, to)):
        return home
    if blocked := _blocked(session, asked):
        return blocked
    match to:
        case recipients.CaseDoor():
            return _at_case_door(session, asked, to.address, to.standing)
        case recipients.SideDoor():
            return _at_side_door(session, asked, to.address, to.standing)
        case recipients.ReportDoor():
            return _at_report_door(session, asked, to.address)
        case recipients.FrontDesk():
            return _at_front_desk(session, asked, to.desk)
        case recipients.Caretaker():
            return _released(session, asked) or Hold("For the postmaster: somebody has to read it.")
        case recipients.SignedUnknown():
            return _released(session, asked) or Hold(
                "We signed this address but do not know it: was the database restored from a backup?"
            )
        case recipients.Retired():
            return _released(session, asked) or Hold("This reply address was retired long ago.")
        case recipients.Mistyped():
            return _released(session, asked) or Hold("The address looks mistyped; it is close to one of ours.")
        case recipients.Unknown():
            return _released(session, asked) or Hold("There is no such address here.")
        case recipients.Foreign():
            return Refuse("It is for somebody else's domain, and we do not relay.")


def _blocked(session: Session, asked: Question) -> Hold | None:
    """Somebody keeps this sender out, and nobody has let this mail in."""
    author = asked.letter.author.address if asked.letter.author else ""
    row = None if asked.arrival.released else blocks.of(session, (author, asked.envelope.sender))
    if row is None:
        return None
    name = row.agent.name if row.agent else "the desk"
    day = row.since.astimezone(house(session).settings.zone).date().isoformat()
    return Hold(f"Mail from {row.pattern} was blocked by {name} on {day}.")


def _at_case_door(session: Session, asked: Question, address: ReplyAddress, standing: addresses.Standing) -> Decision:
    case_number = address.case_number
    assert case_number is not None
    if standing == "revoked":
        return _released(session, asked) or Hold("This reply address was withdrawn.")
    author = _participant(session, asked.letter, case_number)
    if machines.is_machine(asked.letter):
        if addresses.lives(standing):
            believed = asked.letter.trust.level > 0 and bool(author or answered(session, asked.letter))
            return machines.filed(asked.letter, case_number, address.id, proved=believed)
        return _released(session, asked) or Hold(f"A machine wrote to the expired reply address of case {case_number}.")
    if not addresses.lives(standing):
        return _late(session, asked, case_number, author, address)
    if asked.letter.trust.level == 0:
        return _suspect(asked.letter, case_number, address.id)
    if author is None:
        return _suspected(session, asked, f"A stranger wrote to case {case_number}") or _stranger(
            asked.letter, case_number, address.id
        )
    doubts = _doubts(session, asked)
    if address.participant is not None and author.id != address.participant_id:
        whose = address.participant.person.called
        reason = f"{author.person.called} wrote to the address of {whose}."
        flags = tuple(dict.fromkeys(("unverified", *doubts)))
        return JoinCase(case_number, reason, flags, whose, address_id=address.id)
    reason = "It came to this case's own address."
    if address.merged_from:
        reason = f"It came to the address of case {address.merged_from}, which goes on in this one."
    return JoinCase(case_number, reason, doubts, address_id=address.id)


def _at_side_door(session: Session, asked: Question, address: ReplyAddress, standing: addresses.Standing) -> Decision:
    """A third party who was asked for advice answers.  Whoever else knows the address gets into no state and no clock by it."""
    row, letter = consultations.at_address(session, address), asked.letter
    number = merges.home(session, row.case_number)
    if not addresses.lives(standing):
        return _released(session, asked) or Hold(f"The consultation in case {number} has ended, and so has its address.")
    if machines.is_machine(letter):
        return JoinConsultation(number, row.id, "A machine of whoever was asked for advice wrote it.", ("automatic",))
    if _participant(session, letter, number) is not None:
        reason = (
            "It came to the address of somebody who was asked for advice: whoever takes part in the case should not know that."
        )
        return JoinCase(number, reason, ("suspect",), counts=False)
    if letter.trust.level == 0:
        return JoinConsultation(number, row.id, letter.trust.why, ("suspect",))
    if letter.author is None or letter.author.address != row.address:
        return JoinConsultation(number, row.id, "It came to a consultation's address, but from somebody else.", ("stranger",))
    return JoinConsultation(number, row.id, f"{row.called} answers what was asked.", _doubts(session, asked))


def _late(
    session: Session, asked: Question, case_number: int, author: Participant | None, address: ReplyAddress | None
) -> Decision:
    """The address has ended.  Whoever took part gets a follow-up case, so that nobody has to explain anew."""
    if session.get_one(Case, case_number).spam_at is not None and not asked.arrival.released:
        return Hold(f"Case {case_number} was marked as spam, and its reply address has expired.")
    in_envelope = find.participant(session, case_number, asked.envelope.sender)
    ends = address.expires_at if address else None
    final = ends is not None and address is not None and addresses.is_final(ends, address.expired_at, asked.now)
    if asked.letter.trust.level == 0 and not asked.arrival.released:
        return Hold(asked.letter.trust.why)
    strict = house(session).settings.expired == "refuse" and final and not asked.arrival.released
    if (author or in_envelope) and (followed := _followed_up(session, asked, case_number)):
        return followed
    if suspected := _suspected(session, asked, f"It came after the reply address of case {case_number} had expired"):
        return suspected
    if (author or in_envelope) and strict:
        return Late("It came after this reply address had expired, and the desk is set to refuse such mail.")
    if author or in_envelope or (asked.arrival.released and _can_be_answered(session, asked)):
        return FollowUp(case_number, f"It came after the reply address of case {case_number} had expired.")
    return Hold(f"A stranger wrote to the expired reply address of case {case_number}.")


def _followed_up(session: Session, asked: Question, case_number: int) -> JoinCase | None:
    """Whoever goes on writing to the old address is still in one conversation: the follow-up that is under way."""
    for number in dict.fromkeys(merges.home(session, number) for number in find_cases.followed_by(session, case_number)):
        author = _participant(session, asked.letter, number) or find.participant(session, number, asked.envelope.sender)
        if author is not None and find.living(session, author, asked.now) is not None:
            reason = f"Case {case_number} goes on in this follow-up."
            return JoinCase(number, reason, ("late", *_doubts(session, asked)), follows=case_number)
    return None


def _suspect(letter: Letter, case_number: int, address_id: int | None) -> JoinCase:
    """Shown folded inside the case until somebody decides (R2, R17)."""
    return JoinCase(case_number, letter.trust.why, ("suspect",), counts=False, address_id=address_id)


def _stranger(letter: Letter, case_number: int, address_id: int | None) -> JoinCase:
    assert letter.author is not None
    reason = f"{letter.author.address} does not take part in this case, but knows its address."
    return JoinCase(case_number, reason, ("stranger",), counts=False, address_id=address_id)


def _at_report_door(session: Session, asked: Question, address: ReplyAddress) -> Decision:
    """Automatic replies go to the envelope sender (RFC 3834 §4), so more than reports arrives here."""
    row = find_outbox.by_report_address(session, address.id)
    if row is None or row.case_number is None or row.reply_address is None:
        return _released(session, asked) or Hold("It came to an address for delivery reports, but about no mail that we know.")
    if row.reply_address.purpose == "side":
        return _at_side_door(session, asked, row.reply_address, find.standing_of(row.reply_address, asked.now))
    if machines.is_machine(asked.letter):
        return machines.filed(asked.letter, merges.home(session, row.case_number), proved=True)
    # Of people it opens the same door as the address that they should have taken, and no longer than that.
    return _at_case_door(session, asked, row.reply_address, find.standing_of(row.reply_address, asked.now))


def _at_front_desk(session: Session, asked: Question, desk: Desk) -> Decision:
    letter = asked.letter
    if by_header := _by_header(session, asked):
        return by_header
    if by_reference := _by_reference(session, asked):
        return by_reference
    if beside := _by_consultation(session, asked):
        return beside
    if letter.form and letter.author is None:
        return Hold(letter.trust.why)  # also when somebody lets it in: the form itself is nobody
    if asked.arrival.released:
        return _let_in(session, asked, desk)
    if held := machines.by_ticket(session, letter) or machines.held(letter):
        return held
    if suspected := _suspected(session, asked, f"New mail to {desk.address}"):
        return suspected
    if letter.author is None or letter.trust.level == 0:
        return Hold(letter.trust.why)
    if find.is_own(session, letter.author.address):
        return Hold("It says that it comes from an address of this desk, but we did not send it.")
    limit = house(session).settings.new_cases_per_hour
    if limit and _opened_lately(session, letter.author.address, asked.envelope.received_at) >= limit:
        return Hold(f"More than {limit} new cases within an hour from this sender.")
    flags = ("automatic",) if letter.automatic else ()
    return OpenCase(desk.id, f"New mail to {desk.address}.", (*flags, *_doubts(session, asked)))


def _by_header(session: Session, asked: Question) -> Decision | None:
    """A reply-all that reaches the desk as well as a case address is one entry: of that case, or of the follow-up."""
    shown = dict.fromkeys(person.address for person in (*asked.letter.to, *asked.letter.cc))
    # Who copies three hundred people makes nobody ask the database for each of them.
    signed = [address for address in shown if isinstance(recipients.read(address, house(session)), addresses.Token)]
    doors = [to for to in (recipients.classify(session, address, now=asked.now) for address in signed) if _is_door(to)]
    for to in doors:
        if addresses.lives(to.standing):
            at_door = _at_side_door if isinstance(to, recipients.SideDoor) else _at_case_door
            return at_door(session, asked, to.address, to.standing)
    for to in doors:
        if isinstance(to, recipients.CaseDoor) and to.standing == "expired" and not machines.is_machine(asked.letter):
            decision = _at_case_door(session, asked, to.address, to.standing)
            if isinstance(decision, (FollowUp, JoinCase)):
                return decision
    return None


def _is_door(to: recipients.Recipient) -> TypeGuard[recipients.CaseDoor | recipients.SideDoor]:
    return isinstance(to, (recipients.CaseDoor, recipients.SideDoor))


def _by_reference(session: Session, asked: Question) -> Decision | None:
    """It answers a mail of ours, and its author takes part in that case."""
    entry = answered(session, asked.letter)
    if entry is None:
        return None
    number = merges.home(session, entry.case_number)
    if machines.is_machine(asked.letter):
        return machines.filed(asked.letter, number, proved=asked.letter.trust.level > 0)
    author = _participant(session, asked.letter, number)
    if author is None or asked.letter.trust.level == 0:
        return None  # what its headers say opens no door (I7)
    if author.case.state == "resolved" and find.living(session, author, asked.now) is None:
        return _late(session, asked, number, author, find.newest(session, author))
    reason = "It answers a mail of ours."
    if number != entry.case_number:
        reason = f"It answers a mail of ours in case {entry.case_number}, which goes on in this one."
    return JoinCase(number, reason, _doubts(session, asked))


def _by_consultation(session: Session, asked: Question) -> Decision | None:
    """A third party answers our question past its address; as everywhere, only if it is from them (I7)."""
    letter = asked.letter
    if letter.author is None or letter.trust.level == 0 or machines.is_machine(letter):
        return None
    ours = tuple(m for m in letter.references if minted(session, m))
    row = consultations.answered_by(session, ours, letter.author.address, asked.now)
    if row is None:
        return None
    number = merges.home(session, row.case_number)
    return JoinConsultation(number, row.id, f"{row.called} answers what was asked.", _doubts(session, asked))


def _suspected(session: Session, asked: Question, what: str) -> Hold | None:
    """A filter calls it spam, nobody has let it in, and nothing speaks for it: it opens nothing by itself."""
    said = None if asked.arrival.released else _filtered(session, asked)
    return Hold(f"{what}, but {said}.") if said else None


def _doubts(session: Session, asked: Question) -> tuple[str, ...]:
    """The flags of a participant's mail that a filter calls spam (it never keeps a customer's answer from us), or for whose sender
    nothing speaks; where nobody checks, that would stand on every mail and say nothing."""
    settings = house(session).settings
    unproved = checks_senders(settings) and asked.letter.trust.level == 1
    return (*(["unverified"] if unproved else []), *(["spam"] if _filtered(session, asked) else []))


def _filtered(session: Session, asked: Question) -> str | None:
    """What a filter did about it: it was put into a junk folder, or marked on its way."""
    if junk := mailboxes.junk_folder_of(session, asked.envelope.mailbox_id):
        return f"it lay in the junk folder of {junk}"
    said = spam.verdict(asked.letter.fields) if house(session).settings.spam_headers == "hold" else None
    return f"a filter on its way calls it spam ({said})" if said else None


def _probe(session: Session, asked: Question) -> Decision:
    """A probe tells itself by the Message-ID that we minted, which its subject repeats: some relays write another one."""
    letter = asked.letter
    named = [letter.message_id, *(f"<{word}>" for word in letter.subject.split())]
    for message_id in named:
        if message_id and minted(session, message_id):
            row = canary.by_message_id(session, message_id)
            if row is None:
                return ProbeHome(None, "An old probe of ours came back.")
            took = asked.envelope.received_at - row.created_at
            return ProbeHome(row.id, f"Our own probe came back after {max(took.total_seconds(), 0):.0f} s: the line holds.")
    return _released(session, asked) or Hold("It came to the hidden address of our probes, but is none of them.")


def _our_own(session: Session, letter: Letter) -> Decision | None:
    """Our own mail came back, by a forward or an alias (L8)."""
    message_id = letter.message_id
    rows = find_outbox.by_message_id(session, message_id) if message_id and minted(session, message_id) else []
    row = next((r for r in rows if r.entry_id and r.case_number), None)
    if row is not None and row.case_number and row.entry_id:
        return Duplicate(row.case_number, row.entry_id, "Our own mail came back; it lies in its case already.")
    return Hold("Our own mail came back.") if rows else None


def _released(session: Session, asked: Question) -> Decision | None:
    """A person let it in: it opens a case at the first desk."""
    desk = find.desk_at(session, house(session).settings.main_desk) if asked.arrival.released else None
    return _let_in(session, asked, desk) if desk else None


def _let_in(session: Session, asked: Question, desk: Desk) -> Decision:
    if not _can_be_answered(session, asked):
        return Hold("It names nobody outside this desk whom we could answer.")
    return OpenCase(desk.id, "A person let it in.")


def _can_be_answered(session: Session, asked: Question) -> bool:
    writer = who_wrote(asked.letter, asked.envelope)
    return writer is not None and not find.is_own(session, writer.address)


def who_wrote(letter: Letter, envelope: Envelope) -> Mailbox | None:
    """Whom an answer would go to: the one author, else whoever the envelope names."""
    return letter.author or (Mailbox("", envelope.sender.lower()) if "@" in envelope.sender else None)


def _participant(session: Session, letter: Letter, case_number: int) -> Participant | None:
    return find.participant(session, case_number, letter.author.address) if letter.author else None


def _opened_lately(session: Session, address: str, arrived_at: datetime) -> int:
    """How many cases their mail of the hour before opened.  Counted from arrival: a backlog says nothing about the sender."""
    lately = Case.opened_at.between(arrived_at - HOUR + INSTANT, arrived_at)
    query = select(func.count()).select_from(Case).join(Person, Case.requester_id == Person.id)
    return session.scalar(query.where(Person.address == address, lately)) or 0
