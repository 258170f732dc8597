"""Cases: the list, one with its whole story, and opening one from our side."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.actions import entries, releases
from helpdesk.db import house
from helpdesk.models import Agent, Case, Desk, Team
from helpdesk.policies.cases import STATES
from helpdesk.queries import addresses, lists, people
from helpdesk.queries import cases as find
from helpdesk.queries import details as find_details
from helpdesk.queries import releases as find_releases
from helpdesk.queries.proposals import waiting
from helpdesk.queries.secrets import seen_by
from helpdesk.web.access import agent, needs, session
from helpdesk.web.api import parameters, promises, shapes, together_shapes
from helpdesk.web.api.errors import Refused

bp = Blueprint("cases", __name__, url_prefix="/cases")


@bp.get("")
@needs("case.read")
def newest() -> ResponseReturnValue:
    """Cases, the newest first, a page at a time."""
    parameters.only(("state", "q", "assignee", "limit", "cursor"))
    wanted = lists.Wanted(
        state=parameters.one_of("state", STATES),  # type: ignore[arg-type]  # one of STATES is a State
        assignee=_assignee(session(), agent()),
        words=parameters.text("q"),
    )
    asked = parameters.limit()
    rows = lists.newest(session(), agent(), wanted, limit=asked + 1, before=parameters.before("case"))
    shown, cursor = parameters.page(rows, asked, "case", lambda case: case.number)
    return {"cases": [shapes.summary(case) for case in shown], "next": cursor}


@bp.get("/<int:number>")
@needs("case.read")
def one(number: int) -> ResponseReturnValue:
    """A case, its addresses and its timeline."""
    parameters.only(())
    return whole(case_of(number))


@bp.post("")
@needs("case.open")
def begin() -> ResponseReturnValue:
    """Open a case by our first mail to somebody."""
    asked = parameters.body("NewCase")
    key = asked.get("idempotency_key")
    team = _team(session(), asked.get("team"))
    known = entries.begun_before(session(), agent(), key) if key else None
    desk = _desk(session(), team)
    if known is None and (why := find_releases.why(session(), desk, agent())):
        row = releases.begin(
            session(), desk, asked["to"], asked["subject"], asked["text"], agent=agent(), why=why, now=clock.now(), team=team,
            idempotency_key=key,
        )  # fmt: skip
        return whole(case_of(row.case_number)), 202
    entry = known or entries.begin(
        session(),
        desk,
        asked["to"],
        asked["subject"],
        asked["text"],
        agent=agent(),
        now=clock.now(),
        team=team,
        idempotency_key=key,
    )
    return whole(case_of(entry.case_number)), 200 if known else 201


def case_of(number: int, *, for_change: bool = False) -> Case:
    """The case of this number, if the agent may read it; 404 otherwise."""
    case = find.by_number(session(), number, agent(), for_change=for_change)
    if case is None:
        raise Refused(404, f"There is no case {number}.")
    if for_change and case.merged_into is not None:
        raise Refused(409, f"Case {number} goes on in case {case.merged_into}.")
    return case


def whole(case: Case) -> shapes.Json:
    """A case with everything that belongs to it."""
    doors, timeline = addresses.of_case(session(), case.number), find.timeline(session(), case, agent())
    return shapes.whole(
        case,
        doors,
        timeline,
        find.links(session(), case.number, agent()),
        waiting(session(), case),
        find_releases.waiting_in(session(), case),
        _details(case) | {"promises": promises.of(case)} | together_shapes.of(case, timeline, now=clock.now()),
        now=clock.now(),
        seen=seen_by(timeline, agent()),
    )


def _details(case: Case) -> shapes.Json:
    values = find_details.values(session(), case.number)
    asked = find_details.fields_for(session(), case.desk_id)
    filled = [row.field for row in values.values() if row.field not in asked]
    fields = [(field, values[field.id].value if field.id in values else "") for field in [*asked, *filled]]
    return shapes.details(
        case,
        find_details.tags(session(), case.number),
        fields,
        find_details.outcome(session(), case.number),
        find_details.gestures(session(), case.number),
        find_details.missing(session(), case),
    )


def agent_named(session: Session, text: str, viewer: Agent, field: str, *, status: int) -> Agent:
    """The agent with this e-mail, or the asker for «me».  Refused with `status` where there is none."""
    found = viewer if text == "me" else people.agent_by_email(session, text)
    if found is None:
        raise Refused(status, f"There is no agent “{text}”.", field=field)
    return found


def _assignee(session: Session, viewer: Agent) -> int | None:
    """What a list is asked for: an agent's id, 0 for nobody, None for all."""
    text = parameters.text("assignee")
    if text in ("", "nobody"):
        return 0 if text else None
    return agent_named(session, text, viewer, "assignee", status=400).id


def _team(session: Session, name: str | None) -> Team | None:
    found = next((team for team in people.teams(session) if team.name == name), None)
    if name is not None and found is None:
        raise Refused(422, f"There is no team “{name}”.", field="team")
    return found


def _desk(session: Session, team: Team | None) -> Desk:
    """Who sends: the team's desk, or the main one."""
    desks = people.desks(session, active_only=True)
    main = addresses.desk_at(session, house(session).settings.main_desk)
    found = next((desk for desk in desks if team and desk.team_id == team.id), main) or next(iter(desks), None)
    if found is None:
        raise Refused(409, "No front desk is open from which this could be sent.")
    return found
