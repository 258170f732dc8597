"""Who is let in: the answer to RCPT.  The worker asks again afterwards; here nobody is refused whom it would serve."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from sqlalchemy.orm import Session

from helpdesk.db import House, house
from helpdesk.models import ReplyAddress
from helpdesk.policies import addresses
from helpdesk.policies.addresses import Standing
from helpdesk.queries import addresses as find
from mail import recipients, replies
from mail.recipients import (
    Caretaker,
    CaseDoor,
    Foreign,
    FrontDesk,
    Mistyped,
    ProbeDoor,
    ReportDoor,
    Retired,
    SideDoor,
    SignedUnknown,
    Unknown,
)
from mail.replies import Reply


def judge(session: Session, recipient: str, sender: str, *, now: datetime) -> Reply | None:
    """Why this recipient is refused, or None where mail for it is welcome.  `sender` "" is the null reverse-path."""
    desk = house(session).settings.main_desk
    match recipients.classify(session, recipient, now=now):
        case FrontDesk() | ReportDoor() | ProbeDoor() | SignedUnknown() | Caretaker():
            return None
        case CaseDoor(address, standing) | SideDoor(address, standing):
            return _at_case_door(session, address, standing, sender, now)
        case Retired():
            return replies.retired(desk)
        case Mistyped():
            return replies.mistyped(desk)
        case Unknown():
            # RFC 5321 §5.1 has forgotten «user%elsewhere@here» and «elsewhere!user@here»; open relays had not.
            return replies.RELAY_DENIED if set("%!") & set(recipient) else replies.unknown(desk)
        case Foreign():
            return replies.RELAY_DENIED
        case other:
            assert_never(other)


def judge_alone(installation: House, recipient: str) -> Reply | None:
    """The same while the database does not answer: our signature and our settings must do, and nobody is refused for good."""
    if recipients.plain(recipient) in installation.settings.front_desks:
        return None
    return None if isinstance(recipients.read(recipient, installation), addresses.Token) else replies.FAULT


def _at_case_door(session: Session, address: ReplyAddress, standing: Standing, sender: str, now: datetime) -> Reply | None:
    settings = house(session).settings
    case = address.case
    desk = case.desk.address if case and case.desk.active else settings.main_desk
    match standing:
        case "active" | "grace":
            return None
        case "revoked":
            return replies.revoked(desk)
        case "retired":
            return replies.retired(desk)
        case "expired":
            ended = address.expires_at or address.expired_at
            if case is None or ended is None:
                return replies.retired(desk)
            strict = settings.expired == "refuse" and addresses.is_final(ended, address.expired_at, now)
            if sender and not strict and find.participant(session, case.number, sender) is not None:
                return None  # it becomes a follow-up case
            return replies.expired(desk, case.number, ended.astimezone(settings.zone).date())
        case other:
            assert_never(other)
