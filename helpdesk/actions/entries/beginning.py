"""A case that we begin, by a first mail to somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.actions import cases, people
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries.answering import NeedsRelease, reply
from helpdesk.actions.entries.words import Upload, clean
from helpdesk.models import Agent, Case, Desk, Entry, Person, Team
from helpdesk.policies.people import mailbox
from helpdesk.queries import cases as find
from helpdesk.queries import releases
from helpdesk.queries.addresses import is_own


def begin(
    session: Session,
    desk: Desk,
    to: str,
    subject: str,
    text: str,
    *,
    agent: Agent,
    now: datetime,
    team: Team | None = None,
    files: Sequence[Upload] = (),
    idempotency_key: str | None = None,
    due: datetime | None = None,
) -> Entry:
    """Open a case from our side with our first mail to somebody («Name <address>»).

    A key that this agent used before gives the same entry again.  Raises NotUsable, EmptyText and NeedsRelease.
    """
    if idempotency_key and (before := begun_before(session, agent, idempotency_key)):
        return before
    clean(text, files)
    if why := releases.why(session, desk, agent):
        raise NeedsRelease(why)
    case = open_for(session, desk, to, subject, agent=agent, now=now, team=team)
    key = beginning(agent, idempotency_key)
    return reply(session, case, text, agent=agent, now=now, files=files, idempotency_key=key, due=due)


def open_for(
    session: Session, desk: Desk, to: str, subject: str, *, agent: Agent, now: datetime, team: Team | None = None
) -> Case:
    """A case that an agent begins, before its first mail.  Raises NotUsable."""
    person = _addressee(session, to, now)
    about = " ".join(subject.split())
    return cases.open_case(session, desk, person, about, now=now, agent=agent, team=team, channel="ours")


def begun_before(session: Session, agent: Agent, idempotency_key: str) -> Entry | None:
    """The first mail of the case that this agent began under this key."""
    # There is no case yet whose row could be locked: two tries at once wait for each other at the agent's.
    session.execute(select(Agent.id).where(Agent.id == agent.id).with_for_update())
    return find.said_with_key(session, str(beginning(agent, idempotency_key)))


def beginning(agent: Agent, key: str | None) -> str | None:
    """The key of a case's first mail; the space keeps it apart from the keys of answers, which have none."""
    return f"begun by {agent.id}: {key}" if key else None


def _addressee(session: Session, to: str, now: datetime) -> Person:
    try:
        name, address = mailbox(to)
    except ValueError:
        raise NotUsable("to", "“%(to)s” is not a mail address like anna@example.org.", to=to) from None
    if is_own(session, address):
        raise NotUsable("to", "%(address)s is an address of this desk; mail to it would run in a circle.", address=address)
    return people.known(session, address, name, now=now)
