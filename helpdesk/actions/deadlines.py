"""Deadlines: how long people may have to wait, in which cases.  The clocks of all cases follow each change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.actions import clocks
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.models import Agent, CaseClock, DeadlinePolicy, EscalationLevel, Tag, Team
from helpdesk.policies import blocks, sla
from helpdesk.policies.cases import PRIORITIES
from helpdesk.queries import clocks as find

LONGEST, MOST_CUSTOMERS = 100, 500
LEAST_WARNING, LATEST_WARNING = 10, 99  # per cent


@dataclass(frozen=True)
class Wanted:
    """A policy as an admin wants it; None and () fit any case, "" sets no deadline."""

    name: str
    team: Team | None = None
    priority: str | None = None
    tag: Tag | None = None
    customers: tuple[str, ...] = field(default=())
    first_response: str = ""
    next_reply: str = ""
    resolution: str = ""
    warn_percent: int = 75
    active: bool = True


def add(session: Session, wanted: Wanted, *, agent: Agent, now: datetime) -> DeadlinePolicy:
    """A new policy, which is tried before all others.  Raises NotUsable."""
    first = session.scalar(select(func.min(DeadlinePolicy.place))) or 0
    policy = DeadlinePolicy(place=first - 1)
    _fill(session, policy, wanted)
    session.add(policy)
    session.flush()
    after = {"name": policy.name, **_facts(policy)}
    record(session, "deadline-added", now=now, agent=agent, thing=f"deadline {policy.id}", after=after)
    clocks.set_all_anew(session)
    return policy


def change(session: Session, policy: DeadlinePolicy, wanted: Wanted, *, agent: Agent, now: datetime) -> None:
    """Raises NotUsable."""
    before = _facts(policy)
    _fill(session, policy, wanted)
    _changed(session, policy, before, agent, now)


def why_kept(session: Session, policy: DeadlinePolicy) -> NotUsable | None:
    """What still uses these deadlines, so that they cannot be deleted."""
    if session.scalar(select(CaseClock.id).where(CaseClock.policy_id == policy.id).limit(1)) is not None:
        return NotUsable("", "Cases have had these deadlines, which stay on record. Switch them off instead.")
    return None


def delete(session: Session, policy: DeadlinePolicy, *, agent: Agent, now: datetime) -> None:
    """Forget deadlines that no case ever had, with whom they tell.  Raises NotUsable."""
    session.refresh(policy, with_for_update={"of": DeadlinePolicy})  # the timetable may be about to give them to a case
    if why := why_kept(session, policy):
        raise why
    record(session, "deadline-deleted", now=now, agent=agent, thing=f"deadline {policy.id}", before=_facts(policy))
    session.execute(delete_rows(EscalationLevel).where(EscalationLevel.policy_id == policy.id))
    session.delete(policy)
    session.flush()


def move_up(session: Session, policy: DeadlinePolicy, *, agent: Agent, now: datetime) -> None:
    """It is tried before the one that was tried before it."""
    rows = list(find.policies(session))
    place = rows.index(policy)
    if place == 0:
        return
    rows[place - 1 : place + 1] = [policy, rows[place - 1]]
    before = _facts(policy)
    for number, row in enumerate(rows, start=1):
        row.place = number
    _changed(session, policy, before, agent, now)


def forget_tag(session: Session, tag: Tag, other: Tag | None = None) -> None:
    """A tag is gone: what was for it is for the one that it became, or is switched off."""
    session.flush()
    for policy in session.scalars(select(DeadlinePolicy).where(DeadlinePolicy.tag_id == tag.id)).all():
        policy.tag, policy.active = other, policy.active and other is not None
        clocks.set_all_anew(session)


def _changed(session: Session, policy: DeadlinePolicy, before: dict[str, Any], agent: Agent, now: datetime) -> None:
    session.flush()
    after = _facts(policy)
    if after != before:
        record(session, "deadline-changed", now=now, agent=agent, thing=f"deadline {policy.id}", before=before, after=after)
        clocks.set_all_anew(session)


def _fill(session: Session, policy: DeadlinePolicy, wanted: Wanted) -> None:
    name = " ".join(wanted.name.split())
    if not 0 < len(name) <= LONGEST:
        raise NotUsable("name", "A name has 1 to %(most)s characters.", most=LONGEST)
    named = select(DeadlinePolicy.id).where(DeadlinePolicy.name == name, DeadlinePolicy.id.is_not(policy.id))
    if session.scalar(named) is not None:
        raise NotUsable("name", "There are deadlines called “%(name)s” already.", name=name)
    if wanted.priority is not None and wanted.priority not in PRIORITIES:
        raise NotUsable("priority", "Choose one from the list.")
    if not LEAST_WARNING <= wanted.warn_percent <= LATEST_WARNING:
        raise NotUsable(
            "warn_percent", "Choose a share between %(least)s and %(most)s per cent.", least=LEAST_WARNING, most=LATEST_WARNING
        )
    for kind in find.COLUMNS.values():
        text = getattr(wanted, kind)
        if text and sla.allowance(text) is None:
            raise NotUsable(kind, "Write a whole number that is not too large, or leave it empty.")
        setattr(policy, kind, text)
    policy.customers = _patterns(wanted.customers)
    policy.name, policy.priority, policy.warn_percent, policy.active = name, wanted.priority, wanted.warn_percent, wanted.active
    policy.team_id, policy.team = wanted.team.id if wanted.team else None, wanted.team
    policy.tag_id, policy.tag = wanted.tag.id if wanted.tag else None, wanted.tag


def _patterns(customers: tuple[str, ...]) -> list[str]:
    found = []
    for line in filter(None, (line.strip() for line in customers[:MOST_CUSTOMERS])):
        try:
            found.append(blocks.pattern(line))
        except ValueError:
            raise NotUsable("customers", "“%(line)s” is neither an address nor @ and a domain.", line=line) from None
    return list(dict.fromkeys(found))


def _facts(policy: DeadlinePolicy) -> dict[str, Any]:
    names = ("name", "place", "active", "priority", "customers", "first_response", "next_reply", "resolution", "warn_percent")
    facts = {name: getattr(policy, name) for name in names}
    return facts | {"team": policy.team.name if policy.team else None, "tag": policy.tag.name if policy.tag else None}
