"""The life of a reply address: issue, renew, extend, revoke, rotate, expire, retire.  Every change is on the case's timeline."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from helpdesk.actions.events import record
from helpdesk.db import house
from helpdesk.models import Agent, Arrival, Case, Event, OutboxMail, Participant, ReplyAddress, Tombstone
from helpdesk.policies import addresses as policy
from helpdesk.policies.addresses import Purpose
from helpdesk.queries import addresses as find

_DOORS = ("reply", "side")  # that lead into a case, and end with it


class CannotChange(Exception):
    """The address is past changing.  `str()` is a sentence for people."""


def issue(session: Session, participant: Participant, *, now: datetime) -> ReplyAddress:
    """A new address for this participant of this case, valid while the case is open."""
    row = _mint(session, "reply", now=now, case=participant.case, participant=participant)
    record(session, "address-issued", now=now, case=participant.case, thing=f"address {row.id}", after=_facts(session, row))
    return row


def issue_probe(session: Session, *, now: datetime) -> ReplyAddress:
    """The hidden address to which probes go, and by which they are told from other mail."""
    return _mint(session, "probe", now=now, case=None, participant=None)


def issue_report(session: Session, case: Case | None, *, now: datetime) -> ReplyAddress:
    """An envelope sender for one outgoing mail, so that its delivery report finds the mail that it is about."""
    return _mint(session, "report", now=now, case=case, participant=None)


def issue_side(session: Session, case: Case, *, now: datetime) -> ReplyAddress:
    """The address of a third party who is asked for advice: it leads into their consultation, and nowhere else."""
    return _mint(session, "side", now=now, case=case, participant=None)


def ensure(session: Session, participant: Participant, *, now: datetime) -> ReplyAddress:
    """The address that works for this participant.

    One that had ended is opened again, so that whoever answers our old or our new mail comes to the same place; where it was
    withdrawn or retired there is a new one.
    """
    living = find.living(session, participant, now)
    last = living or find.newest(session, participant)
    if last is None or find.standing_of(last, now) in ("revoked", "retired"):
        return issue(session, participant, now=now)
    if living is None:
        before = _facts(session, last)
        last.expires_at, last.expired_at = policy.expiry_after_resolution(now, house(session).settings.grace), None
        _tell(session, "address-extended", last, None, before, now)
    return last


def begin_grace(session: Session, case: Case, *, now: datetime) -> None:
    """The problem is solved: every living address gets its last day.  Called again (an answer after that), it moves the day on."""
    until = policy.expiry_after_resolution(now, house(session).settings.grace)
    for row in _living_with(session, case):
        if policy.lives(find.standing_of(row, now)) and (row.expires_at is None or row.expires_at < until):
            row.expires_at = until


def renew(session: Session, case: Case, *, now: datetime) -> None:
    """The case is open again: its addresses live again, also expired ones; revoked and retired ones stay what they are."""
    for row in _living_with(session, case):
        if find.standing_of(row, now) in ("grace", "expired"):
            row.expires_at = row.expired_at = None


def settle_sides(session: Session, case: Case, *, now: datetime) -> None:
    """After two cases came apart: third parties' addresses live and end with the case in which they were asked."""
    grace = policy.expiry_after_resolution(now, house(session).settings.grace)
    for row in find.sides_of(session, case.number, still_asked=True):
        if case.state == "resolved":
            row.expires_at = row.expires_at or grace
        elif find.standing_of(row, now) in ("grace", "expired"):
            row.expires_at = row.expired_at = None


def extend(session: Session, row: ReplyAddress, days: int, *, agent: Agent, now: datetime) -> Event:
    """Let an address live some days longer; one that expired lives again.  Raises CannotChange."""
    if not 1 <= days <= 365:
        raise CannotChange("An address can be extended by 1 to 365 days.")
    if find.standing_of(row, now) in ("retired", "revoked"):
        raise CannotChange("This address was withdrawn or retired; it cannot be extended.")
    if row.expires_at is None:
        raise CannotChange("This address lives as long as the case is open; there is nothing to extend.")
    before = _facts(session, row)
    row.expires_at, row.expired_at = policy.expiry_after_extension(row.expires_at, now, days), None
    return _tell(session, "address-extended", row, agent, before, now)


def revoke(session: Session, row: ReplyAddress, *, agent: Agent, now: datetime) -> Event | None:
    """Withdraw an address at once.  Raises CannotChange where it is retired; a second time changes nothing."""
    where = find.standing_of(row, now)
    if where == "retired":
        raise CannotChange("This address is retired already.")
    if where == "revoked":
        return None
    before = _facts(session, row)
    row.revoked_at = now
    return _tell(session, "address-revoked", row, agent, before, now)


def rotate(session: Session, row: ReplyAddress, *, agent: Agent, now: datetime) -> ReplyAddress:
    """Withdraw an address that leaked and give its participant a new one; the case goes on.

    The new one ends when the old one would have; where that day has passed, a grace period from now.  Raises CannotChange.
    """
    if row.participant is None:
        raise CannotChange("This address has no participant.")
    if find.standing_of(row, now) == "revoked":
        raise CannotChange("This address was withdrawn already.")
    end = row.expires_at
    revoke(session, row, agent=agent, now=now)
    fresh = issue(session, row.participant, now=now)
    fresh.expires_at = end if end is None or end > now else policy.expiry_after_resolution(now, house(session).settings.grace)
    return fresh


def give_lives_back(session: Session, case: Case, ends: Mapping[str, Sequence[str | None]]) -> None:
    """Every address lives as long as it did: (last day, when its end was noted) by its id."""
    for row in find.doors_of(session, case.number):
        known = ends.get(str(row.id))
        if known is not None:
            row.expires_at, row.expired_at = instant(known[0]), instant(known[1])


def due_to_expire(session: Session, now: datetime) -> tuple[list[ReplyAddress], int]:
    """The addresses whose last day has passed unnoted, and how many there are that could."""
    open_ended = select(func.count()).select_from(ReplyAddress).where(*_may_expire())
    due = select(ReplyAddress).where(*_may_expire(), ReplyAddress.expires_at <= now).order_by(ReplyAddress.id)
    due = due.with_for_update(skip_locked=True)  # two sweepers never tell the same end twice
    return list(session.scalars(due)), session.scalar(open_ended) or 0


def expire(session: Session, row: ReplyAddress, *, now: datetime) -> None:
    """Note that an address has ended."""
    before = _facts(session, row)
    row.expired_at = now
    _tell(session, "expired", row, None, before, now)


def due_to_retire(session: Session, now: datetime) -> list[ReplyAddress]:
    """Expired or withdrawn eleven months ago and more."""
    limit = now - policy.RETIRED_AFTER
    ended = or_(ReplyAddress.expired_at <= limit, ReplyAddress.revoked_at <= limit)
    query = select(ReplyAddress).where(ReplyAddress.purpose.in_(_DOORS), ReplyAddress.retired_at.is_(None), ended)
    return list(session.scalars(query.order_by(ReplyAddress.id).with_for_update(skip_locked=True)))


def retire(session: Session, row: ReplyAddress, *, now: datetime) -> None:
    """Forget an address, but for its keyed hash: it will never be issued again."""
    session.merge(Tombstone(digest=house(session).keys.digest("tombstone", row.token), retired_at=now))
    before = _facts(session, row)
    row.retired_at, row.token, row.address = now, f"retired-{row.id}", f"retired-{row.id}"
    _tell(session, "address-retired", row, None, before, now)


def forget(session: Session, row: ReplyAddress, *, now: datetime) -> None:
    """Strike off an address that nobody ever saw, but for its keyed hash."""
    session.merge(Tombstone(digest=house(session).keys.digest("tombstone", row.token), retired_at=now))
    session.delete(row)
    session.flush()


def is_unknown(session: Session, row: ReplyAddress) -> bool:
    """Whether no mail of ours carries this address, and none came to it: nobody can know it."""
    carried = select(OutboxMail.id).where(OutboxMail.reply_address_id == row.id)
    came = select(Arrival.id).where(func.lower(Arrival.recipient) == row.address)
    return session.scalar(select(carried.exists())) is False and session.scalar(select(came.exists())) is False


def _may_expire() -> list[Any]:
    return [
        ReplyAddress.purpose.in_(_DOORS),
        ReplyAddress.expires_at.is_not(None),
        ReplyAddress.expired_at.is_(None),
        ReplyAddress.revoked_at.is_(None),
        ReplyAddress.retired_at.is_(None),
    ]


def _mint(
    session: Session, purpose: Purpose, *, now: datetime, case: Case | None, participant: Participant | None
) -> ReplyAddress:
    token = _unused_token(session)
    row = ReplyAddress(
        purpose=purpose, token=token, address=_spell(session, purpose, token), case=case, participant=participant, issued_at=now
    )
    session.add(row)
    session.flush()
    return row


def _unused_token(session: Session) -> str:
    while True:
        token = "".join(secrets.choice(policy.ALPHABET) for _ in range(policy.IDENTITY))
        taken = session.scalar(select(ReplyAddress.id).where(ReplyAddress.token == token))
        if taken is None and not find.is_tombstone(session, token):
            return token


def _spell(session: Session, purpose: Purpose, token: str) -> str:
    settings, keys = house(session)
    base, _, domain = settings.main_desk.partition("@")
    if settings.reply_form == "domain":
        local = policy.encode(purpose, token, domain=settings.reply_domain, key=keys.key(purpose))
        return f"{local}@{settings.reply_domain}"
    return f"{base}+{policy.encode(purpose, token, domain=domain, key=keys.key(purpose))}@{domain}"


def _living_with(session: Session, case: Case) -> list[ReplyAddress]:
    """Those whose life is that of the case: of who takes part, and of third parties as long as they are asked."""
    return [*find.of_case(session, case.number), *find.sides_of(session, case.number, still_asked=True)]


def _facts(session: Session, row: ReplyAddress) -> dict[str, Any]:
    name = find.called(session, row)
    ends, ended = (at.isoformat() if at else None for at in (row.expires_at, row.expired_at))
    is_revoked = row.revoked_at is not None
    return {"address": row.id, "participant": name, "expires_at": ends, "expired_at": ended, "revoked": is_revoked}


def instant(said: str | None) -> datetime | None:
    """A time as events keep it."""
    return datetime.fromisoformat(said) if said else None


def _tell(session: Session, deed: str, row: ReplyAddress, agent: Agent | None, before: dict[str, Any], now: datetime) -> Event:
    thing = f"address {row.id}"
    return record(session, deed, now=now, agent=agent, case=row.case, thing=thing, before=before, after=_facts(session, row))
