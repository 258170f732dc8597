"""What an acknowledgement says.  Nothing in it comes from the sender: whoever forged the address would speak through us (L14)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.models import Case, CaseLink, Participant
from helpdesk.queries import addresses as find
from helpdesk.queries import answer_times, promises
from helpdesk.queries.promises import Named
from helpdesk.words import by_when, day


def time_for(session: Session, case: Case, *, now: datetime) -> Named | None:
    """By when this case's first answer will come, as its desk wants that to be said."""
    if case.desk.names_time == "none":
        return None
    known = promises.basis(session, case.team_id, now=now, number=case.number)
    return promises.answer_by(session, case.team_id, known, case.desk.names_time, now=now)


def words_for(
    session: Session, case: Case, participant: Participant, named: Named | None = None, since: datetime | None = None
) -> dict[str, Any]:
    """What its templates need.  `follows` and `ended_on` name the older case of a follow-up, to those only who took part in it.

    `named` is the time that it names, `since` when their message came: how many others wait longer is said where it is known,
    and of a confidential case never.
    """
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
        "ahead": answer_times.ahead_of(session, case, since) if since is not None and not case.is_confidential else 0,
        **naming(session, case, named),
    }


def naming(session: Session, case: Case, named: Named | None) -> dict[str, Any]:
    """What a mail says of a time: `until` in words, whether nine of ten had their answer in it lately, and whether we tell if it is later."""
    zone = answer_times.hours_of(session, case.team_id).zone
    return {
        "until": by_when(named.at, case.language, zone) if named else None,
        "by_own": named is not None and named.by == "own",
        "tells": named is not None and case.desk.apologises,
    }
