"""Who was asked for advice in a case, what was written, and which mail belongs there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from helpdesk.models import Agent, Case, Consultation, ConsultationLetter, Entry, Event, ReplyAddress
from helpdesk.policies import addresses
from helpdesk.policies.doubt import speaks
from helpdesk.policies.verification import FLAG
from helpdesk.queries import merges
from helpdesk.queries.addresses import standing_of
from helpdesk.queries.cases import seen_by


def of_story(session: Session, numbers: Collection[int]) -> list[Consultation]:
    """The consultations in these cases with what was written, the oldest first."""
    letters = selectinload(Consultation.letters).joinedload(ConsultationLetter.entry)
    query = select(Consultation).where(Consultation.case_number.in_(numbers)).order_by(Consultation.id)
    query = query.options(letters.selectinload(Entry.attachments), letters.selectinload(Entry.deliveries))
    return list(session.scalars(query.options(joinedload(Consultation.reply_address))))


def in_case(session: Session, case: Case, consultation_id: int) -> Consultation | None:
    """One consultation of this case."""
    found = session.get(Consultation, consultation_id) if 0 < consultation_id < 2**31 else None
    return found if found is not None and found.case_number in merges.all_of(session, case.number) else None


def at_address(session: Session, address: ReplyAddress) -> Consultation:
    """The consultation into which this side address leads."""
    return session.scalars(select(Consultation).where(Consultation.reply_address_id == address.id)).one()


def answered_by(session: Session, message_ids: tuple[str, ...], sender: str, now: datetime) -> Consultation | None:
    """The living consultation of this third party, one of whose mails under these Message-IDs they answer."""
    if not message_ids:
        return None
    asked = select(ConsultationLetter.consultation_id).join(Entry, Entry.id == ConsultationLetter.entry_id)
    asked = asked.where(Entry.message_id.in_(message_ids), Entry.kind == "side-out")
    query = select(Consultation).where(Consultation.id.in_(asked), Consultation.address == sender.lower())
    found = session.scalars(
        query.options(joinedload(Consultation.reply_address)).order_by(Consultation.id.desc()).limit(1)
    ).first()
    return found if found is not None and addresses.lives(standing_of(found.reply_address, now)) else None


def message_ids_before(session: Session, entry: Entry) -> list[str]:
    """The Message-IDs of a third party's thread before this mail to them, the oldest first."""
    letter = session.get_one(ConsultationLetter, entry.id)
    query = select(Entry.message_id).join(ConsultationLetter, ConsultationLetter.entry_id == Entry.id)
    query = query.where(ConsultationLetter.consultation_id == letter.consultation_id, Entry.id < entry.id)
    return [message_id for message_id in session.scalars(query.order_by(Entry.id)) if message_id]


def to_send_along(events: Iterable[Event], *, limit: int = 30) -> list[Entry]:
    """What of a story can be passed on: what its participants and we wrote, the newest first.  Doubtful mail and notes stay here."""
    entries = {event.entry.id: event.entry for event in events if event.entry and event.entry.kind in ("mail-in", "mail-out")}
    return [
        entry
        for _number, entry in sorted(entries.items(), reverse=True)[:limit]
        if entry.kind == "mail-out" or (speaks(entry.flags, entry.judgement) and FLAG not in entry.flags)
    ]


def asked_before(session: Session, agent: Agent, *, limit: int = 50) -> list[tuple[str, str]]:
    """(name, address) of those who were asked in cases that this agent may see."""
    query = select(Consultation.name, Consultation.address).join(Case, Case.number == Consultation.case_number)
    query = query.where(seen_by(agent)).group_by(Consultation.name, Consultation.address)
    return [(name, address) for name, address in session.execute(query.order_by(Consultation.address).limit(limit))]
