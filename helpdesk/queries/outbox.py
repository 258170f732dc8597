"""What goes out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from helpdesk.models import Agent, OutboxMail
from helpdesk.policies import bounces, message_ids
from helpdesk.queries.sight import outbox_is_seen_by

STILL_TO_GO, DID_NOT_ARRIVE = ("queued", "deferred"), ("failed", "bounced")
MAIL = OutboxMail.kind != "probe"


def by_report_address(session: Session, address_id: int) -> OutboxMail | None:
    """The mail whose envelope sender was this address."""
    return session.scalar(select(OutboxMail).where(OutboxMail.report_address_id == address_id))


def by_message_id(session: Session, message_id: str) -> list[OutboxMail]:
    return list(session.scalars(select(OutboxMail).where(OutboxMail.message_id == message_id).order_by(OutboxMail.id)))


def by_envelope_id(session: Session, envelope_id: str) -> OutboxMail | None:
    """The mail that was sent with this ENVID."""
    if not message_ids.looks_like_envelope_id(envelope_id):
        return None
    number = int(envelope_id.partition(".")[0])
    row = session.get(OutboxMail, number) if number < 2**31 else None  # PostgreSQL refuses to look for a larger one
    return row if row is not None and message_ids.envelope_id(row.id, row.message_id) == envelope_id else None


def by_state(session: Session, agent: Agent | None = None) -> dict[str, int]:
    """How many mails there are in each state, all in all or that this agent may know of; the canary's probes are nobody's mail."""
    query = select(OutboxMail.state, func.count()).where(MAIL).group_by(OutboxMail.state)
    rows = session.execute(query.where(outbox_is_seen_by(agent)) if agent else query).all()
    return dict(rows)


def waiting(session: Session, agent: Agent, *, limit: int = 100) -> list[OutboxMail]:
    """What has not left yet, the oldest first."""
    query = select(OutboxMail).where(OutboxMail.state.in_(STILL_TO_GO), MAIL, outbox_is_seen_by(agent))
    return list(session.scalars(query.order_by(OutboxMail.id).limit(limit)))


def undelivered(session: Session, agent: Agent, *, limit: int = 100, before: int | None = None) -> list[OutboxMail]:
    """What was given up or came back, the newest first."""
    query = select(OutboxMail).where(OutboxMail.state.in_(DID_NOT_ARRIVE), MAIL, outbox_is_seen_by(agent))
    query = query.order_by(OutboxMail.id.desc()).limit(limit)
    return list(session.scalars(query.where(OutboxMail.id < before) if before else query))


def one(session: Session, row_id: int, agent: Agent) -> OutboxMail | None:
    """A mail of ours, locked, if this agent may know of it."""
    query = select(OutboxMail).where(OutboxMail.id == row_id, outbox_is_seen_by(agent))
    return session.scalar(query.with_for_update(of=OutboxMail))


def refused(addresses: Select[str]) -> Select[int]:
    """What of our answers to these addresses did not arrive: without any, there is nothing to ask `nobody_at`."""
    to_them = OutboxMail.recipient.in_(addresses), OutboxMail.kind == "reply"
    # SQLite would look among all that ever did not arrive: years have more of that than one address has mail.
    return select(OutboxMail.id).where(*to_them, func.coalesce(OutboxMail.state, "").in_(DID_NOT_ARRIVE))


def nobody_at(session: Session, addresses: Iterable[str]) -> list[str]:
    """Those of the addresses whose servers have said twice, since a mail last arrived there, that nobody is there."""
    asked = list(addresses)
    replies = (OutboxMail.recipient.in_(asked), OutboxMail.kind == "reply")
    turn = func.row_number().over(partition_by=OutboxMail.recipient, order_by=OutboxMail.id.desc()).label("turn")
    ranked = select(OutboxMail.recipient, OutboxMail.state, OutboxMail.answer, turn).where(*replies).subquery()
    newest: dict[str, list[tuple[str, str]]] = {}
    for recipient, state, answer, _turn in session.execute(select(ranked).where(ranked.c.turn <= 20).order_by(ranked.c.turn)):
        newest.setdefault(recipient, []).append((state, answer))
    return [address for address in asked if _refusals(newest.get(address, [])) >= bounces.TWICE]


def _refusals(newest: list[tuple[str, str]]) -> int:
    """How often the server said so, in these states and answers, the newest first, since one arrived."""
    since = takewhile(lambda row: row[0] != "sent", newest)
    return sum(state in DID_NOT_ARRIVE and bounces.says_nobody_is_there(answer) for state, answer in since)
