"""What speaks against a mail: somebody keeps its sender out, a filter calls it spam, nothing proves who wrote it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from helpdesk.db import house
from helpdesk.queries import blocks, mailboxes
from mail import spam
from mail.letter import Hold
from mail.recognise import checks_senders
from mail.route.question import Question


def blocked(session: Session, asked: Question) -> Hold | None:
    """Somebody keeps this sender out, and nobody has let this mail in."""
    author = asked.letter.author.address if asked.letter.author else ""
    row = None if asked.arrival.released else blocks.of(session, (author, asked.envelope.sender))
    if row is None:
        return None
    name = row.agent.name if row.agent else "the desk"
    day = row.since.astimezone(house(session).settings.zone).date().isoformat()
    return Hold(f"Mail from {row.pattern} was blocked by {name} on {day}.")


def suspected(session: Session, asked: Question, what: str) -> Hold | None:
    """A filter calls it spam, nobody has let it in, and nothing speaks for it: it opens nothing by itself."""
    said = None if asked.arrival.released else _filtered(session, asked)
    return Hold(f"{what}, but {said}.") if said else None


def flags(session: Session, asked: Question) -> tuple[str, ...]:
    """The flags of a participant's mail that a filter calls spam (it never keeps a customer's answer from us), or for whose sender
    nothing speaks; where nobody checks, that would stand on every mail and say nothing."""
    settings = house(session).settings
    unproved = checks_senders(settings) and asked.letter.trust.level == 1
    return (*(["unverified"] if unproved else []), *(["spam"] if _filtered(session, asked) else []))


def _filtered(session: Session, asked: Question) -> str | None:
    """What a filter did about it: it was put into a junk folder, or marked on its way."""
    if junk := mailboxes.junk_folder_of(session, asked.envelope.mailbox_id):
        return f"it lay in the junk folder of {junk}"
    said = spam.verdict(asked.letter.fields) if house(session).settings.spam_headers == "hold" else None
    return f"a filter on its way calls it spam ({said})" if said else None
