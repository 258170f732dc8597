"""What is asked: where does this mail go, at this recipient?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.models import Arrival, Participant
from helpdesk.queries import addresses as find
from mail.letter import Envelope, Letter, Mailbox


@dataclass(frozen=True)
class Question:
    """One mail at one recipient."""

    letter: Letter
    envelope: Envelope
    arrival: Arrival
    now: datetime


def participant(session: Session, letter: Letter, case_number: int) -> Participant | None:
    return find.participant(session, case_number, letter.author.address) if letter.author else None


def who_wrote(letter: Letter, envelope: Envelope) -> Mailbox | None:
    """Whom an answer would go to: the one author, else whoever the envelope names."""
    return letter.author or (Mailbox("", envelope.sender.lower()) if "@" in envelope.sender else None)
