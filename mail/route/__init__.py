"""Which case?  By the address it was sent to, then by a living case address among To and Cc, then by Message-IDs that we
minted, then the front desk.  A subject never routes, and no header alone grants anything (I7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeGuard

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Arrival, Case, Desk, Person, ReplyAddress
from helpdesk.policies import addresses
from helpdesk.queries import addresses as find
from helpdesk.queries import merges
from helpdesk.queries import outbox as find_outbox
from mail import machines, recipients
from mail.letter import Decision, Envelope, FollowUp, Hold, JoinCase, Letter, OpenCase, Refuse
from mail.route import doubts
from mail.route.late import after_the_end
from mail.route.ours import our_own, probe
from mail.route.question import Question, participant
from mail.route.released import let_in, released
from mail.route.third_parties import at_side_door, by_consultation
from mail.thread import answered

HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)


def decide(session: Session, letter: Letter, envelope: Envelope, arrival: Arrival, now: datetime) -> Decision:
    """What becomes of this mail at this recipient."""
    asked = Question(letter, envelope, arrival, now)
    to = recipients.classify(session, arrival.recipient, now=now)
    if isinstance(to, recipients.ProbeDoor):
        return probe(session, asked)
    if own := our_own(session, letter):
        return own
    if letter.hops > 100 and not arrival.released:
        return Hold("It has travelled through more than a hundred servers: a mail loop (RFC 5321 §6.3).")
    if letter.report is not None and (home := machines.report_home(session, letter, to)):
        return home
    if blocked := doubts.blocked(session, asked):
        return blocked
    match to:
        case recipients.CaseDoor():
            return _at_case_door(session, asked, to.address, to.standing)
        case recipients.SideDoor():
            return at_side_door(session, asked, to.address, to.standing)
        case recipients.ReportDoor():
            return _at_report_door(session, asked, to.address)
        case recipients.FrontDesk():
            return _at_front_desk(session, asked, to.desk)
        case recipients.Caretaker():
            return released(session, asked) or Hold("For the postmaster: somebody has to read it.")
        case recipients.SignedUnknown():
            return released(session, asked) or Hold(
                "We signed this address but do not know it: was the database restored from a backup?"
            )
        case recipients.Retired():
            return released(session, asked) or Hold("This reply address was retired long ago.")
        case recipients.Mistyped():
            return released(session, asked) or Hold("The address looks mistyped; it is close to one of ours.")
        case recipients.Unknown():
            return released(session, asked) or Hold("There is no such address here.")
        case recipients.Foreign():
            return Refuse("It is for somebody else's domain, and we do not relay.")


def _at_case_door(session: Session, asked: Question, address: ReplyAddress, standing: addresses.Standing) -> Decision:
    case_number = address.case_number
    assert case_number is not None
    if standing == "revoked":
        return released(session, asked) or Hold("This reply address was withdrawn.")
    author = participant(session, asked.letter, case_number)
    if machines.is_machine(asked.letter):
        if addresses.lives(standing):
            believed = asked.letter.trust.level > 0 and bool(author or answered(session, asked.letter))
            return machines.filed(asked.letter, case_number, address.id, proved=believed)
        return released(session, asked) or Hold(f"A machine wrote to the expired reply address of case {case_number}.")
    if not addresses.lives(standing):
        return after_the_end(session, asked, case_number, author, address)
    if asked.letter.trust.level == 0:
        return _suspect(asked.letter, case_number, address.id)
    if author is None:
        return doubts.suspected(session, asked, f"A stranger wrote to case {case_number}") or _stranger(
            asked.letter, case_number, address.id
        )
    flags = doubts.flags(session, asked)
    if address.participant is not None and author.id != address.participant_id:
        whose = address.participant.person.called
        reason = f"{author.person.called} wrote to the address of {whose}."
        return JoinCase(case_number, reason, tuple(dict.fromkeys(("unverified", *flags))), whose, address_id=address.id)
    reason = "It came to this case's own address."
    if address.merged_from:
        reason = f"It came to the address of case {address.merged_from}, which goes on in this one."
    return JoinCase(case_number, reason, flags, address_id=address.id)


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
        return released(session, asked) or Hold("It came to an address for delivery reports, but about no mail that we know.")
    if row.reply_address.purpose == "side":
        return at_side_door(session, asked, row.reply_address, find.standing_of(row.reply_address, asked.now))
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
    if beside := by_consultation(session, asked):
        return beside
    if letter.form and letter.author is None:
        return Hold(letter.trust.why)  # also when somebody lets it in: the form itself is nobody
    if asked.arrival.released:
        return let_in(session, asked, desk)
    if held := machines.by_ticket(session, letter) or machines.held(letter):
        return held
    if suspected := doubts.suspected(session, asked, f"New mail to {desk.address}"):
        return suspected
    if letter.author is None or letter.trust.level == 0:
        return Hold(letter.trust.why)
    if find.is_own(session, letter.author.address):
        return Hold("It says that it comes from an address of this desk, but we did not send it.")
    limit = house(session).settings.new_cases_per_hour
    if limit and _opened_lately(session, letter.author.address, asked.envelope.received_at) >= limit:
        return Hold(f"More than {limit} new cases within an hour from this sender.")
    flags = ("automatic",) if letter.automatic else ()
    return OpenCase(desk.id, f"New mail to {desk.address}.", (*flags, *doubts.flags(session, asked)))


def _by_header(session: Session, asked: Question) -> Decision | None:
    """A reply-all that reaches the desk as well as a case address is one entry: of that case, or of the follow-up."""
    shown = dict.fromkeys(person.address for person in (*asked.letter.to, *asked.letter.cc))
    # Who copies three hundred people makes nobody ask the database for each of them.
    signed = [address for address in shown if isinstance(recipients.read(address, house(session)), addresses.Token)]
    doors = [to for to in (recipients.classify(session, address, now=asked.now) for address in signed) if _is_door(to)]
    for to in doors:
        if addresses.lives(to.standing):
            at_door = at_side_door if isinstance(to, recipients.SideDoor) else _at_case_door
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
    author = participant(session, asked.letter, number)
    if author is None or asked.letter.trust.level == 0:
        return None  # what its headers say opens no door (I7)
    if author.case.state == "resolved" and find.living(session, author, asked.now) is None:
        return after_the_end(session, asked, number, author, find.newest(session, author))
    reason = "It answers a mail of ours."
    if number != entry.case_number:
        reason = f"It answers a mail of ours in case {entry.case_number}, which goes on in this one."
    return JoinCase(number, reason, doubts.flags(session, asked))


def _opened_lately(session: Session, address: str, arrived_at: datetime) -> int:
    """How many cases their mail of the hour before opened.  Counted from arrival: a backlog says nothing about the sender."""
    lately = Case.opened_at.between(arrived_at - HOUR + INSTANT, arrived_at)
    query = select(func.count()).select_from(Case).join(Person, Case.requester_id == Person.id)
    return session.scalar(query.where(Person.address == address, lately)) or 0
