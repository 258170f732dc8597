"""A case besides its mail, for other programs."""

from __future__ import annotations

import pytest

from helpdesk import clock
from helpdesk.actions import agents, fields, outcomes
from helpdesk.db import Database
from helpdesk.models import Desk
from tests.programs import Customers, Program


@pytest.fixture()
def number(customers: Customers, database: Database) -> int:
    """A case of a desk that wants to know cause, verdict and the order."""
    with database.transaction() as session:
        ada, now = agents.create(session, "eva@example.org", "Eva", role="admin", now=clock.now()), clock.now()
        desk = session.get_one(Desk, 1)
        outcomes.ask(session, desk, ["cause", "verdict"], agent=ada, now=now)
        outcomes.list_causes(session, desk, ["Delay"], agent=ada, now=now)
        fields.define(session, "Order", "number", agent=ada, now=now, required=True)
    return customers.write()


def test_a_program_says_what_is_missing_and_then_solves_the_case(bob: Program, number: int) -> None:
    here = f"/cases/{number}"
    case = bob.get(here).json
    assert (case["channel"], case["priority"], case["tags"]) == ("mail", "normal", [])
    assert case["fields"] == [{"name": "Order", "kind": "number", "value": ""}]
    assert case["missing"] == ["cause", "verdict", "Order"]
    refused = bob.post(f"{here}/resolve")
    assert (refused.status_code, refused.json["error"]["field"]) == (422, "cause")
    assert bob.post(f"{here}/replies", json={"text": "Done", "resolve": True}).status_code == 422
    assert bob.get(here).json["state"] == "new", "nothing was sent"
    assert bob.post(f"{here}/tags", json={"tag": "late"}).json["tags"] == ["late"]
    assert bob.post(f"{here}/priority", json={"priority": "high"}).json["priority"] == "high"
    assert bob.post(f"{here}/fields", json={"name": "Order", "value": "1,5"}).json["fields"][0]["value"] == "1.5"
    bob.post(f"{here}/outcome", json={"cause": "Delay"})
    case = bob.post(f"{here}/outcome", json={"verdict": "partly"}).json
    assert (case["outcome"], case["missing"]) == ({"cause": "Delay", "office": "", "verdict": "partly"}, [])
    assert bob.post(f"{here}/resolve").json["state"] == "resolved"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("tags", {"tag": "!!"}, "tag"),
        ("fields", {"name": "Line", "value": "1"}, "name"),
        ("fields", {"name": "Order", "value": "much"}, "field-1"),
        ("outcome", {"cause": "Noise"}, "cause"),
        ("calls", {"kind": "call", "at": "2999-01-01T00:00:00+00:00", "text": "x"}, "at"),
        ("calls", {"kind": "call", "at": "2020-01-01T00:00:00+00:00", "text": "x", "with": "m@evil.example"}, "with"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(bob: Program, number: int, path, body, field) -> None:
    refused = bob.post(f"/cases/{number}/{path}", json=body)
    assert (refused.status_code, refused.json["error"]["field"]) == (422, field)


def test_a_call_is_written_down_once(bob: Program, number: int) -> None:
    call = {"kind": "call", "at": "2020-01-01T09:00:00+01:00", "text": "Again", "turn": "theirs", "idempotency_key": "k"}
    first = bob.post(f"/cases/{number}/calls", json=call)
    assert (first.status_code, first.json["kind"], first.json["event"]) == (201, "call", "logged")
    assert first.json["after"]["at"] == "2020-01-01T09:00:00+01:00"
    assert bob.post(f"/cases/{number}/calls", json=call).json["id"] == first.json["id"]
    assert bob.get(f"/cases/{number}").json["state"] == "waiting"
