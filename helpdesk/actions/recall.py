"""Taking an answer back before it leaves: nobody got it, so the case is as it was, and it is its author's draft again.

The record of deeds stays whole: what the answer did stands there, and so does that it was taken back (models.TakenBack).  Of the
entry an empty shell is left, to which those events belong; its words are in the draft and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.actions import addresses, beginnings, clocks, drafts, notices, promises, proposals, suggestions
from helpdesk.actions.entries.words import empty
from helpdesk.actions.events import record
from helpdesk.models import Agent, Beginning, Case, Draft, Entry, Event, OutboxMail, Recall, ReplyAddress, TakenBack
from helpdesk.policies.answering import facts_again
from helpdesk.queries import addresses as find_address
from helpdesk.queries import drafts as find
from helpdesk.queries.events import is_news

KEPT = timedelta(days=1)  # what is known of an answer that could be taken back


class TooLate(Exception):
    """It has left, or is leaving at this moment."""


class Watch:
    """Looks at a case before an answer, so that what the answer did can be taken back."""

    def __init__(self, session: Session, case: Case) -> None:
        self._session, self._case = session, case
        self.before, self._last = _facts(session, case), find.last_event(session, case)
        self.before["clocks"] = clocks.as_they_stand(session, case.number)

    @classmethod
    def of_nothing(cls, session: Session, case: Case) -> Watch:
        """For a case that the answer itself began."""
        watch = cls(session, case)
        watch.before = {
            **watch.before,
            "state": "new",
            "assignee": None,
            "last_words": "",
            "waiting_since": None,
            "resolved_at": None,
        }
        watch.before["addresses"] = {key: [None, None] for key in watch.before["addresses"]}
        watch._last = 0
        return watch

    def remember(self, entry: Entry, *, agent: Agent, until: datetime, now: datetime, **more: Any) -> None:
        """The answer was given.  `more`: what it did besides, for `take_back`."""
        session, case = self._session, self._case
        written = select(Event.id).where(Event.case_number == case.number, Event.id > self._last, Event.at == now)
        recall = Recall(entry_id=entry.id, agent_id=agent.id, until=until, before=self.before | more, after=_facts(session, case))
        recall.events = list(session.scalars(written.order_by(Event.id)))
        session.add(recall)
        session.flush()


def take_back(session: Session, case: Case, entry: Entry, *, agent: Agent, now: datetime) -> Draft:
    """The answer was never sent: it is its author's draft again, the case is as before, and one event tells it.

    What others did to the case meanwhile stays done.  Raises TooLate.
    """
    recall = session.get(Recall, entry.id)
    if recall is None or recall.agent_id != agent.id:
        raise TooLate
    mails = unsent(session, entry)
    went_to = {mail.recipient for mail in mails}
    joined, counted = recall.before.get("joined", []), recall.before.get("counted", [])
    came_with_it = {row["participant"] for row in joined}
    draft = drafts.put_back(
        session, case, agent, entry.text, now=now, files=entry.attachments, begun_with=[row[0] for row in counted],
        added=[row["proposal"] for row in joined],
        promise_at=promises.made_in(session, entry),
        left_out=[
            one.id for one in case.participants
            if one.person.mail and one.person.mail not in went_to and one.id not in came_with_it
        ],
    )  # fmt: skip
    forget_mails(session, mails, now)
    stands_since = _answered_since(session, entry)
    gone = {row["proposal"] for row in joined if proposals.part(session, case, row, now=now)}
    undone = _words_of(session, recall, entry) if stands_since else _restore(session, case, recall, now)
    suggestions.not_sent(session, counted)
    notices.unsay(session, case, by=agent, at=entry.at)
    promises.taken_back(session, entry)
    empty(session, entry)
    told = record(session, "answer-taken-back", now=now, agent=agent, case=case, before={"to": sorted(went_to)})
    for row in joined:
        undone = undone | {*row["events"]} if row["proposal"] in gone else undone - {*row["events"]}
    session.add_all(TakenBack(event_id=event, by_id=told.id) for event in sorted(undone))
    session.delete(recall)
    session.flush()
    return draft


def begins(session: Session, case: Case, entry: Entry) -> bool:
    """Whether this answer began the case and nothing else has happened in it: then all of it can be taken back."""
    recall = session.get(Recall, entry.id)
    if recall is None or "to" not in recall.before:
        return False
    return not _is_news(session, case, recall)


def take_back_case(session: Session, case: Case, entry: Entry, *, agent: Agent, now: datetime) -> Beginning:
    """The case was never begun: its first mail is its author's draft again, its number is not given anew.  Raises TooLate."""
    recall = session.get(Recall, entry.id)
    if recall is None or recall.agent_id != agent.id or not begins(session, case, entry):
        raise TooLate
    mails = unsent(session, entry)
    row = beginnings.put_back(session, case, entry, to=recall.before["to"], agent=agent, now=now)
    notices.unsay(session, case, by=agent, at=entry.at)
    forget_mails(session, mails, now)
    for address in find_address.of_case(session, case.number):
        addresses.forget(session, address, now=now)
    promises.taken_back(session, entry)
    empty(session, entry)
    case.state, case.assignee_id, case.resolved_at, case.withdrawn_at, case.last_words = "resolved", None, now, now, ""
    told = record(session, "answer-taken-back", now=now, agent=agent, case=case, before={"to": [case.requester.called]})
    session.add_all(TakenBack(event_id=event, by_id=told.id) for event in recall.events)
    session.delete(recall)
    session.flush()
    return row


def forget_old(session: Session, *, now: datetime) -> None:
    """Nobody takes back what left long ago."""
    session.execute(delete(Recall).where(Recall.until < now - KEPT))


def _is_news(session: Session, case: Case, recall: Recall) -> bool:
    """Whether anything happened in the case after the answer."""
    last = max(recall.events, default=0)
    since = select(Event.id).where(Event.case_number == case.number, Event.id > last, is_news())
    return session.scalar(since.limit(1)) is not None


def unsent(session: Session, entry: Entry) -> list[OutboxMail]:
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


def _restore(session: Session, case: Case, recall: Recall, now: datetime) -> set[int]:
    """Give the case back what nobody changed since; the ids of the events that are true no more by that."""
    facts = _facts(session, case)
    again = facts_again(recall.before, recall.after, facts)
    case.state, case.assignee_id, case.last_words = again["state"], again["assignee"], again["last_words"]
    case.waiting_since, case.resolved_at = _instant(again["waiting_since"]), _instant(again["resolved_at"])
    session.flush()
    session.expire(case, ["assignee"])
    if not _is_news(session, case, recall):
        clocks.put_back(session, case.number, recall.before.get("clocks", {}))
    kept = {"resolved": facts["state"] != recall.after["state"], "assigned": facts["assignee"] != recall.after["assignee"]}
    doors = {
        f"address {row.id}" for row in find_address.doors_of(session, case.number) if not _give_back(session, row, recall, now)
    }
    events = session.scalars(select(Event).where(Event.id.in_(recall.events)))
    return {event.id for event in events if not kept.get(event.deed, False) and event.thing not in doors}


def _give_back(session: Session, row: ReplyAddress, recall: Recall, now: datetime) -> bool:
    """An address lives as long as before the answer; what was issued for it is struck off, for nobody knows it."""
    was, made = recall.before["addresses"].get(str(row.id)), recall.after["addresses"].get(str(row.id))
    if was is None and made is not None and addresses.is_unknown(session, row):
        addresses.forget(session, row, now=now)
        return True
    if was is not None and made == _life(row):
        row.expires_at, row.expired_at = _instant(was[0]), _instant(was[1])
        return True
    return False


def _words_of(session: Session, recall: Recall, entry: Entry) -> set[int]:
    """Of the events of an answer the one that tells its words: the rest is true by the answer that followed."""
    return set(session.scalars(select(Event.id).where(Event.id.in_(recall.events), Event.entry_id == entry.id)))


def forget_mails(session: Session, mails: Iterable[OutboxMail], now: datetime) -> None:
    """They will never leave, and no report of them will come."""
    reports = [mail.report_address for mail in mails if mail.report_address is not None]
    for mail in mails:
        session.delete(mail)
    session.flush()
    for address in reports:
        addresses.forget(session, address, now=now)


def _facts(session: Session, case: Case) -> dict[str, Any]:
    """What an answer changes of a case, as it is now."""
    session.flush()
    return {
        "state": case.state,
        "waiting_since": case.waiting_since.isoformat() if case.waiting_since else None,
        "resolved_at": case.resolved_at.isoformat() if case.resolved_at else None,
        "assignee": case.assignee.id if case.assignee else None,
        "last_words": case.last_words,
        "addresses": {str(row.id): _life(row) for row in find_address.doors_of(session, case.number)},
    }


def _life(row: ReplyAddress) -> list[str | None]:
    return [at.isoformat() if at else None for at in (row.expires_at, row.expired_at)]


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
