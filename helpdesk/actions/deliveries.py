"""What became of a mail that we sent, a recipient at a time.  Told by the bridge, shown on the case."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from helpdesk.actions import cases, notices
from helpdesk.actions.events import record
from helpdesk.models import Case, Entry, OutboxMail
from helpdesk.policies.timetable import next_try
from helpdesk.queries import merges


def claim_due(
    session: Session, *, now: datetime, real_now: datetime, worker: str, lease: timedelta, limit: int
) -> list[OutboxMail]:
    """Take what is due under a lease, the oldest first.

    A mail whose sender died is taken again when its lease has run out; nobody knows whether it had left, and the row says so.
    """
    query = (
        select(OutboxMail)
        .where(OutboxMail.state.in_(("queued", "deferred")), OutboxMail.due_at <= now)
        .where(or_(OutboxMail.lease_until.is_(None), OutboxMail.lease_until <= real_now))
        .order_by(OutboxMail.due_at, OutboxMail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(query))
    for row in rows:
        row.maybe_twice = row.maybe_twice or row.lease_by is not None
        row.lease_until, row.lease_by, row.attempts = real_now + lease, worker, row.attempts + 1
    return rows


def renew(session: Session, *, worker: str, until: datetime) -> None:
    """Keep the leases of a batch that is still being sent."""
    session.execute(update(OutboxMail).where(OutboxMail.lease_by == worker).values(lease_until=until))


def held(session: Session, row_id: int, *, worker: str) -> OutboxMail | None:
    """The row, if this worker's lease still holds; None where another one has taken it over (its word counts then)."""
    return session.scalar(select(OutboxMail).where(OutboxMail.id == row_id, OutboxMail.lease_by == worker).with_for_update())


def sent(session: Session, row: OutboxMail, answer: str, *, now: datetime) -> None:
    """The relay took it."""
    row.sent_at = now
    _settle(row, "sent", answer, now)


def deferred(session: Session, row: OutboxMail, answer: str, *, now: datetime) -> None:
    """Not now: try again later, for at least four days, then give up."""
    again = next_try(row.attempts, row.created_at, now)
    if again is None:
        failed(session, row, answer, now=now)
        return
    _settle(row, "deferred", answer, now)
    row.due_at = again


def failed(session: Session, row: OutboxMail, answer: str, *, now: datetime) -> None:
    """The relay will never take it."""
    _settle(row, "failed", answer, now)
    _undeliverable(session, row, now=now)


def bounced(session: Session, row: OutboxMail, answer: str, *, permanent: bool, now: datetime) -> None:
    """A delivery report came home.  One that only tells of a delay is noted and changes nothing else.

    Of a mail that came back already it tells nothing new: that stays counted when it first did.
    """
    if row.state == "bounced":
        row.answer = answer[:500] if permanent else row.answer
    elif permanent:
        _settle(row, "bounced", answer, now)
        _undeliverable(session, row, now=now)
    else:
        row.answer, row.changed_at = answer[:500], now


def challenged(session: Session, case: Case, entry: Entry, *, now: datetime) -> None:
    """Their mail system wants a proof before it delivers: our answer did not arrive, so it is our turn.  No machine of ours proves anything."""
    before = {"state": case.state}
    if case.state in ("waiting", "resolved"):
        cases.move(session, case, "answer-bounced", now=now)
    record(session, "challenged", now=now, case=case, before=before, after={"state": case.state, "name": entry.author})
    notices.tell_holder(session, case, now=now)


def complained_of(session: Session, case: Case, entry: Entry, *, now: datetime) -> None:
    """Their provider says that our mail was reported as spam."""
    record(session, "complained-of", now=now, case=case, after={"name": entry.author})


def _settle(row: OutboxMail, state: str, answer: str, now: datetime) -> None:
    row.state, row.answer, row.changed_at = state, answer[:500], now
    row.lease_until = row.lease_by = None


def _undeliverable(session: Session, row: OutboxMail, *, now: datetime) -> None:
    """Tell it on the case.  Where our last answer did not arrive, a resolved case is open again; that is no reopening by the customer."""
    case = session.get(Case, merges.home(session, row.case_number)) if row.case_number else None
    if case is None or row.entry_id is None:
        return
    before = {"state": case.state}
    if row.kind == "reply" and row.entry_id == _last_answer(session, case):
        cases.move(session, case, "answer-bounced", now=now)
    after = {"state": case.state, "address": row.recipient, "answer": row.answer, "name": row.recipient_name}
    record(session, "undeliverable", now=now, case=case, thing=f"outbox {row.id}", before=before, after=after)


def _last_answer(session: Session, case: Case) -> int | None:
    story = OutboxMail.case_number.in_(merges.all_of(session, case.number))
    query = select(OutboxMail.entry_id).where(story, OutboxMail.kind == "reply")
    return session.scalar(query.order_by(OutboxMail.id.desc()).limit(1))
