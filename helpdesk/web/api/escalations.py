"""What is escalated, to whom it was told, and what one does about it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import escalations
from helpdesk.models import Agent, Escalation, EscalationTelling, Team
from helpdesk.queries import escalations as find
from helpdesk.web.access import agent, needs, session
from helpdesk.web.api import parameters
from helpdesk.web.api.cases import agent_named, case_of
from helpdesk.web.api.errors import Refused
from helpdesk.web.api.shapes import Json, instant

bp = Blueprint("escalations", __name__)


@bp.get("/escalations")
@needs("case.read")
def newest() -> ResponseReturnValue:
    """Of the cases that the agent may see, the newest first, a page at a time."""
    parameters.only(("open", "limit", "cursor"))
    chosen, asked, before = parameters.one_of("open", ("true", "false")), parameters.limit(), parameters.before("escalation")
    query = find.of_agent(agent(), is_open=None if chosen is None else chosen == "true")
    if before is not None:
        query = query.where(Escalation.id < before)
    rows = session().scalars(query.limit(asked + 1)).all()
    shown, cursor = parameters.page(rows, asked, "escalation", lambda row: row.id)
    return {"escalations": _shapes(shown), "next": cursor}


@bp.post("/escalations/<int:escalation_id>/acknowledge")
@needs("case.assign")
def acknowledge(escalation_id: int) -> ResponseReturnValue:
    """Say that one saw it and cares for it."""
    parameters.body("Nothing")
    row = _row(escalation_id)
    escalations.saw(session(), row, agent=agent(), now=clock.now())
    return _shape(row)


@bp.post("/escalations/<int:escalation_id>/take-over")
@needs("case.assign")
def take_over(escalation_id: int) -> ResponseReturnValue:
    """Hold the case from now on."""
    parameters.body("Nothing")
    row = _row(escalation_id)
    escalations.take_over(session(), row, agent=agent(), now=clock.now())
    return _shape(row)


@bp.post("/escalations/<int:escalation_id>/hand-back")
@needs("case.assign")
def hand_back(escalation_id: int) -> ResponseReturnValue:
    """Let somebody else go on, with a word."""
    asked, row = parameters.body("HandBack"), _row(escalation_id)
    to = agent_named(session(), asked["agent"], agent(), "agent", status=422)
    escalations.hand_back(session(), row, to, asked["text"], agent=agent(), now=clock.now())
    return _shape(row)


@bp.post("/cases/<int:number>/help")
@needs("case.note")
def ask_for_help(number: int) -> ResponseReturnValue:
    """Ask for somebody who may decide."""
    asked, case = parameters.body("Help"), case_of(number, for_change=True)
    return _shape(escalations.ask_for_help(session(), case, asked["text"], agent=agent(), now=clock.now())), 201


def _row(escalation_id: int) -> Escalation:
    """One of a case that the agent may see, with its case locked; 404 otherwise."""
    row = session().get(Escalation, escalation_id) if escalation_id < 2**31 else None
    if row is None:
        raise Refused(404, f"There is no escalation {escalation_id}.")
    case_of(row.case_number, for_change=True)
    session().refresh(row)
    return row


def _shape(row: Escalation) -> Json:
    return _shapes([row])[0]


def _shapes(rows: Sequence[Escalation]) -> list[Json]:
    told: dict[int, list[EscalationTelling]] = {row.id: [] for row in rows}
    for telling in find.tellings(session(), list(told)):
        told[telling.escalation_id].append(telling)
    return [_one(row, told[row.id]) for row in rows]


def _one(row: Escalation, told: list[EscalationTelling]) -> Json:
    team = session().get(Team, row.team_id) if row.team_id is not None else None
    return {
        "id": row.id,
        "case": row.case_number,
        "reason": row.reason,
        "clock": row.clock.kind if row.clock else None,
        "level": row.level,
        "due_at": instant(row.due_at),
        "raised_at": instant(row.raised_at),
        "acknowledged_at": instant(row.acknowledged_at),
        "acknowledged_by": _email(row.acknowledged_by_id),
        "first_action_at": instant(row.first_action_at),
        "outcome": row.outcome,
        "closed_at": instant(row.closed_at),
        "team": team.name if team else None,
        "holder": _email(row.holder_id),
        "words": row.words,
        "told": [{"agent": one.agent.email, "level": one.level, "at": instant(one.at), "how": one.how} for one in told],
    }


def _email(agent_id: int | None) -> str | None:
    found = session().get(Agent, agent_id) if agent_id is not None else None
    return found.email if found else None
