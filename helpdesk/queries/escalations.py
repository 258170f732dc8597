"""What is escalated in which case, who held it then, and by which plan it goes on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from helpdesk.models import (
    Agent,
    Calendar,
    Case,
    CaseClock,
    DeadlinePolicy,
    Escalation,
    EscalationLevel,
    EscalationTelling,
    Event,
    Handover,
    Team,
)
from helpdesk.policies.escalation import DEFAULTS, Facts, Level, Plan
from helpdesk.policies.hours import Hours
from helpdesk.queries import clocks
from helpdesk.queries.cases import seen_by
from helpdesk.queries.events import stands

# A look is no action, neither is what the escalation itself says, nor that somebody took something back.
NO_ACTION = frozenset(("codes-shown", "escalation-seen", "undone", "answer-taken-back"))


def open_in(session: Session, number: int) -> Sequence[Escalation]:
    """The open escalations of a case, the oldest first."""
    query = select(Escalation).where(Escalation.case_number == number, Escalation.closed_at.is_(None))
    return session.scalars(query.order_by(Escalation.id)).all()


def in_case(session: Session, case: Case, escalation_id: int, *, for_change: bool = False) -> Escalation | None:
    """One of a case that its reader may see."""
    query = select(Escalation).where(Escalation.id == escalation_id, Escalation.case_number == case.number)
    return session.scalar(query.with_for_update(of=Escalation) if for_change else query)


def of_events(session: Session, events: Collection[Event]) -> dict[int, Escalation]:
    """Event id → the escalation that it tells of."""
    told = {event.id: event.after["escalation"] for event in events if event.deed == "escalated"}
    if not told:
        return {}
    rows = session.scalars(
        select(Escalation).where(Escalation.id.in_(told.values())).options(selectinload(Escalation.acknowledged_by))
    )
    found = {row.id: row for row in rows}
    return {event_id: found[escalation_id] for event_id, escalation_id in told.items() if escalation_id in found}


def of_agent(agent: Agent, *, is_open: bool | None = None) -> Select[Escalation]:
    """The escalations of the cases that this agent may see, the newest first; all of them, or those that are (not) open."""
    query = select(Escalation).join(Case, Case.number == Escalation.case_number).where(seen_by(agent))
    if is_open is not None:
        query = query.where(Escalation.closed_at.is_(None) if is_open else Escalation.closed_at.is_not(None))
    return query.order_by(Escalation.id.desc())


def was_told(session: Session, escalation_ids: Collection[int], agent: Agent) -> set[int]:
    """Those of these escalations of which this agent was told."""
    query = select(EscalationTelling.escalation_id).where(EscalationTelling.escalation_id.in_(escalation_ids))
    return set(session.scalars(query.where(EscalationTelling.agent_id == agent.id)))


def held_at(session: Session, case: Case, at: datetime) -> int | None:
    """Who held a case at an instant; the id of an agent."""
    later = select(Event).where(Event.case_number == case.number, Event.deed == "assigned", Event.at > at, stands())
    event = session.scalars(later.order_by(Event.id).limit(1)).first()
    return event.before.get("assignee_id") if event is not None else case.assignee_id


def facts(session: Session, row: Escalation) -> Facts:
    """What has become of its case since."""
    case = row.case
    clock = session.get(CaseClock, row.clock_id, populate_existing=True) if row.clock_id is not None else None
    away = case.merged_into is not None or case.spam_at is not None or case.withdrawn_at is not None
    answered = clock is None and _is_answered(session, row)
    return Facts(case.state, away, answered, clock.end if clock else None, clock.kind if clock else None)


def _is_answered(session: Session, row: Escalation) -> bool:
    since = (Event.case_number == row.case_number, Event.at >= row.raised_at, Event.deed.in_(("replied", "logged")), stands())
    events = session.scalars(select(Event).where(*since))
    return any(
        (event.deed == "replied" or event.after.get("turn") == "theirs")
        and not (row.reason == "help" and event.agent_id == row.by_id)
        for event in events
    )


def first_deed_at(session: Session, row: Escalation) -> datetime | None:
    """When one of us did anything in its case since it was raised, but for what was taken back."""
    since = (Event.case_number == row.case_number, Event.at > row.raised_at, Event.agent_id.is_not(None), stands())
    events = session.scalars(select(Event).where(*since).order_by(Event.id))
    return min((event.at for event in _without_undone(events) if event.deed not in NO_ACTION), default=None)


def plan(session: Session, row: Escalation) -> Plan:
    """By which plan it goes on: that of the policy by which its clock runs, else of the one that fits its case."""
    if row.clock_id is not None:
        policy_id: int | None = session.get_one(CaseClock, row.clock_id).policy_id
    else:
        terms = clocks.terms(session, row.case_number)
        policy_id = terms.policy_id if terms is not None else None
    return plan_of(session, session.get(DeadlinePolicy, policy_id) if policy_id is not None else None)


def plan_of(session: Session, policy: DeadlinePolicy | None) -> Plan:
    """The plan of a policy."""
    if policy is None:
        return DEFAULTS
    rows = session.scalars(select(EscalationLevel).where(EscalationLevel.policy_id == policy.id).order_by(EscalationLevel.level))
    levels = [Level(row.whom, row.after_minutes, row.by_mail, row.at_any_time) for row in rows]  # type: ignore[arg-type]
    return Plan(levels or DEFAULTS.levels, policy.remind_minutes)


def hours(session: Session, row: Escalation) -> Hours:
    """When the people work who have to do something about it: the team of its case as it is now."""
    team = session.get(Team, row.case.team_id) if row.case.team_id is not None else None
    calendar_id = team.calendar_id if team is not None and team.calendar_id is not None else None
    return clocks.hours_of(session)(calendar_id or _standard_id(session))


def _standard_id(session: Session) -> int:
    return session.scalars(select(Calendar.id).where(Calendar.standard).order_by(Calendar.id)).one()


def reopenings(session: Session, case: Case) -> int:
    """How often a case came back, but for what was taken back."""
    return len(_done(session, case, ("reopened",)))


def hands(session: Session, case: Case) -> int:
    """How often a case went from one hand to another: to a colleague, or from a colleague to a team."""
    given = _done(session, case, ("assigned", "given-to-team"))
    between = [
        event for event in given if event.deed == "assigned" and event.before.get("assignee_id") and event.after.get("assignee")
    ]
    to_teams = session.scalar(
        select(func.count()).select_from(Handover).where(Handover.case_number == case.number, Handover.team_id.is_not(None))
    )
    return len(between) + (to_teams or 0)


def _done(session: Session, case: Case, deeds: Collection[str]) -> list[Event]:
    """What was done by these deeds and stands, the oldest first: each «undone» takes the last one of its kind away."""
    query = select(Event).where(Event.case_number == case.number, Event.deed.in_((*deeds, "undone")), stands())
    return _without_undone(session.scalars(query.order_by(Event.id)))


def _without_undone(events: Iterable[Event]) -> list[Event]:
    found: list[Event] = []
    for event in events:
        if event.deed != "undone":
            found.append(event)
        elif (last := next((one for one in reversed(found) if one.deed == event.after.get("undone")), None)) is not None:
            found.remove(last)
    return found


def names_told(session: Session, escalation_ids: Collection[int]) -> dict[int, list[str]]:
    """Escalation id → the names of those who were told, in that order."""
    query = select(EscalationTelling.escalation_id, Agent.name).join(Agent, Agent.id == EscalationTelling.agent_id)
    names: dict[int, dict[str, None]] = {}
    for escalation_id, name in session.execute(
        query.where(EscalationTelling.escalation_id.in_(escalation_ids)).order_by(EscalationTelling.id)
    ):
        names.setdefault(escalation_id, {})[name] = None
    return {escalation_id: list(found) for escalation_id, found in names.items()}


def tellings(session: Session, escalation_ids: Collection[int]) -> Sequence[EscalationTelling]:
    """Who was told of these escalations, the first one first."""
    query = select(EscalationTelling).where(EscalationTelling.escalation_id.in_(escalation_ids))
    return session.scalars(query.order_by(EscalationTelling.id).options(selectinload(EscalationTelling.agent))).all()
