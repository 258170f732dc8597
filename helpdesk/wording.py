"""What texts of ours say about a case: the values of their placeholders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import letters
from helpdesk.db import house
from helpdesk.models import Agent, Case, CaseField
from helpdesk.policies.placeholders import FIELD
from helpdesk.queries import addresses as find_addresses
from helpdesk.words import day, greeting


def values_of(session: Session, case: Case, agent: Agent, language: str, *, now: datetime) -> dict[str, str]:
    """What is known of this case, said in this language; what is not known is missing."""
    settings, name = house(session).settings, " ".join(case.requester.name.split())
    known = {
        "name": name,
        "salutation": greeting(name, language, informal=case.desk.address_form == "du"),
        "case": str(case.number),
        "subject": case.subject,
        "agent": letters.signs(case.desk, agent, agent.name) or case.desk.name,
        "desk": case.desk.name,
        "team": case.team.name if case.team else "",
        "today": day(now, language, settings.zone),
        "address_until": day(_until(session, case, now), language, settings.zone),
    }
    rows = session.scalars(select(CaseField).where(CaseField.case_number == case.number))
    known |= {FIELD + row.field.name: row.value for row in rows if row.field.active}
    return {place: value for place, value in known.items() if value}


def _until(session: Session, case: Case, now: datetime) -> datetime:
    """When the customer's address ends: as it stands, or if the case were solved today."""
    first = case.participants[0] if case.participants else None
    living = find_addresses.living(session, first, now) if first else None
    if case.state == "resolved" and living is not None and living.expires_at is not None:
        return living.expires_at
    return now + house(session).settings.grace
