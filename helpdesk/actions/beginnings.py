"""The first mail of a case that is not there yet: kept while an agent writes it, thrown away, brought back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import blobs
from helpdesk.actions import drafts, entries
from helpdesk.actions.drafts import AlreadySent, Outdated
from helpdesk.actions.entries import Upload
from helpdesk.models import Agent, Beginning, BeginningFile, Case, Desk, Entry
from helpdesk.queries import beginnings as find

KEPT = timedelta(days=1)  # what was discarded


class Typed(NamedTuple):
    """What stands in the form."""

    to: str
    subject: str
    text: str
    desk: Desk | None = None


def keep(
    session: Session,
    agent: Agent,
    row: Beginning | None,
    typed: Typed,
    *,
    key: str,
    now: datetime,
    files: Sequence[Upload] = (),
    without: Collection[int] = (),
    known: datetime | None = None,
) -> Beginning | None:
    """Keep what was typed, in `row` where it was kept before; nothing is kept of an empty form.

    `known` is when the form had last heard of it; `without` are files of it that go.  Raises Outdated and AlreadySent.
    """
    if entries.begun_before(session, agent, key) is not None:
        raise AlreadySent
    typed = typed._replace(text=typed.text.replace("\r\n", "\n"))
    if row is not None and row.changed_at != known and _typed(row) != typed:
        raise Outdated
    if row is None:  # its form may have sent two before it heard of the first
        row = find.with_key(session, agent, key)
    left = [file for file in row.files if file.id not in without] if row else []
    if not any(part.strip() for part in (typed.to, typed.subject, typed.text)) and not files and not left:
        if row is not None:
            session.delete(row)
        return None
    if row is None:
        row = Beginning(agent=agent, key=key, files=[])
        session.add(row)
    row.to, row.subject, row.text, row.desk = typed
    row.key, row.changed_at = key, now
    row.files = left + [_file(session, file) for file in files]
    session.flush()
    return row


def uploads(session: Session, row: Beginning | None) -> list[Upload]:
    """Its files, as an entry takes them."""
    return [Upload(file.name, file.type, blobs.read(session, file.sha256)) for file in row.files] if row else []


def forget(session: Session, row: Beginning | None) -> None:
    """It became a case."""
    if row is not None:
        session.delete(row)
        session.flush()


def discard(session: Session, row: Beginning, *, now: datetime) -> None:
    """Throw it away; for a day it can be brought back."""
    row.discarded_at = row.changed_at = now


def restore(session: Session, row: Beginning, *, now: datetime) -> None:
    """Bring back what was thrown away."""
    row.discarded_at, row.changed_at = None, now


def put_back(session: Session, case: Case, entry: Entry, *, to: str, agent: Agent, now: datetime) -> Beginning:
    """What was the first mail of a case a moment ago is a draft again, with its files."""
    row = Beginning(
        agent=agent, key=drafts.new_key(), to=to, subject=case.subject, text=entry.text, desk=case.desk, changed_at=now
    )
    row.files = [BeginningFile(name=file.name, type=file.type, size=file.size, sha256=file.sha256) for file in entry.attachments]
    session.add(row)
    session.flush()
    return row


def forget_old(session: Session, *, now: datetime) -> None:
    """What was discarded long ago."""
    for row in session.scalars(select(Beginning).where(Beginning.discarded_at < now - KEPT)):
        session.delete(row)


def _typed(row: Beginning) -> Typed:
    return Typed(row.to, row.subject, row.text, row.desk)


def _file(session: Session, file: Upload) -> BeginningFile:
    digest = blobs.keep(session, file.content)
    return BeginningFile(name=file.name, type=file.type, size=len(file.content), sha256=digest)
