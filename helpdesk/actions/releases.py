"""Release by a second person: an answer waits, is released, given back with a word, or withdrawn by its author."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk import blobs
from helpdesk.actions import drafts, entries, notices, suggestions
from helpdesk.actions.cases import NotPermitted, Unsettled
from helpdesk.actions.entries import Upload
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Desk, Entry, Team, WaitingAnswer, WaitingFile
from helpdesk.policies.permissions import may
from helpdesk.policies.release import Why, is_second_person
from helpdesk.queries import details
from helpdesk.queries import releases as find


def wait(
    session: Session,
    case: Case,
    text: str,
    *,
    agent: Agent,
    why: Why,
    now: datetime,
    files: Sequence[Upload] = (),
    idempotency_key: str | None = None,
    then_resolve: bool = False,
    left_out: Collection[int] = (),
    begun_with: Collection[int] = (),
    promise: datetime | None = None,
) -> WaitingAnswer:
    """Keep an answer until a second person releases it.  A key seen before gives the same one again.  Raises as entries.reply."""
    if (before := find.with_key(session, idempotency_key, case)) is not None:
        return before
    text = entries.clean(text, files)
    entries.readers_of(case, left_out)
    entries.check_promise(promise, now=now, then_resolve=then_resolve)
    row = WaitingAnswer(
        case=case, author=agent, text=text, then_resolve=then_resolve, why=why, state="waiting", written_at=now,
        left_out=sorted(left_out), begun_with=[*begun_with], idempotency_key=idempotency_key,
        promise_at=promise,
    )  # fmt: skip
    row.files = [WaitingFile(name=f.name, type=f.type, size=len(f.content), sha256=blobs.keep(session, f.content)) for f in files]
    session.add(row)
    session.flush()
    record(session, "release-asked", now=now, agent=agent, case=case, thing=_thing(row), after={"why": why})
    for leader in find.leaders(session, case):
        notices.tell(session, leader, "release", case, now=now, by=agent)
    return row


def begin(
    session: Session,
    desk: Desk,
    to: str,
    subject: str,
    text: str,
    *,
    agent: Agent,
    why: Why,
    now: datetime,
    team: Team | None = None,
    files: Sequence[Upload] = (),
    idempotency_key: str | None = None,
) -> WaitingAnswer:
    """Open a case from our side, whose first mail waits.  Raises NotUsable and EmptyText."""
    key = entries.beginning(agent, idempotency_key)
    if key is not None and (before := find.begun_with(session, key)) is not None:
        return before
    entries.clean(text, files)
    case = entries.open_for(session, desk, to, subject, agent=agent, now=now, team=team)
    return wait(session, case, text, agent=agent, why=why, now=now, files=files, idempotency_key=key)


def release(session: Session, row: WaitingAnswer, *, agent: Agent, now: datetime, text: str | None = None) -> Entry:
    """Send it, with other words where the releaser changed some; it stays its author's answer.

    Raises NotPermitted for its author, for whoever needs a release themselves, and where it waits no more; Unsettled where it
    solves the case and its desk wants to know something before.
    """
    _demand(row, agent)
    if not row.author.active:
        raise NotPermitted("%(name)s does not work here any more.", name=row.author.name)
    if row.then_resolve and row.case.state != "resolved" and (missing := details.missing(session, row.case)):
        raise Unsettled(missing)
    entry = entries.reply(
        session, row.case, row.text if text is None else text, agent=row.author, now=now, files=drafts.uploads(session, row),
        idempotency_key=row.idempotency_key, then_resolve=row.then_resolve, left_out=row.left_out, released_by=agent,
        promise=row.promise_at,
    )  # fmt: skip
    suggestions.sent(session, row.case, entry.text, row.begun_with, agent=row.author, now=now)
    row.entry = entry
    _decide(row, "released", agent, now)
    after = {"author": row.author.name, "changed": entry.text != row.text}
    record(session, "release-given", now=now, agent=agent, case=row.case, thing=_thing(row), after=after)
    return entry


def give_back(session: Session, row: WaitingAnswer, word: str, *, agent: Agent, now: datetime) -> None:
    """Its author writes on, with a word of whoever read it.  Raises NotPermitted as `release`."""
    _demand(row, agent)
    row.word = " ".join(word.split())[:1000]
    _decide(row, "returned", agent, now)
    _become_draft(session, row, now)
    after = {"author": row.author.name, "word": row.word}
    record(session, "release-refused", now=now, agent=agent, case=row.case, thing=_thing(row), after=after)
    notices.tell(session, row.author, "returned", row.case, now=now, by=agent)


def withdraw(session: Session, row: WaitingAnswer, *, agent: Agent, now: datetime) -> None:
    """Its author thinks again.  Raises NotPermitted for everybody else, and where it waits no more."""
    if row.state != "waiting" or row.author_id != agent.id:
        raise NotPermitted("This answer waits for no release any more.")
    _decide(row, "withdrawn", agent, now)
    _become_draft(session, row, now)
    record(session, "release-withdrawn", now=now, agent=agent, case=row.case, thing=_thing(row))


def _demand(row: WaitingAnswer, agent: Agent) -> None:
    if row.state != "waiting":
        raise NotPermitted("This answer waits for no release any more.")
    if not is_second_person(agent, row.author_id) or not may(agent, "case.release", row.case):
        raise NotPermitted("Somebody else has to release this answer.")


def _decide(row: WaitingAnswer, state: str, agent: Agent, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, agent, now


def _become_draft(session: Session, row: WaitingAnswer, now: datetime) -> None:
    drafts.put_back(
        session,
        row.case,
        row.author,
        row.text,
        now=now,
        files=row.files,
        left_out=row.left_out,
        begun_with=row.begun_with,
        promise_at=row.promise_at,
    )


def _thing(row: WaitingAnswer) -> str:
    return f"answer {row.id}"
