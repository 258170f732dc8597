"""What one does to a case: answer, note, resolve, reopen, assign, and the life of its addresses."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.actions import addresses, cases, entries, releases
from helpdesk.db import house
from helpdesk.models import Case, Entry, ReplyAddress
from helpdesk.policies.promises import named
from helpdesk.queries import addresses as find_address
from helpdesk.queries import cases as find
from helpdesk.queries import releases as find_releases
from helpdesk.web.access import agent, needs, session
from helpdesk.web.api import parameters, shapes
from helpdesk.web.api.cases import agent_named, case_of
from helpdesk.web.api.errors import Refused

bp = Blueprint("deeds", __name__, url_prefix="/cases/<int:number>")


@bp.post("/replies")
@needs("case.answer")
def reply(number: int) -> ResponseReturnValue:
    """Answer everybody who takes part; where a second person has to release the answer it waits, and that is the answer (202)."""
    asked, case = parameters.body("NewReply"), case_of(number, for_change=True)
    key = asked.get("idempotency_key")
    known = find.said_with_key(session(), key, case) if key else None
    resolve, promise = asked.get("resolve", False), _promise(asked.get("promise"))
    if known is None and (why := find_releases.why(session(), case.desk, agent(), case)):
        waiting = releases.wait(
            session(), case, asked["text"], agent=agent(), why=why, now=clock.now(), idempotency_key=key, then_resolve=resolve,
            promise=promise,
        )  # fmt: skip
        return shapes.waiting_answer(waiting), 202
    entry = known or entries.reply(
        session(), case, asked["text"], agent=agent(), now=clock.now(), idempotency_key=key, then_resolve=resolve, promise=promise
    )
    return _entry(entry), 200 if known else 201


@bp.post("/notes")
@needs("case.note")
def note(number: int) -> ResponseReturnValue:
    """Note something for colleagues only."""
    asked, case = parameters.body("NewNote"), case_of(number, for_change=True)
    return _entry(entries.note(session(), case, asked["text"], agent=agent(), now=clock.now())), 201


@bp.post("/resolve")
@needs("case.resolve")
def resolve(number: int) -> ResponseReturnValue:
    """Say that it is solved."""
    parameters.body("Nothing")
    case = case_of(number, for_change=True)
    cases.resolve(session(), case, agent=agent(), now=clock.now())
    return shapes.summary(case)


@bp.post("/reopen")
@needs("case.reopen")
def reopen(number: int) -> ResponseReturnValue:
    """Say that it was not solved after all."""
    asked, case = parameters.body("Reopening"), case_of(number, for_change=True)
    cases.reopen(session(), case, agent=agent(), now=clock.now(), reason=asked.get("reason", ""))
    return shapes.summary(case)


@bp.post("/assign")
@needs("case.assign")
def assign(number: int) -> ResponseReturnValue:
    """Give it to somebody, or to nobody."""
    asked, case = parameters.body("Assignment"), case_of(number, for_change=True)
    named = asked["agent"]
    to = agent_named(session(), named, agent(), "agent", status=422) if named is not None else None
    cases.assign(session(), case, to, agent=agent(), now=clock.now())
    return shapes.summary(case)


@bp.post("/addresses/<int:address_id>/revoke")
@needs("case.address")
def revoke(number: int, address_id: int) -> ResponseReturnValue:
    """Withdraw an address at once."""
    parameters.body("Nothing")
    row = _address(case_of(number, for_change=True), address_id)
    addresses.revoke(session(), row, agent=agent(), now=clock.now())
    return shapes.address(row, now=clock.now())


@bp.post("/addresses/<int:address_id>/extend")
@needs("case.address")
def extend(number: int, address_id: int) -> ResponseReturnValue:
    """Let an address live some days longer."""
    asked = parameters.body("Extension")
    row = _address(case_of(number, for_change=True), address_id)
    addresses.extend(session(), row, asked["days"], agent=agent(), now=clock.now())
    return shapes.address(row, now=clock.now())


@bp.post("/addresses/<int:address_id>/rotate")
@needs("case.address")
def rotate(number: int, address_id: int) -> ResponseReturnValue:
    """Withdraw an address that leaked and give its participant a new one, which is the answer."""
    parameters.body("Nothing")
    row = _address(case_of(number, for_change=True), address_id)
    fresh = addresses.rotate(session(), row, agent=agent(), now=clock.now())
    return shapes.address(fresh, now=clock.now()), 201


def _promise(text: str | None) -> datetime | None:
    at = named(text, house(session()).settings.zone) if text is not None else None
    if text is not None and at is None:
        raise Refused(400, "“promise” has to be a day like 2026-12-04, or an instant.", field="promise")
    return at


def _entry(entry: Entry) -> shapes.Json:
    return shapes.entry(find.event_of(session(), entry), entry)


def _address(case: Case, address_id: int) -> ReplyAddress:
    found = next((row for row in find_address.of_case(session(), case.number) if row.id == address_id), None)
    if found is None:
        raise Refused(404, f"Case {case.number} has no address {address_id}.")
    return found
