"""Putting mail into the outbox.  A row a recipient, in the transaction of the deed; the bridge finds it there.  The web never sends."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.actions import addresses
from helpdesk.actions.events import record
from helpdesk.actions.jobs import enqueue
from helpdesk.db import house
from helpdesk.models import Agent, Case, Entry, OutboxMail, Participant, ReplyAddress
from helpdesk.policies import message_ids
from helpdesk.policies.automatic import Sent

AUTOMATIC = ("acknowledgement", "later")  # to customers
CUSTOMERS = ("reply", *AUTOMATIC)


class NotWaiting(Exception):
    """There is nothing to send again.  `str()` is a sentence for people."""


def mint_message_id(session: Session, *, now: datetime) -> str:
    """Minted when the mail is queued, so that a second try after a crash is the same mail."""
    key = house(session).keys.key("message-id")
    return message_ids.mint(now, secrets.randbits(50), domain=sending_domain(session), key=key)


def sending_domain(session: Session) -> str:
    """The domain of our Message-IDs."""
    settings = house(session).settings
    return settings.reply_domain if settings.reply_form == "domain" else settings.main_desk.partition("@")[2]


def queue_reply(
    session: Session,
    case: Case,
    entry: Entry,
    participant: Participant,
    address: ReplyAddress,
    *,
    now: datetime,
    due: datetime | None = None,
) -> OutboxMail:
    """An agent's answer to one participant.  Its envelope sender is an address of ours that takes the delivery report."""
    report = addresses.issue_report(session, case, now=now)
    row = _queue_entry(session, "reply", case, entry, participant, address, now=now, due=due)
    row.report_address = report
    return row


def queue_consultation(
    session: Session,
    case: Case,
    entry: Entry,
    to: tuple[str, str],
    address: ReplyAddress,
    *,
    now: datetime,
    due: datetime | None = None,
) -> OutboxMail:
    """A mail to a third party, (name, address), who takes no part in the case; in the language of its desk."""
    return _post(
        session,
        "consultation",
        to[1],
        recipient_name=to[0],
        language=case.desk.language,
        entry=entry,
        case_number=case.number,
        reply_address=address,
        report_address=addresses.issue_report(session, case, now=now),
        message_id=entry.message_id,
        now=now,
        due=due,
    )


def queue_acknowledgement(
    session: Session, case: Case, entry: Entry, participant: Participant, address: ReplyAddress, *, now: datetime
) -> OutboxMail:
    """Null envelope sender: nobody can answer it with a report (RFC 3834 §3)."""
    return _queue_entry(session, "acknowledgement", case, entry, participant, address, now=now)


def queue_later(
    session: Session, case: Case, entry: Entry, participant: Participant, address: ReplyAddress, *, now: datetime
) -> OutboxMail:
    """That it will be later than an acknowledgement said; as automatic as that."""
    return _queue_entry(session, "later", case, entry, participant, address, now=now)


def queue_to_agent(
    session: Session, kind: str, agent: Agent, words: dict[str, Any], *, now: datetime, case: Case | None = None
) -> OutboxMail:
    """A mail to one of us: notification, notice, invitation or reset."""
    return _post(
        session,
        kind,
        agent.email,
        automatic=True,
        recipient_name=agent.name,
        language=agent.language or house(session).settings.language,
        case_number=case.number if case else None,
        words=words,
        now=now,
    )


def queue_probe(session: Session, address: ReplyAddress, *, now: datetime) -> OutboxMail:
    """A mail to ourselves, to see that the line holds."""
    return _post(session, "probe", address.address, automatic=True, language="en", now=now)


def sent_lately(session: Session, address: str, *, now: datetime) -> Sent:
    """How much automatic mail went out: what policies.automatic decides by."""
    day = OutboxMail.created_at > now - timedelta(days=1)
    automatic = (OutboxMail.automatic, OutboxMail.kind.in_(CUSTOMERS))
    of_acknowledgements = func.count().filter(OutboxMail.kind.in_(AUTOMATIC))
    to_address = select(of_acknowledgements, func.count()).where(*automatic, day, OutboxMail.recipient == address.lower())
    this_minute = select(func.count()).where(*automatic, OutboxMail.created_at > now - timedelta(minutes=1))
    acknowledgements, all_of_them = session.execute(to_address).one()
    return Sent(acknowledgements, all_of_them, session.scalar(this_minute) or 0)


def try_again(session: Session, row: OutboxMail, *, agent: Agent | None = None, now: datetime) -> None:
    """An agent wants a mail that waits for its next try, failed or came back sent once more: the same bytes, now.

    Raises NotWaiting where it was sent, or is being sent.
    """
    if row.state == "sent" or (row.lease_until is not None and row.lease_until > now):
        raise NotWaiting("This mail has left already, or is leaving at this moment.")
    before = {"state": row.state, "answer": row.answer}
    row.state, row.due_at, row.attempts, row.changed_at, row.created_at = "queued", now, 0, now, now
    record(session, "sent-again", now=now, agent=agent, thing=f"outbox {row.id}", before=before)
    _ring(session, now)


def _queue_entry(
    session: Session,
    kind: str,
    case: Case,
    entry: Entry,
    participant: Participant,
    address: ReplyAddress,
    *,
    now: datetime,
    due: datetime | None = None,
) -> OutboxMail:
    assert entry.message_id is not None
    return _post(
        session,
        kind,
        participant.person.address,
        automatic=kind != "reply",
        recipient_name=participant.person.name,
        language=case.language,
        entry=entry,
        case_number=case.number,
        reply_address=address,
        message_id=entry.message_id,
        now=now,
        due=due,
    )


def _post(
    session: Session,
    kind: str,
    recipient: str,
    *,
    automatic: bool = False,
    message_id: str | None = None,
    now: datetime,
    due: datetime | None = None,
    **more: Any,
) -> OutboxMail:
    """A new row, to leave now or when it is `due`.  What is no entry of a case gets a Message-ID of its own."""
    row = OutboxMail(
        kind=kind,
        recipient=recipient,
        automatic=automatic,
        message_id=message_id or mint_message_id(session, now=now),
        state="queued",
        created_at=now,
        due_at=due or now,
        changed_at=now,
        **more,
    )
    session.add(row)
    session.flush()
    if row.due_at > now:
        _ring(session, row.due_at, once=False)  # beside the order for what leaves at once, which would hasten it
    else:
        _ring(session, now)
    return row


def _ring(session: Session, now: datetime, *, once: bool = True) -> None:
    if house(session).settings.outgoing == "send":
        enqueue(session, "outbox.deliver", now=now, dedupe="outbox.deliver" if once else None)
