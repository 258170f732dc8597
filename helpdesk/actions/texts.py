"""A desk's own words for the mails that we send."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.models import Agent, Desk, MailText
from helpdesk.policies.texts import TEXTS, wrong
from helpdesk.queries import texts as find
from helpdesk.words import LANGUAGES


def write(
    session: Session, desk: Desk, name: str, language: str, *, subject: str, body: str, agent: Agent, now: datetime
) -> MailText:
    """Say this from now on.  Raises NotUsable."""
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    check(name, language, subject, body)
    row, before = find.own(session, desk, name, language), {}
    if row is None:
        row = MailText(desk_id=desk.id, name=name, language=language)
        session.add(row)
    else:
        before = {"subject": row.subject, "body": row.body}
    row.subject, row.body, row.changed_at = subject if TEXTS[name].subject else "", body, now
    session.flush()
    after = {"name": name, "language": language, "subject": row.subject, "body": body}
    record(session, "text-written", now=now, agent=agent, thing=f"desk {desk.id}", before=before, after=after)
    return row


def reset(session: Session, desk: Desk, name: str, language: str, *, agent: Agent, now: datetime) -> None:
    """Say our words again."""
    row = find.own(session, desk, name, language)
    if row is not None:
        before = {"name": name, "language": language, "subject": row.subject, "body": row.body}
        session.delete(row)
        record(session, "text-reset", now=now, agent=agent, thing=f"desk {desk.id}", before=before)


def check(name: str, language: str, subject: str, body: str) -> None:
    """Raises NotUsable where these words cannot be sent."""
    if name not in TEXTS or language not in LANGUAGES:
        raise NotUsable("body", "This cannot be changed.")
    match wrong(name, subject, body):
        case (field, "empty", _):
            raise NotUsable(field, "There is nothing in it yet.")
        case (field, "strange", place):
            raise NotUsable(field, "There is no placeholder {%(name)s}.", name=place)
        case (field, _, place):
            raise NotUsable(field, "This mail needs {%(name)s} somewhere.", name=place)
