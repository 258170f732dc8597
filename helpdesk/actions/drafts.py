"""Keeping what an agent writes: on the server, so that it is found again on any machine."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import blobs
from helpdesk.actions import entries
from helpdesk.actions.entries import Upload
from helpdesk.actions.events import record
from helpdesk.models import Agent, Attachment, Case, Draft, DraftFile, WaitingAnswer, WaitingFile
from helpdesk.policies.answering import can_wait_until
from helpdesk.queries import cases as find_case
from helpdesk.queries import drafts as find

KEPT = timedelta(days=1)  # what was discarded


class Outdated(Exception):
    """Another window of the same agent has changed this draft since."""


class AlreadySent(Exception):
    """What should be kept was sent meanwhile."""


class NotInTime(Exception):
    """An answer cannot be planned for then."""


def new_key() -> str:
    """The same form sent twice is one answer (W19)."""
    return secrets.token_urlsafe(16)


def keep(
    session: Session,
    case: Case,
    agent: Agent,
    kind: str,
    text: str,
    *,
    key: str,
    now: datetime,
    left_out: Collection[int] = (),
    added: Collection[int] = (),
    begun_with: Collection[int] = (),
    promise_at: datetime | None = None,
    files: Sequence[Upload] = (),
    without: Collection[int] = (),
    known: datetime | None = None,
) -> Draft | None:
    """Keep what stands in an answer form; nothing is kept of an empty one.

    `known` is when the form had last heard of the draft; `without` are files of it that go.  Raises Outdated and AlreadySent.
    """
    if find_case.said_with_key(session, key, case) is not None:
        raise AlreadySent
    draft = find.writing(session, case, agent)
    text = text.replace("\r\n", "\n").replace("\x00", "\ufffd")
    if draft is not None and draft.changed_at != known and draft.text != text:
        raise Outdated
    left = [file for file in draft.files if file.id not in without] if draft else []
    if not text.strip() and not files and not left:
        if draft is not None:
            session.delete(draft)
        return None
    if draft is None:
        draft = Draft(agent=agent, case=case, key=key, state="writing", files=[])
        session.add(draft)
    draft.kind, draft.text, draft.left_out, draft.changed_at = kind, text, sorted(left_out), now
    draft.added, draft.begun_with, draft.promise_at = sorted(added), list(begun_with), promise_at
    draft.files = left + [_file(session, file) for file in files]
    session.flush()
    return draft


def uploads(session: Session, draft: Draft | WaitingAnswer | None) -> list[Upload]:
    """Its files, as an entry takes them."""
    return [Upload(file.name, file.type, blobs.read(session, file.sha256)) for file in draft.files] if draft else []


def forget(session: Session, draft: Draft | None) -> None:
    """It became what it was meant for."""
    if draft is not None:
        session.delete(draft)
        session.flush()


def discard(session: Session, draft: Draft, *, now: datetime) -> None:
    """Throw it away; for a day it can be brought back."""
    draft.state, draft.changed_at = "discarded", now
    session.flush()


def restore(session: Session, case: Case, agent: Agent, *, now: datetime) -> Draft | None:
    """Bring back what was thrown away last."""
    draft = find.discarded(session, case, agent)
    return None if draft is None else _become_writing(session, draft, now)


def plan(session: Session, case: Case, draft: Draft, send_at: datetime, *, then_resolve: bool, now: datetime) -> None:
    """Have an answer leave by itself, if nothing happens until then.  Raises NotInTime, and cases.NotPermitted for what it promises."""
    if not can_wait_until(send_at, now):
        raise NotInTime
    entries.check_promise(draft.promise_at, now=send_at, then_resolve=then_resolve)
    draft.state, draft.send_at, draft.then_resolve, draft.changed_at, draft.stopped = "planned", send_at, then_resolve, now, ""
    after = {"send_at": send_at.isoformat()}
    draft.seen = record(session, "answer-planned", now=now, agent=draft.agent, case=case, after=after).id


def unplan(session: Session, case: Case, draft: Draft, *, agent: Agent, now: datetime) -> None:
    """Make a planned answer its author's draft again.  A colleague may do that too."""
    _become_writing(session, draft, now)
    record(session, "answer-unplanned", now=now, agent=agent, case=case, after={"author": draft.agent.name})


def put_back(
    session: Session,
    case: Case,
    agent: Agent,
    text: str,
    *,
    now: datetime,
    files: Iterable[Attachment | WaitingFile] = (),
    left_out: Collection[int] = (),
    added: Collection[int] = (),
    begun_with: Collection[int] = (),
    promise_at: datetime | None = None,
) -> Draft:
    """What was an answer a moment ago is a draft again, with its files, before what was begun since."""
    draft = Draft(agent=agent, case=case, key=new_key(), state="discarded", kind="answer", text=text, promise_at=promise_at)
    draft.files = [_copied(file) for file in files]
    draft.left_out, draft.added, draft.begun_with, draft.changed_at = sorted(left_out), sorted(added), [*begun_with], now
    session.add(draft)
    session.flush()
    return _become_writing(session, draft, now)


def forget_old(session: Session, *, now: datetime) -> None:
    """What was discarded long ago."""
    for draft in session.scalars(select(Draft).where(Draft.state == "discarded", Draft.changed_at < now - KEPT)):
        session.delete(draft)


def _become_writing(session: Session, draft: Draft, now: datetime) -> Draft:
    """The agent's one draft in that case; what they began to write since stands below it, and nothing is lost."""
    newer = find.writing(session, draft.case, draft.agent)
    if newer is not None:
        draft.text = "\n\n".join(filter(None, (draft.text.rstrip(), newer.text.strip())))
        for file in newer.files:
            draft.files.append(_copied(file))
        draft.begun_with = [*dict.fromkeys([*draft.begun_with, *newer.begun_with])]
        if newer.kind == "note":
            draft.kind = "note"  # what was meant for colleagues never becomes an answer by itself
        session.delete(newer)
        session.flush()
    draft.state, draft.send_at, draft.stopped, draft.changed_at, draft.key = "writing", None, "", now, new_key()
    session.flush()
    return draft


def _copied(file: DraftFile | Attachment | WaitingFile) -> DraftFile:
    return DraftFile(name=file.name, type=file.type, size=file.size, sha256=file.sha256)


def _file(session: Session, file: Upload) -> DraftFile:
    digest = blobs.keep(session, file.content)
    return DraftFile(name=file.name, type=file.type, size=len(file.content), sha256=digest)
