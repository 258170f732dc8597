"""Do the books agree?  What `holdline fsck` asks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from helpdesk.blobs import Blob
from helpdesk.db import house
from helpdesk.models import (
    Arrival,
    Case,
    Entry,
    Event,
    InboundMail,
    OutboxMail,
    Participant,
    ReplyAddress,
    SearchText,
    Tombstone,
)
from helpdesk.queries import post

CHUNK = 200


def problems(session: Session) -> Iterator[str]:
    """A sentence for everything that does not agree; nothing where all is well."""
    yield from _ledger(session)
    yield from _blobs(session)
    yield from _addresses(session)
    yield from _outbox(session)
    yield from _stories(session)


def _ledger(session: Session) -> Iterator[str]:
    books = post.ledger(session)
    if books.mismatch:
        yield f"ledger: {books.accepted} accepted, but {books.mismatch} of them have no outcome that we know"
    for mail_id in session.scalars(select(InboundMail.id).where(~exists().where(Arrival.mail_id == InboundMail.id))):
        yield f"mail {mail_id}: has no recipient"
    for arrival in session.scalars(select(Arrival).where(Arrival.outcome.is_not(None), Arrival.reason == "")):
        yield f"mail {arrival.mail_id}: its outcome {arrival.outcome} has no sentence"
    filed = Arrival.outcome.in_(("case", "new-case", "follow-up", "auto", "duplicate")) & Arrival.entry_id.is_(None)
    for arrival in session.scalars(select(Arrival).where(filed)):
        yield f"mail {arrival.mail_id}: its outcome is {arrival.outcome}, but it lies in no case"
    unsettled = InboundMail.settled_at.is_not(None) & exists().where(Arrival.mail_id == InboundMail.id, Arrival.outcome.is_(None))
    for mail_id in session.scalars(select(InboundMail.id).where(unsettled)):
        yield f"mail {mail_id}: counts as settled, but one of its recipients is not"


def _blobs(session: Session) -> Iterator[str]:
    digests = list(session.scalars(select(Blob.sha256).order_by(Blob.sha256)))
    for start in range(0, len(digests), CHUNK):
        rows = session.execute(
            select(Blob.sha256, Blob.content, Blob.size).where(Blob.sha256.in_(digests[start : start + CHUNK]))
        )
        for digest, content, size in rows:
            if hashlib.sha256(content).hexdigest() != digest or len(content) != size:
                yield f"blob {digest}: is damaged"


def _addresses(session: Session) -> Iterator[str]:
    keys = house(session).keys
    for row in session.scalars(select(ReplyAddress).where(ReplyAddress.purpose == "reply")):
        if row.case_number is None or row.participant_id is None:
            yield f"address {row.id}: leads into no case"
        tombstone = exists().where(Tombstone.digest == keys.digest("tombstone", row.token))
        if row.retired_at is None and session.scalar(select(tombstone)):
            yield f"address {row.id}: was issued a second time"
        if row.retired_at is None and len(row.address.partition("@")[0]) > 64:
            yield f"address {row.id}: is longer than 64 octets"
        if row.expired_at is not None and row.expires_at is None:
            yield f"address {row.id}: has expired without a last day"
    resolved = select(ReplyAddress).join(Case, ReplyAddress.case_number == Case.number).where(
        Case.state == "resolved", Case.merged_into.is_(None), ReplyAddress.purpose.in_(("reply", "side")), ReplyAddress.expires_at.is_(None),
        ReplyAddress.revoked_at.is_(None), ReplyAddress.retired_at.is_(None),
    )  # fmt: skip
    for row in session.scalars(resolved):
        yield f"address {row.id}: its case is resolved, but it would live for ever"
    for participant_id, n in session.execute(
        select(ReplyAddress.participant_id, func.count())
        .where(ReplyAddress.purpose == "reply", *(c.is_(None) for c in (ReplyAddress.revoked_at, ReplyAddress.expired_at)))
        .where(ReplyAddress.retired_at.is_(None), ReplyAddress.merged_from.is_(None))
        .group_by(ReplyAddress.participant_id)
        .having(func.count() > 1)
    ):
        yield f"participant {participant_id}: has {n} living addresses"


def _outbox(session: Session) -> Iterator[str]:
    for row in session.scalars(select(OutboxMail)):
        if row.state not in ("queued", "deferred", "sent", "bounced", "failed"):
            yield f"outbox {row.id}: is {row.state}, which is no state"
        if row.state in ("sent", "bounced") and row.sha256 is None and "token" not in row.words:  # a password's link is not kept
            yield f"outbox {row.id}: was {row.state}, but its bytes were not kept"
        if row.kind == "reply" and row.report_address_id is None:
            yield f"outbox {row.id}: has no address for its delivery report"


def _stories(session: Session) -> Iterator[str]:
    for entry_id in session.scalars(select(Entry.id).where(~exists().where(Event.entry_id == Entry.id))):
        yield f"entry {entry_id}: is on no timeline"
    for entry_id in session.scalars(
        select(Entry.id).where(Entry.kind != "taken-back", ~exists().where(SearchText.entry_id == Entry.id))
    ):
        yield f"entry {entry_id}: cannot be found by search"
    alone = ~exists().where(Participant.case_number == Case.number)
    for number in session.scalars(select(Case.number).where(alone, Case.merged_into.is_(None))):
        yield f"case {number}: nobody takes part in it"
    survivor = aliased(Case)
    chained = select(Case.number).outerjoin(survivor, survivor.number == Case.merged_into).where(Case.merged_into.is_not(None))
    for number in session.scalars(chained.where(or_(survivor.number.is_(None), survivor.merged_into.is_not(None)))):
        yield f"case {number}: was merged into a case that is none, or that was merged itself"
