"""What an acknowledgement says.  Nothing in it comes from the sender: whoever forged the address would speak through us (L14)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Case, CaseLink, Participant
from helpdesk.queries import addresses as find
from helpdesk.words import day


def words_for(session: Session, case: Case, participant: Participant) -> dict[str, Any]:
    """What its templates need.  `follows` and `ended_on` name the older case of a follow-up, to those only who took part in it."""
    settings = house(session).settings
    link = select(CaseLink.to_number).where(CaseLink.from_number == case.number, CaseLink.kind == "follow-up")
    older = session.scalar(link.order_by(CaseLink.to_number.desc()).limit(1))
    before = find.participant(session, older, participant.person.address) if older else None
    ends = [address.expired_at or address.expires_at for address in before.addresses] if before else []
    last = max((end for end in ends if end is not None), default=None)
    return {
        "number": case.reference,
        "desk": case.desk.name,
        "grace_days": settings.grace.days,
        "follows": older if before else None,
        "ended_on": day(last, case.language, settings.zone) if last else None,
    }
