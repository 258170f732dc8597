"""An answer on its way out of the house: sent with some seconds to take it back (actions.recall), or at its planned time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import drafts, entries, notices, proposals, suggestions
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.entries import Upload
from helpdesk.actions.events import record
from helpdesk.actions.recall import Watch
from helpdesk.models import Agent, Case, Desk, Draft, Entry, Proposal
from helpdesk.policies.permissions import may
from helpdesk.queries import cases as find_case
from helpdesk.queries import details, releases
from helpdesk.queries import drafts as find


def send(
    session: Session,
    case: Case,
    text: str,
    *,
    agent: Agent,
    now: datetime,
    files: Sequence[Upload] = (),
    idempotency_key: str | None = None,
    then_resolve: bool = False,
    left_out: Collection[int] = (),
    letting_in: Iterable[Proposal] = (),
    begun_with: Collection[int] = (),
    promise: datetime | None = None,
    undo: timedelta = timedelta(0),
) -> Entry:
    """As entries.reply, but that its mail leaves only after `undo`; until then `recall.take_back` makes it a draft again.

    `letting_in`: proposed people who take part from this answer on; `begun_with`: suggestions that went into it; `promise`: by when
    it says that they hear from us again.
    """
    if idempotency_key and (known := find_case.said_with_key(session, idempotency_key, case)):
        return known
    watch = Watch(session, case)
    joined = [proposals.let_in(session, case, proposal, agent=agent, now=now) for proposal in letting_in]
    entry = entries.reply(
        session, case, text, agent=agent, now=now, files=files, idempotency_key=idempotency_key, then_resolve=then_resolve,
        left_out=left_out, due=now + undo, promise=promise,
    )  # fmt: skip
    counted = suggestions.sent(session, case, text, begun_with, agent=agent, now=now)
    if undo:
        watch.remember(entry, agent=agent, until=now + undo, now=now, joined=joined, counted=counted)
    session.flush()
    return entry


def begin(
    session: Session,
    desk: Desk,
    to: str,
    subject: str,
    text: str,
    *,
    agent: Agent,
    now: datetime,
    files: Sequence[Upload] = (),
    idempotency_key: str | None = None,
    undo: timedelta = timedelta(0),
) -> Entry:
    """As entries.begin, but that its mail leaves only after `undo`; until then `recall.take_back_case` undoes all of it."""
    if idempotency_key and (known := entries.begun_before(session, agent, idempotency_key)):
        return known
    entry = entries.begin(
        session, desk, to, subject, text, agent=agent, now=now, files=files, idempotency_key=idempotency_key, due=now + undo
    )
    if undo:
        case = session.get_one(Case, entry.case_number)
        Watch.of_nothing(session, case).remember(entry, agent=agent, until=now + undo, now=now, to=to)
    return entry


def send_planned(session: Session, draft_id: int, *, now: datetime) -> bool:
    """Send a planned answer if its time has come, or stop it if anything happened that its author does not know; whether it left."""
    glance = session.get(Draft, draft_id)
    case = find_case.by_number(session, glance.case_number, glance.agent, for_change=True) if glance else None
    draft = session.scalar(
        select(Draft)
        .where(Draft.id == draft_id, Draft.state == "planned", Draft.stopped == "")
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if draft is None:
        return False  # sent or taken back by somebody meanwhile
    if case is None or case.merged_into is not None or not may(draft.agent, "case.answer", case):
        draft.stopped = "gone"
        return False
    if find.news(session, case, draft.agent, since=draft.seen):
        _stop(session, case, draft, "news", now)
        return False
    if draft.send_at is None or draft.send_at > now:
        draft.seen = find.last_event(session, case)
        return False
    if draft.then_resolve and case.state != "resolved" and details.missing(session, case):
        _stop(session, case, draft, "unsettled", now)
        return False
    if draft.promise_at is not None and draft.promise_at <= now:
        _stop(session, case, draft, "promise", now)
        return False
    if releases.why(session, case.desk, draft.agent, case):
        _stop(session, case, draft, "release", now)
        return False
    send_now(session, case, draft, agent=draft.agent, now=now)
    return True


def send_now(session: Session, case: Case, draft: Draft, *, agent: Agent, now: datetime) -> Entry:
    """Send a planned answer, whatever its time is.  Raises cases.NotPermitted where it cannot solve the case yet."""
    if releases.why(session, case.desk, agent, case):
        raise NotPermitted("Somebody else has to release this answer.")
    entry = entries.reply(
        session, case, draft.text, agent=agent, now=now, files=drafts.uploads(session, draft), idempotency_key=draft.key,
        then_resolve=draft.then_resolve and case.state != "resolved", left_out=draft.left_out, promise=draft.promise_at,
    )  # fmt: skip
    suggestions.sent(session, case, draft.text, draft.begun_with, agent=agent, now=now)
    drafts.forget(session, draft)
    return entry


def _stop(session: Session, case: Case, draft: Draft, why: str, now: datetime) -> None:
    """An answer that was written for another moment does not leave; its author is told."""
    draft.stopped = why
    record(session, "answer-stopped", now=now, case=case, after={"author": draft.agent.name, "why": why})
    notices.tell(session, draft.agent, "returned", case, now=now)
