"""Whom the escalations of a deadline policy are told to, level by level."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from helpdesk.actions.desks import NotUsable
from helpdesk.actions.events import record
from helpdesk.models import Agent, DeadlinePolicy, EscalationLevel
from helpdesk.policies.escalation import LONGEST_WAIT, MOST_LEVELS, WHOM, Level, Plan
from helpdesk.queries import escalations as find


def set_levels(
    session: Session, policy: DeadlinePolicy, levels: Sequence[Level], remind_minutes: int, *, agent: Agent, now: datetime
) -> None:
    """Tell these from now on, the first level first.  Raises NotUsable.  What was told already stays told."""
    if not 0 < len(levels) <= MOST_LEVELS:
        raise NotUsable("whom_1", "Somebody has to be told.")
    for number, level in enumerate(levels, start=1):
        if level.whom not in WHOM:
            raise NotUsable(f"whom_{number}", "Choose one from the list.")
        if not 0 <= level.after_minutes <= LONGEST_WAIT:
            raise NotUsable(f"after_{number}", "Write a whole number of minutes, %(most)s at most.", most=LONGEST_WAIT)
    if not 0 <= remind_minutes <= LONGEST_WAIT:
        raise NotUsable("remind", "Write a whole number of minutes, %(most)s at most.", most=LONGEST_WAIT)
    before = _facts(find.plan_of(session, policy))
    session.execute(delete(EscalationLevel).where(EscalationLevel.policy_id == policy.id))
    policy.remind_minutes = remind_minutes
    for number, one in enumerate(levels, start=1):
        row = EscalationLevel(policy_id=policy.id, level=number, whom=one.whom, by_mail=one.by_mail, at_any_time=one.at_any_time)
        row.after_minutes = one.after_minutes if number > 1 else 0
        session.add(row)
    session.flush()
    after = _facts(find.plan_of(session, policy))
    if after != before:
        thing = f"deadline {policy.id}"
        record(
            session, "deadline-changed", now=now, agent=agent, thing=thing, before=before, after={"name": policy.name, **after}
        )


def _facts(plan: Plan) -> dict[str, Any]:
    said = [f"{one.whom}, {one.after_minutes} min, {_how(one)}" for one in plan.levels]
    return {"levels": said, "remind_minutes": plan.remind_minutes}


def _how(level: Level) -> str:
    return "pages" if not level.by_mail else "mail at any time" if level.at_any_time else "mail in working hours"
