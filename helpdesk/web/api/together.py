"""What colleagues do together, and with whom: handing over, asking third parties, who takes part."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import cases, consultations, handovers, participants, people
from helpdesk.models import Agent, Case, Consultation, ConsultationLetter, Entry, Participant, Team
from helpdesk.policies.people import mailbox
from helpdesk.queries import cases as find_cases
from helpdesk.queries import consultations as find
from helpdesk.queries import people as find_people
from helpdesk.web.access import agent, needs, session
from helpdesk.web.api import parameters, shapes, together_shapes
from helpdesk.web.api.cases import agent_named, case_of, whole
from helpdesk.web.api.errors import Refused
from helpdesk.web.api.judge import entry_of

bp = Blueprint("together", __name__, url_prefix="/cases/<int:number>")


@bp.post("/participants")
@needs("case.address")
def add(number: int) -> ResponseReturnValue:
    """Let somebody take part, by a reply address of their own; nobody is mailed."""
    asked, case = parameters.body("NewParticipant"), case_of(number, for_change=True)
    try:
        name, address = mailbox(asked["person"])
    except ValueError:
        raise Refused(422, "That is not a mail address like anna@example.org.", field="person") from None
    now = clock.now()
    cases.add_participant(session(), case, people.known(session(), address, name, now=now), now=now, agent=agent())
    return whole(case)


@bp.post("/participants/<int:participant_id>/remove")
@needs("case.address")
def remove(number: int, participant_id: int) -> ResponseReturnValue:
    """They take part no more."""
    parameters.body("Nothing")
    case = case_of(number, for_change=True)
    participants.remove(session(), case, _participant(case, participant_id), agent=agent(), now=clock.now())
    return whole(case)


@bp.post("/participants/<int:participant_id>/is-customer")
@needs("case.address")
def make_requester(number: int, participant_id: int) -> ResponseReturnValue:
    """They are the customer; whoever was takes part as before."""
    parameters.body("Nothing")
    case = case_of(number, for_change=True)
    participants.make_requester(session(), case, _participant(case, participant_id), agent=agent(), now=clock.now())
    return whole(case)


@bp.post("/handover")
@needs("case.assign")
def hand_over(number: int) -> ResponseReturnValue:
    """Give the case to a colleague or a team, with a note of three fields."""
    asked, case = parameters.body("Handover"), case_of(number, for_change=True)
    handovers.hand_over(
        session(), case, _next(asked), {name: asked[name] for name in handovers.FIELDS}, agent=agent(), now=clock.now()
    )
    return shapes.summary(case)


@bp.post("/take")
@needs("case.assign")
def take(number: int) -> ResponseReturnValue:
    """Take over what was handed over."""
    parameters.body("Nothing")
    case = case_of(number, for_change=True)
    handovers.take(session(), case, agent=agent(), now=clock.now())
    return shapes.summary(case)


@bp.post("/consultations")
@needs("case.consult")
def ask(number: int) -> ResponseReturnValue:
    """Ask a third party for advice; their mail leaves at once."""
    asked, case = parameters.body("Question"), case_of(number, for_change=True)
    if known := _asked_before(case, asked.get("idempotency_key")):
        return together_shapes.consultation(known, now=clock.now()), 200
    row = consultations.ask(
        session(), case, asked["to"], asked["subject"], asked["text"], along=_along(case, asked), agent=agent(), now=clock.now(),
        idempotency_key=asked.get("idempotency_key"),
    )  # fmt: skip
    return together_shapes.consultation(row, now=clock.now()), 201


@bp.post("/consultations/<int:consultation_id>")
@needs("case.consult")
def write(number: int, consultation_id: int) -> ResponseReturnValue:
    """Write to them again; what was closed is open by that."""
    asked, case = parameters.body("FurtherQuestion"), case_of(number, for_change=True)
    row = _consultation(case, consultation_id)
    if _asked_before(case, asked.get("idempotency_key")):
        return together_shapes.consultation(row, now=clock.now()), 200
    consultations.write(
        session(), row, asked["text"], along=_along(case, asked), agent=agent(), now=clock.now(),
        idempotency_key=asked.get("idempotency_key"),
    )  # fmt: skip
    return together_shapes.consultation(row, now=clock.now()), 201


@bp.post("/consultations/<int:consultation_id>/close")
@needs("case.consult")
def close(number: int, consultation_id: int) -> ResponseReturnValue:
    """You have what you asked for."""
    parameters.body("Nothing")
    row = _consultation(case_of(number, for_change=True), consultation_id)
    consultations.close(session(), row, agent=agent(), now=clock.now())
    return together_shapes.consultation(row, now=clock.now())


def _participant(case: Case, participant_id: int) -> Participant:
    found = next((one for one in case.participants if one.id == participant_id), None)
    if found is None:
        raise Refused(404, f"Nobody with the id {participant_id} takes part in case {case.number}.")
    return found


def _next(asked: shapes.Json) -> Agent | Team:
    """Whoever goes on: one person, or one team."""
    if ("agent" in asked) == ("team" in asked):
        raise Refused(422, "Say either “agent” or “team”.", field="agent")
    if "agent" in asked:
        return agent_named(session(), asked["agent"], agent(), "agent", status=422)
    found = next((team for team in find_people.teams(session()) if team.name == asked["team"]), None)
    if found is None:
        raise Refused(422, f"There is no team “{asked['team']}”.", field="team")
    return found


def _consultation(case: Case, consultation_id: int) -> Consultation:
    found = find.in_case(session(), case, consultation_id)
    if found is None:
        raise Refused(404, f"There is no consultation {consultation_id} in case {case.number}.")
    return found


def _asked_before(case: Case, key: str | None) -> Consultation | None:
    known = find_cases.said_with_key(session(), key, case) if key else None
    letter = session().get(ConsultationLetter, known.id) if known is not None else None
    return letter.consultation if letter is not None else None


def _along(case: Case, asked: shapes.Json) -> list[Entry]:
    """What may be passed on of what was asked for."""
    wanted = asked.get("along", [])
    offered = {entry.id for entry in find.to_send_along(find_cases.timeline(session(), case, agent()))} if wanted else set()
    found = [entry_of(case, ident) for ident in dict.fromkeys(wanted)]
    if any(entry.id not in offered for entry in found):
        raise Refused(422, "Notes and doubtful mail cannot be sent along.", field="along")
    return found
