"""What comes to the addresses of cases, as the figures of the doors tell it: how the address stood, and who wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from helpdesk.actions import measuring
from helpdesk.models import Arrival, Case, DoorMail
from helpdesk.policies import addresses
from helpdesk.policies.addresses import Standing
from helpdesk.policies.thanks import is_thanks
from helpdesk.queries import addresses as find
from mail import machines, recipients
from mail.letter import Decision, Envelope, FollowUp, JoinCase, Letter
from mail.route.question import participant

Writer = Literal["participant", "stranger", "doubtful", "machine"]


@dataclass(frozen=True)
class Knock:
    """A mail at the address of a case, before anything was done with it."""

    case_number: int
    standing: Standing
    writer: Writer
    brings_back: bool


def knock(
    session: Session, letter: Letter, envelope: Envelope, arrival: Arrival, decision: Decision, now: datetime
) -> Knock | None:
    """What is to be told of this mail; None where it came to no case's address."""
    to = recipients.classify(session, arrival.recipient, now=now)
    if not isinstance(to, recipients.CaseDoor) or to.address.case_number is None:
        return None
    number = to.address.case_number
    return Knock(
        number, to.standing, _writer(session, letter, envelope, number, to.standing), _brings_back(session, letter, decision)
    )


def note(session: Session, came: Knock, arrival: Arrival, now: datetime) -> None:
    """Write it down, with where the mail lies now.  The same mail again is told once."""
    if arrival.outcome == "duplicate":
        return
    number = arrival.case_number or came.case_number
    session.merge(
        DoorMail(
            arrival_id=arrival.id,
            at=now,
            case_number=number,
            standing=came.standing,
            writer=came.writer,
            brings_back=came.brings_back and session.get_one(Case, number).state != "resolved",  # a «yes» opens nothing
        )
    )
    measuring.follow(session, number)


def _writer(session: Session, letter: Letter, envelope: Envelope, number: int, standing: Standing) -> Writer:
    if machines.is_machine(letter):
        return "machine"
    if letter.trust.level == 0:
        return "doubtful"
    if participant(session, letter, number):
        return "participant"
    # Behind an address that has ended, whoever took part is known by the envelope, too (mail.route.late).
    is_known = not addresses.lives(standing) and find.participant(session, number, envelope.sender)
    return "participant" if is_known else "stranger"


def _brings_back(session: Session, letter: Letter, decision: Decision) -> bool:
    if isinstance(decision, JoinCase) and decision.counts:
        case = session.get_one(Case, decision.case_number)
        return case.state == "resolved" and case.spam_at is None and not is_thanks(letter.visible or letter.text)
    return isinstance(decision, FollowUp)
