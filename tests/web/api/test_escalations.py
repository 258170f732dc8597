"""Escalations for other programs: what burns, who was told, and what one does about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from helpdesk import alerts, clock
from helpdesk.actions import cases
from helpdesk.db import Database
from helpdesk.models import Agent, Case
from tests.programs import Customers, Program


@pytest.fixture(autouse=True)
def ada(program: Callable[..., Program]) -> Program:
    """The admin is there before anything burns."""
    return program("ada")


def test_what_burns_is_listed_with_whom_it_was_told(bob: Program, customers: Customers, database: Database) -> None:
    customers.burn()
    alerts.tell(database, now=clock.now())
    (found,) = bob.get("/escalations", open="true").json["escalations"]
    assert (found["reason"], found["level"], found["outcome"]) == ("wants-human", 1, None)
    assert {one["agent"] for one in found["told"]} == {"ada@example.org"}, "nobody holds it and it has no team"
    assert bob.get("/escalations", open="false").json["escalations"] == []
    (event,) = [one for one in bob.get(f"/cases/{found['case']}").json["entries"] if one["event"] == "escalated"]
    assert (event["kind"], event["after"]["escalation"]) == ("event", found["id"])


def test_a_page_at_a_time(bob: Program, customers: Customers) -> None:
    ids = [customers.burn() for _ in range(3)]
    first = bob.get("/escalations", limit=2).json
    second = bob.get("/escalations", limit=2, cursor=first["next"]).json
    assert [one["id"] for page in (first, second) for one in page["escalations"]] == ids[::-1]
    assert second["next"] is None


def test_what_one_does_about_it(bob: Program, customers: Customers) -> None:
    row = customers.burn()
    assert bob.post(f"/escalations/{row}/acknowledge").json["acknowledged_by"] == "bob@example.org"
    taken = bob.post(f"/escalations/{row}/take-over").json
    assert (taken["outcome"], taken["closed_at"]) == ("taken-over", None)
    assert bob.get(f"/cases/{taken['case']}").json["assignee"] == "bob@example.org"
    back = bob.post(f"/escalations/{row}/hand-back", {"agent": "ada@example.org", "text": "Call her"}).json
    assert back["outcome"] == "handed-back"
    bob.post(f"/cases/{taken['case']}/replies", {"text": "Here I am"})
    assert bob.get("/escalations", open="true").json["escalations"] == []
    assert bob.post(f"/escalations/{row}/acknowledge").status_code == 409


def test_help_is_asked_for_in_a_sentence(bob: Program, customers: Customers) -> None:
    number = customers.write()
    asked = bob.post(f"/cases/{number}/help", {"text": "May I refund it?"})
    assert (asked.status_code, asked.json["words"], asked.json["reason"]) == (201, "May I refund it?", "help")
    assert bob.post(f"/cases/{number}/help", {"text": ""}).status_code == 400


def test_what_is_not_for_them_is_not_there(program: Callable[..., Program], customers: Customers, database: Database) -> None:
    row = customers.burn()
    with database.transaction() as session:
        case = session.get_one(Case, program("bob").get("/escalations").json["escalations"][0]["case"])
        ada = session.scalars(select(Agent).where(Agent.role == "admin")).one()
        case.confidential = True
        cases.assign(session, case, ada, agent=ada, now=clock.now())
    assert program("bob").get("/escalations").json["escalations"] == []
    assert program("bob").post(f"/escalations/{row}/acknowledge").status_code == 404
    assert program("ada").post(f"/escalations/{row}/acknowledge").status_code == 200
    assert program("ada").post(f"/escalations/{2**40}/acknowledge").status_code == 404
