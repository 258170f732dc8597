"""Keep a sender out, and let them in again.  Their mail is held, never refused or deleted: one click lets each in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions.cases import NotPermitted
from helpdesk.actions.events import record
from helpdesk.models import Agent, Block, Case
from helpdesk.policies import blocks as policy
from helpdesk.queries import blocks as find


def block(session: Session, text: str, *, agent: Agent, now: datetime, case: Case | None = None) -> Block:
    """Hold whatever comes from this address, or from this «@domain», from now on; a second time changes nothing.

    `case`: the one whose page it was done on, which tells it.  Raises NotPermitted.
    """
    try:
        pattern = policy.pattern(text)
    except ValueError:
        raise NotPermitted("“%(text)s” is neither a mail address nor an @ with a domain.", text=text.strip()) from None
    if find.is_ours(session, pattern):
        raise NotPermitted("%(pattern)s is one of us, or a colleague; they cannot be blocked.", pattern=pattern)
    known = session.scalar(select(Block).where(Block.pattern == pattern))
    if known is not None:
        return known
    row = Block(pattern=pattern, since=now, agent=agent)
    session.add(row)
    session.flush()
    record(session, "sender-blocked", now=now, agent=agent, case=case, thing=f"block {row.id}", after={"pattern": pattern})
    return row


def free(session: Session, row: Block, *, agent: Agent, now: datetime) -> None:
    """Their mail comes in again; what is held stays so until somebody lets it in."""
    record(session, "sender-freed", now=now, agent=agent, thing=f"block {row.id}", before={"pattern": row.pattern})
    session.delete(row)
    session.flush()
