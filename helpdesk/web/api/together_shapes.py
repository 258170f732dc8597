"""Who takes part in a case, and who was asked for advice, as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from helpdesk.models import Case, Consultation, Event, Participant
from helpdesk.queries import consultations
from helpdesk.queries.addresses import standing_of
from helpdesk.web.access import session
from helpdesk.web.api.shapes import Json, instant, mailbox


def of(case: Case, timeline: Iterable[Event], *, now: datetime) -> Json:
    """Both lists of a case; its story says whether anybody was asked at all."""
    numbers = {event.case_number for event in timeline if event.deed == "consulted" and event.case_number}
    asked = consultations.of_story(session(), numbers) if numbers else []
    return {
        "participants": [_participant(row, case) for row in case.participants],
        "consultations": [consultation(row, now=now) for row in asked],
    }


def consultation(row: Consultation, *, now: datetime) -> Json:
    """A third party who was asked for advice, and how long their answers still arrive."""
    return {
        "id": row.id,
        "name": row.name,
        "address": row.address,
        "subject": row.subject,
        "opened_at": instant(row.opened_at),
        "closed_at": instant(row.closed_at),
        "standing": standing_of(row.reply_address, now),
        "expires_at": instant(row.reply_address.expires_at),
        "mails": len(row.letters),
    }


def _participant(row: Participant, case: Case) -> Json:
    is_customer = row.person_id == case.requester_id
    return {"id": row.id, **mailbox(row.person), "is_customer": is_customer, "since": instant(row.since)}
