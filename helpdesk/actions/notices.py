"""Telling agents what concerns them: a line on their page of notices, and a mail that says so, if they wish."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from helpdesk.actions import outbox
from helpdesk.models import Agent, Case, Entry, Notice, OutboxMail
from helpdesk.policies.notices import Kind, is_mailed
from helpdesk.queries import absences, cases

FROM_OUTSIDE = ("mail", "consultation")  # may come again and again
BETWEEN_MAILS = timedelta(minutes=10)  # about new mail in one case, to one agent


def tell(
    session: Session,
    agent: Agent,
    kind: Kind,
    case: Case,
    *,
    now: datetime,
    by: Agent | None = None,
    entry: Entry | None = None,
    anyway: bool = False,
) -> Notice | None:
    """Tell an agent something about a case; whoever stands in for them while they are away is told, too.

    None where they are not told: it is their own deed (`by`), they work here no more, or may not see the case.
    `anyway`: mailed even within ten minutes of the last mail about this case.
    """
    deputy = absences.deputy_of(session, agent, now)
    told = deputy is not None and _tell(session, deputy, kind, case, now, by, entry, instead_of=agent, anyway=anyway)
    return _tell(session, agent, kind, case, now, by, entry, instead_of=None, anyway=anyway, mailed=not told)


def tell_holder(session: Session, case: Case, *, now: datetime, entry: Entry | None = None, anyway: bool = False) -> None:
    """Tell whoever holds a case that there is new mail in it.  No word of the sender goes along (I5)."""
    if case.assignee is not None:
        tell(session, case.assignee, "mail", case, now=now, entry=entry, anyway=anyway)


def stand(
    session: Session,
    agent: Agent,
    kind: Kind,
    case: Case,
    *,
    now: datetime,
    by: Agent | None = None,
    instead_of: Agent | None = None,
) -> None:
    """Put a line on an agent's page of notices and mail nothing; while one of this kind waits there, it is that one."""
    notice = _waiting(session, agent, kind, case)
    if notice is None:
        notice = Notice(agent=agent, case=case, kind=kind)
        session.add(notice)
    notice.by, notice.instead_of, notice.at = by, instead_of, now
    session.flush()


def may_be_told(session: Session, agent: Agent, case: Case) -> bool:
    """Whether this agent works here and may see the case."""
    return agent.active and cases.by_number(session, case.number, agent) is not None


def saw(session: Session, agent: Agent, case: Case, *, now: datetime) -> None:
    """They opened the case: what they were told about it waits no more."""
    _see(session, now, Notice.agent_id == agent.id, Notice.case_number == case.number)


def withdraw(
    session: Session,
    agent: Agent,
    case: Case,
    *,
    since: datetime,
    now: datetime,
    kinds: Collection[str] = ("assigned", "handover"),
) -> None:
    """What they were told of (that the case was given to them) is taken back: the line that said so waits no more."""
    given = (
        Notice.agent_id == agent.id,
        Notice.case_number == case.number,
        Notice.kind.in_(kinds),
        Notice.at >= since,
    )
    _see(session, now, *given)


def unsay(session: Session, case: Case, *, by: Agent, at: datetime) -> None:
    """A deed was taken back before anybody got it: nobody was told of it, and what would have been mailed stays here."""
    session.execute(delete(Notice).where(Notice.case_number == case.number, Notice.by_id == by.id, Notice.at == at))
    mails = (OutboxMail.kind == "notice", OutboxMail.case_number == case.number, OutboxMail.created_at == at)
    unsent = (OutboxMail.state == "queued", OutboxMail.attempts == 0, OutboxMail.lease_by.is_(None))
    for mail in session.scalars(select(OutboxMail).where(*mails, *unsent).with_for_update(skip_locked=True)):
        if mail.words.get("by") == by.name:
            session.delete(mail)


def saw_all(session: Session, agent: Agent, *, now: datetime) -> None:
    """They have read the whole list."""
    _see(session, now, Notice.agent_id == agent.id)


def _tell(
    session: Session,
    agent: Agent,
    kind: Kind,
    case: Case,
    now: datetime,
    by: Agent | None,
    entry: Entry | None,
    *,
    instead_of: Agent | None,
    anyway: bool,
    mailed: bool = True,
) -> Notice | None:
    if (by is not None and by.id == agent.id) or not may_be_told(session, agent, case):
        return None
    if (
        mailed
        and is_mailed(kind, wishes_mail=agent.notify, muted=agent.muted)
        and (anyway or not _lately(session, agent, kind, case, now))
    ):
        _mail(session, agent, kind, case, now, by, entry, instead_of)
    notice = _waiting(session, agent, kind, case) if kind in FROM_OUTSIDE else None
    if notice is None:
        notice = Notice(agent=agent, case=case, kind=kind)
        session.add(notice)
    notice.entry, notice.by, notice.instead_of, notice.at = entry, by, instead_of, now
    session.flush()
    return notice


def _waiting(session: Session, agent: Agent, kind: Kind, case: Case) -> Notice | None:
    """The notice of new mail that they have not seen yet: a second mail makes no second line of it."""
    mine = (Notice.agent_id == agent.id, Notice.case_number == case.number, Notice.kind == kind, Notice.seen_at.is_(None))
    return session.scalars(select(Notice).where(*mine).limit(1)).first()


def _lately(session: Session, agent: Agent, kind: Kind, case: Case, now: datetime) -> bool:
    """Whether they were mailed about mail in this case a moment ago; what colleagues do is mailed each time."""
    if kind not in FROM_OUTSIDE:
        return False
    to_them = (OutboxMail.kind.in_(("notification", "notice")), OutboxMail.recipient == agent.email)
    recent = select(OutboxMail).where(
        *to_them, OutboxMail.case_number == case.number, OutboxMail.created_at > now - BETWEEN_MAILS
    )
    return any(row.words.get("about", "mail") == kind for row in session.scalars(recent))


def _mail(
    session: Session,
    agent: Agent,
    kind: Kind,
    case: Case,
    now: datetime,
    by: Agent | None,
    entry: Entry | None,
    instead_of: Agent | None,
) -> None:
    words: dict[str, object] = {"number": case.number}
    if kind == "mail" and instead_of is None:
        outbox.queue_to_agent(session, "notification", agent, words, case=case, now=now)
        return
    if kind == "logged" and entry is not None:
        words["what"] = entry.kind
    words |= {"about": kind, "by": by.name if by else "", "instead_of": instead_of.name if instead_of else ""}
    outbox.queue_to_agent(session, "notice", agent, words, case=case, now=now)


def _see(session: Session, now: datetime, *which: object) -> None:
    session.execute(update(Notice).where(*which, Notice.seen_at.is_(None)).values(seen_at=now))  # type: ignore[arg-type]
