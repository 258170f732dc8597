"""What is decided about doubtful mail, and about people who are proposed as participants."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import doubts, proposals
from helpdesk.models import Case, Entry, Event, Proposal
from helpdesk.queries import cases as find
from helpdesk.queries import proposals as find_proposals
from helpdesk.web.access import agent, demand, needs, session
from helpdesk.web.api import parameters, shapes
from helpdesk.web.api.cases import case_of, whole
from helpdesk.web.api.errors import Refused

bp = Blueprint("judge", __name__, url_prefix="/cases/<int:number>")


@bp.post("/entries/<int:entry_id>/accept")
@needs("case.judge")
def accept(number: int, entry_id: int) -> ResponseReturnValue:
    """Let a suspect's or a stranger's mail count."""
    asked, case = parameters.body("Acceptance"), case_of(number, for_change=True)
    take_part = asked.get("take_part", False)
    if take_part:
        demand("case.address", case)
    entry = entry_of(case, entry_id)
    doubts.accept(session(), case, entry, agent=agent(), now=clock.now(), take_part=take_part)
    return _shown(entry)


@bp.post("/entries/<int:entry_id>/ignore")
@needs("case.judge")
def ignore(number: int, entry_id: int) -> ResponseReturnValue:
    """Put it aside."""
    parameters.body("Nothing")
    case = case_of(number, for_change=True)
    entry = entry_of(case, entry_id)
    doubts.ignore(session(), case, entry, agent=agent(), now=clock.now())
    return _shown(entry)


@bp.post("/entries/<int:entry_id>/reconsider")
@needs("case.judge")
def reconsider(number: int, entry_id: int) -> ResponseReturnValue:
    """Take back that it was put aside."""
    parameters.body("Nothing")
    case = case_of(number, for_change=True)
    entry = entry_of(case, entry_id)
    doubts.reconsider(session(), case, entry, agent=agent(), now=clock.now())
    return _shown(entry)


@bp.post("/entries/<int:entry_id>/show-codes")
@needs("case.codes")
def show_codes(number: int, entry_id: int) -> ResponseReturnValue:
    """Show the codes and links of a verification mail to whoever asks; the look is on the record."""
    parameters.body("Nothing")
    case = case_of(number, for_change=True)
    entry = entry_of(case, entry_id)
    doubts.show_codes(session(), case, entry, agent=agent(), now=clock.now())
    return shapes.entry(find.event_of(session(), entry), entry, frozenset((entry.id,)))


@bp.post("/entries/<int:entry_id>/new-case")
@needs("case.open")
def new_case(number: int, entry_id: int) -> ResponseReturnValue:
    """Give it a case of its own, which is the answer."""
    parameters.body("Nothing")
    case = case_of(number, for_change=True)
    fresh = doubts.give_case(session(), case, entry_of(case, entry_id), agent=agent(), now=clock.now())
    return whole(fresh), 201


@bp.post("/proposals/<int:proposal_id>/accept")
@needs("case.address")
def accept_proposal(number: int, proposal_id: int) -> ResponseReturnValue:
    """Let somebody take part who was written to as well."""
    parameters.body("Nothing")
    case = case_of(number, for_change=True)
    found = _proposal(case, proposal_id)
    proposals.accept(session(), case, found, agent=agent(), now=clock.now())
    return shapes.proposal(found)


@bp.post("/proposals/<int:proposal_id>/decline")
@needs("case.address")
def decline_proposal(number: int, proposal_id: int) -> ResponseReturnValue:
    """Say that they do not take part."""
    parameters.body("Nothing")
    case = case_of(number, for_change=True)
    found = _proposal(case, proposal_id)
    proposals.decline(session(), case, found, agent=agent(), now=clock.now())
    return shapes.proposal(found)


def entry_of(case: Case, event_id: int) -> Entry:
    """The entry at this moment of the timeline: to programs, the id of an entry is that of its event."""
    event = session().get(Event, event_id) if 0 < event_id < 2**31 else None
    if event is None or event.entry is None or event.case_number != case.number:
        raise Refused(404, f"There is no mail {event_id} in case {case.number}.")
    return event.entry


def _proposal(case: Case, proposal_id: int) -> Proposal:
    found = find_proposals.of_case(session(), case, proposal_id)
    if found is None:
        raise Refused(404, f"There is no proposal {proposal_id} in case {case.number}.")
    return found


def _shown(entry: Entry) -> shapes.Json:
    return shapes.entry(find.event_of(session(), entry), entry)
