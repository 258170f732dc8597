"""Which address is whose."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from helpdesk.db import house
from helpdesk.models import Case, Consultation, Desk, Participant, Person, ReplyAddress, Tombstone
from helpdesk.policies import addresses
from helpdesk.policies.addresses import Standing


def desk_at(session: Session, address: str) -> Desk | None:
    """The front desk with this address (lower case)."""
    known: dict[str, Desk] | None = session.info.get("desks")
    return session.scalar(select(Desk).where(Desk.address == address, Desk.active)) if known is None else known.get(address)


def look_desks_up_once(session: Session) -> None:
    """For a leg that changes no desk and asks for them at every step."""
    session.info["desks"] = {desk.address: desk for desk in session.scalars(select(Desk).where(Desk.active))}


def desk_domains(session: Session) -> set[str]:
    return {address.partition("@")[2] for address in session.scalars(select(Desk.address).where(Desk.active))}


def by_token(session: Session, purpose: str, token: str) -> ReplyAddress | None:
    return session.scalar(select(ReplyAddress).where(ReplyAddress.token == token, ReplyAddress.purpose == purpose))


def is_tombstone(session: Session, token: str) -> bool:
    return session.get(Tombstone, house(session).keys.digest("tombstone", token)) is not None


def standing_of(address: ReplyAddress, now: datetime) -> Standing:
    return addresses.standing(
        expires_at=address.expires_at,
        expired_at=address.expired_at,
        retired_at=address.retired_at,
        revoked_at=address.revoked_at,
        now=now,
    )


def living(session: Session, participant: Participant, now: datetime) -> ReplyAddress | None:
    """The address that works for this participant now; the newest where one was rotated, and the case's own before a merged one's."""
    query = select(ReplyAddress).where(ReplyAddress.participant_id == participant.id, ReplyAddress.purpose == "reply")
    for row in session.scalars(query.order_by(ReplyAddress.merged_from.is_not(None), ReplyAddress.id.desc())):
        if addresses.lives(standing_of(row, now)):
            return row
    return None


def newest(session: Session, participant: Participant) -> ReplyAddress | None:
    """The address that was issued last to this participant, whatever became of it."""
    query = select(ReplyAddress).where(ReplyAddress.participant_id == participant.id, ReplyAddress.purpose == "reply")
    return session.scalars(query.order_by(ReplyAddress.merged_from.is_not(None), ReplyAddress.id.desc()).limit(1)).first()


def of_case(session: Session, case_number: int) -> list[ReplyAddress]:
    """Every reply address of a case, the oldest first."""
    # Not joined: SQLite would read all participants of all cases for the join within the join.
    query = select(ReplyAddress).where(ReplyAddress.case_number == case_number, ReplyAddress.purpose == "reply")
    return list(session.scalars(query.order_by(ReplyAddress.id).options(selectinload(ReplyAddress.participant))))


def with_participants(session: Session, case: Case) -> list[ReplyAddress]:
    """The same, for who asks for the participants of the case as well: everybody is fetched once."""
    everybody = list(session.scalars(_everybody(), {"number": case.number}))
    set_committed_value(case, "participants", [one for one in everybody if one.left_at is None])
    by_id = {one.id: one for one in everybody}
    rows = list(session.scalars(_doors(), {"number": case.number}))
    for row in rows:
        if row.participant_id in by_id:
            set_committed_value(row, "participant", by_id[row.participant_id])
    return rows


@cache
def _everybody() -> Select[Participant]:
    return select(Participant).where(Participant.case_number == bindparam("number")).order_by(Participant.id)


@cache
def _doors() -> Select[ReplyAddress]:
    there = ReplyAddress.case_number == bindparam("number"), ReplyAddress.purpose == "reply"
    return select(ReplyAddress).where(*there).order_by(ReplyAddress.id)


def doors_of(session: Session, case_number: int) -> list[ReplyAddress]:
    """Every address that leads into a case: of those who take part, and of third parties."""
    return [*of_case(session, case_number), *sides_of(session, case_number)]


def sides_of(session: Session, case_number: int, *, still_asked: bool = False) -> list[ReplyAddress]:
    """The addresses of the third parties who were asked for advice in a case, or in one that was merged into it.

    `still_asked`: only those whose consultation nobody has closed.
    """
    there = select(Case.number).where(or_(Case.number == case_number, Case.merged_into == case_number))
    query = select(ReplyAddress).where(ReplyAddress.case_number.in_(there), ReplyAddress.purpose == "side")
    if still_asked:
        query = query.join(Consultation, Consultation.reply_address_id == ReplyAddress.id).where(Consultation.closed_at.is_(None))
    return list(session.scalars(query.order_by(ReplyAddress.id)))


def called(session: Session, row: ReplyAddress) -> str:
    """Whose address it is: a participant's, or a third party's."""
    if row.participant is not None:
        return row.participant.person.called
    asked = session.scalar(select(Consultation).where(Consultation.reply_address_id == row.id)) if row.purpose == "side" else None
    return asked.called if asked is not None else ""


def participant(session: Session, case_number: int, address: str) -> Participant | None:
    """The participant of a case who writes from this mail address; whoever left takes part no more."""
    query = select(Participant).join(Person).where(Participant.case_number == case_number, Person.address == address.lower())
    return session.scalar(query.where(Participant.left_at.is_(None)))


def with_ticket(session: Session, address: str, ticket: str) -> Participant | None:
    """The participant with this mail address whose helpdesk calls a case so; of several cases the newest."""
    query = select(Participant).join(Person).where(Person.address == address.lower(), Participant.their_ticket == ticket)
    query = query.where(Participant.left_at.is_(None))
    return session.scalars(query.order_by(Participant.case_number.desc()).limit(1)).first() if ticket else None


def is_own(session: Session, address: str) -> bool:
    """Whether an address is one of ours: a front desk, or anything at the reply domain.  Never a participant (R27)."""
    settings = house(session).settings
    local, _, domain = address.lower().rpartition("@")
    if settings.reply_form == "domain" and domain == settings.reply_domain:
        return True
    return desk_at(session, f"{local.partition('+')[0]}@{domain}") is not None
