"""One case becomes two: what is about something else is copied into a case of its own.  The first one loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from helpdesk.actions import addresses, cases, indexing
from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.entries.words import empty
from helpdesk.actions.events import record
from helpdesk.models import Agent, Attachment, Case, CaseLink, CaseMember, CaseShutOut, Entry, Event, Person
from helpdesk.policies.doubt import is_doubtful, speaks
from helpdesk.policies.verification import FLAG
from helpdesk.queries import addresses as find
from helpdesk.queries.events import is_news, stands

_COPIED = (
    "kind", "at", "agent_id", "person_id", "author", "subject", "text", "visible", "folds", "html", "flags", "claimed_at", "mail_id",
    "sender", "reply_to", "level", "level_why", "judgement",
)  # fmt: skip
_OF_FILE = ("name", "type", "size", "sha256", "content_id", "scan", "width", "height", "finding", "released_by_id")


def may_be_copied(entry: Entry) -> bool:
    """What somebody said; nothing of machines, nothing that nobody has decided about, no codes."""
    folded = {"automatic", "bounce", FLAG} & set(entry.flags)
    return entry.kind != "system" and not folded and (not is_doubtful(entry.flags) or entry.judgement == "accepted")


def split(
    session: Session, case: Case, chosen: Sequence[Entry], requester: Person, subject: str, *, agent: Agent, now: datetime
) -> Case:
    """A case of its own for these entries, with a reply address of its own; nobody is mailed by it.

    It is for the same eyes as the first, and its wait counts from their oldest mail that nobody has answered.  Raises NotPermitted.
    """
    entries = [entry for entry in sorted(chosen, key=lambda entry: entry.id) if may_be_copied(entry)]
    if not entries:
        raise NotPermitted("Choose at least one mail or note that the new case is about.")
    holder = case.assignee if case.assignee and case.assignee.active else None
    fresh = cases.open_case(
        session, case.desk, requester, subject.strip() or case.subject, now=now, language=case.language, team=case.team,
        agent=agent, assignee=holder,
    )  # fmt: skip
    _show_to_the_same(case, fresh, now)
    session.add(CaseLink(from_number=fresh.number, to_number=case.number, kind="split"))
    after = {"number": case.number, "entries": len(entries)}
    record(session, "split-from", now=now, agent=agent, case=fresh, after=after)
    for entry in entries:
        _copy(session, fresh, entry, agent, now)
    unanswered = _unanswered(entries)
    fresh.waiting_since = min((entry.at for entry in unanswered), default=None)
    fresh.state = "open" if any(entry.kind == "mail-out" for entry in entries) or not unanswered else "new"
    said = [entry for entry in entries if entry.kind in ("mail-in", "mail-out")] or entries
    fresh.last_words = " ".join((said[-1].visible or said[-1].text).split())[:200]
    record(session, "split", now=now, agent=agent, case=case, after={"number": fresh.number, "entries": len(entries)})
    return fresh


def take_back(session: Session, event: Event, *, agent: Agent, now: datetime) -> int:
    """The new case was never there: its number, which is not given anew.  Raises NotPermitted where it went on already."""
    fresh = session.get_one(Case, event.after["number"], with_for_update={"of": Case})
    since = select(Event.id).where(Event.case_number == fresh.number, Event.at > event.at, stands(), is_news())
    is_known = not all(addresses.is_unknown(session, row) for row in find.doors_of(session, fresh.number))
    if is_known or session.scalar(since.limit(1)) is not None:
        raise NotPermitted("Something has happened in the case since, so it stays as it is.")
    for row in find.doors_of(session, fresh.number):
        addresses.forget(session, row, now=now)
    for entry in session.scalars(select(Entry).where(Entry.case_number == fresh.number)).all():
        empty(session, entry)
    session.execute(delete(CaseLink).where(CaseLink.from_number == fresh.number))
    fresh.state, fresh.assignee_id, fresh.waiting_since, fresh.last_words = "resolved", None, None, ""
    fresh.resolved_at = fresh.withdrawn_at = now
    session.flush()
    record(session, "undone", now=now, agent=agent, case=fresh, after={"undone": "split-from", "number": event.case_number})
    return fresh.number


def _copy(session: Session, case: Case, entry: Entry, agent: Agent, now: datetime) -> None:
    copy = Entry(case_number=case.number, **{name: getattr(entry, name) for name in _COPIED})
    # An answer by reference must find the mail that went out, and no copy of it.
    copy.message_id = entry.message_id if entry.kind == "mail-in" else None
    copy.traits = {**entry.traits, "copy": {"case": entry.case_number, "entry": entry.id}}
    copy.attachments = [Attachment(**{name: getattr(file, name) for name in _OF_FILE}) for file in entry.attachments]
    session.add(copy)
    session.flush()
    indexing.index(session, case, copy)
    record(session, "copied", now=now, agent=agent, case=case, entry=copy, after={"case": entry.case_number})


def _unanswered(entries: Sequence[Entry]) -> list[Entry]:
    """Their mail behind the last answer."""
    waiting: list[Entry] = []
    for entry in entries:
        if entry.kind == "mail-out":
            waiting = []
        elif entry.kind == "mail-in" and speaks(entry.flags, entry.judgement):
            waiting.append(entry)
    return waiting


def _show_to_the_same(case: Case, fresh: Case, now: datetime) -> None:
    fresh.confidential = case.confidential
    fresh.members = [CaseMember(agent_id=row.agent_id, by_id=row.by_id, since=now) for row in case.members]
    fresh.shut_out = [CaseShutOut(agent_id=row.agent_id, by_id=row.by_id, since=now, reason=row.reason) for row in case.shut_out]
