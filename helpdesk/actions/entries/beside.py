"""What is said beside the answers: to colleagues, to third parties, about a call, and by the desk itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from helpdesk import letters
from helpdesk.actions import acknowledgements, addresses, mentions, outbox
from helpdesk.actions.entries.words import EmptyText, Upload, file, new, write_down
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Entry, Team
from helpdesk.present import markdown
from helpdesk.queries import cases as find


def note(
    session: Session,
    case: Case,
    text: str,
    *,
    agent: Agent,
    now: datetime,
    files: Sequence[Upload] = (),
    idempotency_key: str | None = None,
) -> Entry:
    """For colleagues only; whom it mentions is told.  A key seen before gives the same entry again.  Raises EmptyText."""
    if idempotency_key and (before := find.said_with_key(session, idempotency_key, case)):
        return before
    entry = write_down(session, case, "note", text, agent=agent, now=now, files=files, key=idempotency_key)
    entry.html = markdown.render(text)
    record(session, "noted", now=now, agent=agent, case=case, entry=entry)
    mentions.tell(session, case, entry, agent=agent, now=now)
    return entry


def note_of_handover(
    session: Session,
    case: Case,
    text: str,
    *,
    to: str,
    agent: Agent,
    now: datetime,
    before: dict[str, Any],
    team: Team | None = None,
) -> Entry:
    """The note that goes with a case from one hand to another; `before` is what the case was until then."""
    entry = write_down(session, case, "note", text, agent=agent, now=now)
    entry.traits = {"handover": to}
    after = {"to": to} | ({"team_id": team.id} if team else {})
    record(session, "handed-over", now=now, agent=agent, case=case, entry=entry, before=before, after=after)
    return entry


def ask_beside(
    session: Session,
    case: Case,
    subject: str,
    text: str,
    sent_along: str,
    *,
    agent: Agent,
    now: datetime,
    files: Sequence[Upload] = (),
    key: str | None = None,
) -> Entry:
    """Our words to a third party, what is sent along below them.  `text` is Markdown.  Raises EmptyText."""
    if not text.strip():
        raise EmptyText
    entry = write_down(session, case, "side-out", f"{text.strip()}\n\n{sent_along}", agent=agent, now=now, files=files, key=key)
    own, lines = text.replace("\r\n", "\n").strip(), entry.text.split("\n")
    entry.visible = own
    entry.folds = [[own.count("\n") + 2, len(lines)]] if sent_along else []
    entry.subject = " ".join(subject.split())
    entry.message_id = outbox.mint_message_id(session, now=now)
    return entry


def acknowledge(session: Session, case: Case, answered: Entry, *, now: datetime) -> Entry:
    """Say that their mail has arrived, with the case's number and address, and by when they hear from us.

    Whether that may be said was decided before.
    """
    participant = case.participants[0]
    address = addresses.ensure(session, participant, now=now)
    named = acknowledgements.time_for(session, case, now=now)
    values = acknowledgements.words_for(session, case, participant, named, answered.at)
    words = letters.mail(session, case.desk, "acknowledgement", case.language, values).text
    entry = new(case, "system", now, author=case.desk.name, text=words, visible=words, answers_id=answered.id)
    entry.message_id = outbox.mint_message_id(session, now=now)
    file(session, case, entry, ())
    # A desk's own words may name no time: what was not said was not promised.
    said = named is not None and values["until"] in words
    record(
        session,
        "acknowledged",
        now=now,
        case=case,
        entry=entry,
        after={"promise": named.at.isoformat()} if said and named else {},
    )
    outbox.queue_acknowledgement(session, case, entry, participant, address, now=now).words = values
    return entry
