"""Our answer to those who take part, and what it moves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.actions import addresses, cases, outbox, satisfaction
from helpdesk.actions.entries.receiving import last_from_outside
from helpdesk.actions.entries.words import Upload, first_words, write_down
from helpdesk.actions.events import record
from helpdesk.models import Agent, Case, Entry, Participant
from helpdesk.policies.promises import can_promise
from helpdesk.policies.release import Why
from helpdesk.present import markdown
from helpdesk.queries import cases as find
from helpdesk.queries import releases


class NeedsRelease(Exception):
    """A second person has to release this answer before it leaves."""

    def __init__(self, why: Why) -> None:
        super().__init__("A second person has to release this answer.")
        self.why = why


class Nobody(Exception):
    """An answer that would go to nobody."""


def reply(
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
    due: datetime | None = None,
    released_by: Agent | None = None,
    promise: datetime | None = None,
) -> Entry:
    """Our answer to everybody who takes part, but for those participants who are left out.  `text` is Markdown.

    Its mail leaves when it is `due`, else at once; by `promise` they hear from us again, it says.  A key seen before gives the same
    entry again.  Raises EmptyText, Nobody, cases.NotPermitted where that cannot be promised, and NeedsRelease where a second person
    has to release it (actions.releases) and nobody did.
    """
    if idempotency_key and (before := find.said_with_key(session, idempotency_key, case)):
        return before
    if released_by is None and (why := releases.why(session, case.desk, agent, case)):
        raise NeedsRelease(why)
    check_promise(promise, now=now, then_resolve=then_resolve)
    readers = readers_of(case, left_out)
    entry = write_down(session, case, "mail-out", text, agent=agent, now=now, files=files, key=idempotency_key)
    entry.html = markdown.render(text)
    entry.message_id = outbox.mint_message_id(session, now=now)
    answered = last_from_outside(session, case)
    entry.subject = _reply_subject(case.subject) if answered else case.subject
    entry.answers_id = answered.id if answered else None
    without = [participant.person.called for participant in case.participants if participant not in readers]
    after = ({"left_out": without} if without else {}) | ({"promise": promise.isoformat()} if promise else {})
    record(session, "replied", now=now, agent=agent, case=case, entry=entry, after=after)
    doors = [(participant, addresses.ensure(session, participant, now=now)) for participant in readers]
    cases.move(session, case, "we-answered", now=now)
    case.waiting_since = None
    case.last_words = first_words(markdown.plain(text))
    for participant, address in doors:
        outbox.queue_reply(session, case, entry, participant, address, now=now, due=due)
    if then_resolve and case.state != "resolved":
        satisfaction.ask(session, case, entry, readers, now=now)
        cases.resolve(session, case, agent=agent, now=now)
    if case.assignee is None:
        cases.assign(session, case, agent, agent=agent, now=now)
    return entry


def readers_of(case: Case, left_out: Collection[int] = ()) -> list[Participant]:
    """Who gets an answer: those who take part and have a mail address, but for those who are left out.  Raises Nobody."""
    readers = [one for one in case.participants if one.id not in left_out and one.person.mail]
    if not readers:
        raise Nobody
    return readers


def check_promise(promise: datetime | None, *, now: datetime, then_resolve: bool) -> None:
    """Raises cases.NotPermitted where an answer that leaves `now` cannot promise this."""
    if promise is None:
        return
    if then_resolve:
        raise cases.NotPermitted("An answer that solves the case cannot promise another one.")
    if not can_promise(promise, now):
        raise cases.NotPermitted("Promise a day that is still to come, within a year.")


def _reply_subject(subject: str) -> str:
    return subject if subject.lower().startswith(("re:", "aw:")) else f"Re: {subject}"
