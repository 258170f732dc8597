"""An answer on its way out of the house: sent with some seconds to take it back, taken back, or sent at its planned time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.actions import addresses, drafts, entries, notices
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.entries import Upload
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Draft, Entry, Event, OutboxMail, Recall, SearchText
from helpdesk.policies.answering import facts_again
from helpdesk.policies.permissions import may
from helpdesk.queries import addresses as find_address
from helpdesk.queries import cases as find_case
from helpdesk.queries import details, releases
from helpdesk.queries import drafts as find

KEPT = timedelta(days=1)  # what is known of an answer that could be taken back


class TooLate(Exception):
    """It has left, or is leaving at this moment."""


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
    undo: timedelta = timedelta(0),
) -> Entry:
    """As entries.reply, but that its mail leaves only after `undo`; until then `take_back` makes it a draft again."""
    if idempotency_key and (known := find_case.said_with_key(session, idempotency_key, case)):
        return known
    before, last = _facts(session, case), find.last_event(session, case)
    entry = entries.reply(
        session, case, text, agent=agent, now=now, files=files, idempotency_key=idempotency_key, then_resolve=then_resolve,
        left_out=left_out, due=now + undo,
    )  # fmt: skip
    if undo:
        written = select(Event.id).where(Event.case_number == case.number, Event.id > last, Event.at == now).order_by(Event.id)
        recall = Recall(entry_id=entry.id, agent_id=agent.id, until=now + undo, before=before, after=_facts(session, case))
        recall.events = list(session.scalars(written))
        session.add(recall)
    session.flush()
    return entry


def take_back(session: Session, case: Case, entry: Entry, *, agent: Agent, now: datetime) -> Draft:
    """The answer was never sent: it is its author's draft again, the case is as before, and one event tells it.

    What others did to the case meanwhile stays done.  Raises TooLate.
    """
    recall = session.get(Recall, entry.id)
    if recall is None or recall.agent_id != agent.id:
        raise TooLate
    mails = _unsent(session, entry)
    went_to = {mail.recipient for mail in mails}
    left_out = [p.id for p in case.participants if p.person.mail and p.person.mail not in went_to]
    draft = drafts.put_back(session, case, agent, entry.text, now=now, files=entry.attachments, left_out=left_out)
    if not _answered_since(session, entry):
        _restore(session, case, recall, now)
    _erase(session, entry, recall, mails, now)
    record(session, "answer-taken-back", now=now, agent=agent, case=case)
    return draft


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
        then_resolve=draft.then_resolve and case.state != "resolved", left_out=draft.left_out,
    )  # fmt: skip
    drafts.forget(session, draft)
    return entry


def forget_old(session: Session, *, now: datetime) -> None:
    """Nobody takes back what left long ago."""
    session.execute(delete(Recall).where(Recall.until < now - KEPT))


def _stop(session: Session, case: Case, draft: Draft, why: str, now: datetime) -> None:
    """An answer that was written for another moment does not leave; its author is told."""
    draft.stopped = why
    record(session, "answer-stopped", now=now, case=case, after={"author": draft.agent.name, "why": why})
    notices.tell(session, draft.agent, "returned", case, now=now)


def _unsent(session: Session, entry: Entry) -> list[OutboxMail]:
    """Its mails, out of the sender's reach until the transaction ends.  Raises TooLate."""
    mine = OutboxMail.entry_id == entry.id
    # What the sender holds at this moment is skipped, and so missing below: nobody waits for a mail that is leaving.
    query = select(OutboxMail).where(mine).order_by(OutboxMail.id).with_for_update(skip_locked=True)
    mails = list(session.scalars(query.execution_options(populate_existing=True)))
    free = [mail for mail in mails if mail.state == "queued" and mail.attempts == 0 and mail.lease_by is None]
    if not free or len(free) != len(list(session.scalars(select(OutboxMail.id).where(mine)))):
        raise TooLate
    return free


def _answered_since(session: Session, entry: Entry) -> bool:
    """Whether a later answer stands: then the case is as that one left it."""
    later = select(Entry.id).where(Entry.case_number == entry.case_number, Entry.kind == "mail-out", Entry.id > entry.id)
    return session.scalar(later.limit(1)) is not None


def _restore(session: Session, case: Case, recall: Recall, now: datetime) -> None:
    again = facts_again(recall.before, recall.after, _facts(session, case))
    case.state, case.assignee_id, case.last_words = again["state"], again["assignee"], again["last_words"]
    case.waiting_since, case.resolved_at = _instant(again["waiting_since"]), _instant(again["resolved_at"])
    session.flush()
    session.expire(case, ["assignee"])
    for row in find_address.of_case(session, case.number):
        was, made = recall.before["addresses"].get(str(row.id)), recall.after["addresses"].get(str(row.id))
        if was is None and made is not None:
            row.revoked_at = now  # issued for this answer: nobody knows it
        elif was is not None and made == _life(row):
            row.expires_at, row.expired_at = _instant(was[0]), _instant(was[1])


def _erase(session: Session, entry: Entry, recall: Recall, mails: list[OutboxMail], now: datetime) -> None:
    reports = [mail.report_address for mail in mails if mail.report_address is not None]
    for mail in mails:
        session.delete(mail)
    session.flush()
    for address in reports:
        addresses.forget(session, address, now=now)
    session.execute(delete(Event).where(Event.id.in_(recall.events)))
    session.execute(delete(SearchText).where(SearchText.entry_id == entry.id))
    session.delete(recall)
    session.flush()
    session.expire(entry, ["deliveries"])
    session.delete(entry)
    session.flush()


def _facts(session: Session, case: Case) -> dict[str, Any]:
    """What an answer changes of a case, as it is now."""
    session.flush()
    return {
        "state": case.state,
        "waiting_since": case.waiting_since.isoformat() if case.waiting_since else None,
        "resolved_at": case.resolved_at.isoformat() if case.resolved_at else None,
        "assignee": case.assignee.id if case.assignee else None,
        "last_words": case.last_words,
        "addresses": {str(row.id): _life(row) for row in find_address.of_case(session, case.number)},
    }


def _life(row: Any) -> list[str | None]:
    return [at.isoformat() if at else None for at in (row.expires_at, row.expired_at)]


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
