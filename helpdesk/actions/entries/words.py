"""What every entry is made of: its words, its files, a place in the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from helpdesk import blobs
from helpdesk.actions.indexing import index
from helpdesk.models import Agent, Attachment, Case, Entry, SearchText
from helpdesk.policies.files import preview

LAST_WORDS = 200  # characters of the newest message that lists show


@dataclass(frozen=True)
class Upload:
    """A file to go with an entry."""

    name: str
    type: str
    content: bytes
    content_id: str | None = None
    scan: str = "off"  # policies.files.Scan
    finding: str = ""


class EmptyText(Exception):
    """There is nothing in it to send or to note."""


def clean(text: str, files: Sequence[Upload] = ()) -> str:
    """What an agent typed, as it is kept.  Raises EmptyText where there are no files either."""
    text = text.replace("\r\n", "\n").replace("\x00", "\ufffd").strip()
    if not text and not files:
        raise EmptyText
    return text


def write_down(
    session: Session,
    case: Case,
    kind: str,
    text: str,
    *,
    agent: Agent,
    now: datetime,
    files: Sequence[Upload] = (),
    key: str | None = None,
) -> Entry:
    """Words of an agent's; the deed that they belong to records them.  Raises EmptyText."""
    text = clean(text, files)
    entry = new(case, kind, now, agent=agent, author=agent.name, text=text, visible=text, idempotency_key=key)
    file(session, case, entry, files)
    return entry


def new(case: Case, kind: str, now: datetime, **values: object) -> Entry:
    """An entry that is not in the database yet."""
    return Entry(case_number=case.number, kind=kind, at=now, **{"flags": [], "folds": [], **values})


def file(session: Session, case: Case, entry: Entry, files: Sequence[Upload]) -> None:
    """Put an entry into its case, with its files, so that it can be found."""
    for file in files:
        digest = blobs.keep(session, file.content)
        part = Attachment(name=file.name, type=file.type, size=len(file.content), sha256=digest, content_id=file.content_id)
        part.scan, part.finding = file.scan, file.finding
        part.width, part.height = preview(file.content, enclosed=file.content_id is not None) or (None, None)
        entry.attachments.append(part)
    session.add(entry)
    session.flush()
    index(session, case, entry)


def empty(session: Session, entry: Entry) -> None:
    """It was taken back before anybody got it: a shell is left, to which its events belong."""
    session.execute(delete(SearchText).where(SearchText.entry_id == entry.id))
    session.expire(entry, ["deliveries"])
    entry.kind, entry.subject, entry.text, entry.visible, entry.html = "taken-back", "", "", "", None
    entry.message_id, entry.idempotency_key, entry.answers_id, entry.attachments = None, None, None, []
    session.flush()


def first_words(text: str) -> str:
    """A message in a line, for lists."""
    return " ".join(text.split())[:LAST_WORDS]
