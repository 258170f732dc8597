"""Who is kept out."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.models import Agent, Block, Desk
from helpdesk.policies import blocks as policy
from helpdesk.queries import addresses


def of(session: Session, senders: Iterable[str]) -> Block | None:
    """The block that keeps one of these addresses out, if there is one."""
    patterns = {found for sender in senders for found in policy.patterns_for(sender)}
    return session.scalars(select(Block).where(Block.pattern.in_(patterns)).limit(1)).first() if patterns else None


def all_of_them(session: Session) -> list[Block]:
    """Every block, the newest first."""
    return list(session.scalars(select(Block).order_by(Block.since.desc(), Block.id.desc()).options(joinedload(Block.agent))))


def is_ours(session: Session, pattern: str) -> bool:
    """Whether it would keep out ourselves: a desk, a reply address or a colleague."""
    if not policy.is_domain(pattern):
        return addresses.is_own(session, pattern) or _ends(session, pattern)
    somebody = f"somebody{pattern}"
    return pattern[1:] in addresses.desk_domains(session) or addresses.is_own(session, somebody) or _ends(session, pattern)


def _ends(session: Session, words: str) -> bool:
    """Whether the address of some colleague, or of a desk that is closed, ends with this."""
    for column in (Agent.email, Desk.address):
        if session.scalar(select(func.count()).where(func.lower(column).endswith(words, autoescape=True))):
            return True
    return False
