"""What a program may do together with colleagues and third parties, and take back."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import agents, desks
from helpdesk.actions.entries import Upload
from helpdesk.db import Database
from helpdesk.models import OutboxMail
from tests.programs import Customers, Program

NOTE = {"promised": "An answer by Friday", "tried": "A new cable", "next_step": "Send a technician"}
QUESTION = {"to": "Spare Parts <parts@supplier.example>", "subject": "Model 7", "text": "Does it **burn**?"}


@pytest.fixture()
def number(customers: Customers, monday: datetime) -> int:
    """Anna's case, on Monday morning."""
    return customers.write(files=[Upload("a.txt", "text/plain", b"a")])


@pytest.fixture()
def here(number: int) -> str:
    return f"/cases/{number}"


def told(case: dict, event: str) -> dict:
    """The last entry of a case that tells of this."""
    return [entry for entry in case["entries"] if entry["event"] == event][-1]


def takes_back(program: Program, here: str, event: str):
    return program.post(f"{here}/entries/{told(program.get(here).json, event)['id']}/take-back")


def test_who_takes_part_is_changed_and_taken_back(bob: Program, here: str) -> None:
    assert bob.post(f"{here}/participants", {"person": "nobody"}).status_code == 422
    case = bob.post(f"{here}/participants", {"person": "Carl <carl@customer.example>"}).json
    anna, carl = case["participants"]
    assert (carl["address"], carl["is_customer"], anna["is_customer"]) == ("carl@customer.example", False, True)
    assert bob.post(f"{here}/participants/{anna['id']}/remove").status_code == 409
    assert bob.post(f"{here}/participants/999/remove").status_code == 404
    case = bob.post(f"{here}/participants/{carl['id']}/is-customer").json
    assert case["requester"]["address"] == "carl@customer.example"
    case = takes_back(bob, here, "requester-changed").json
    assert case["requester"]["address"] == "anna@customer.example"
    case = bob.post(f"{here}/participants/{carl['id']}/remove").json
    assert [one["id"] for one in case["participants"]] == [anna["id"]]
    case = takes_back(bob, here, "participant-removed").json
    assert [one["id"] for one in case["participants"]] == [anna["id"], carl["id"]]
    assert [row["standing"] for row in case["addresses"]] == ["active", "active"]


def test_cases_are_linked_and_split_and_both_are_taken_back(bob: Program, customers: Customers, number: int, here: str) -> None:
    other = customers.write("Again")
    assert bob.post(f"{here}/links", {"kind": "related", "number": 4711}).status_code == 422
    assert bob.post(f"{here}/links", {"kind": "caused-by", "number": other}).json["links"] == [
        {"kind": "caused-by", "number": other}
    ]
    assert bob.post(f"{here}/links", {"kind": "related", "number": other}).status_code == 409
    assert takes_back(bob, here, "linked").json["links"] == []
    bob.post(f"{here}/links", {"kind": "related", "number": other})
    assert bob.post(f"{here}/links/remove", {"number": other}).json["links"] == []
    mail = told(bob.get(here).json, "received")["id"]
    fresh = bob.post(f"{here}/split", {"entries": [mail], "subject": "The bill", "person": "carl@customer.example"})
    assert (fresh.status_code, fresh.json["requester"]["address"], fresh.json["links"]) == (
        201, "carl@customer.example", [{"kind": "split", "number": number}],
    )  # fmt: skip
    assert takes_back(bob, here, "split").status_code == 200
    assert bob.get(f"/cases/{fresh.json['number']}").status_code == 404


def test_a_case_is_handed_over_with_a_note_and_taken_or_taken_back(program, bob: Program, here: str, database: Database) -> None:
    carol = program("carol")
    assert bob.post(f"{here}/handover", NOTE).json["error"]["field"] == "agent"
    assert bob.post(f"{here}/handover", {**NOTE, "team": "Nobody"}).json["error"]["field"] == "team"
    assert bob.post(f"{here}/handover", {**NOTE, "tried": " ", "agent": "carol@example.org"}).json["error"]["field"] == "tried"
    assert bob.post(f"{here}/handover", {**NOTE, "agent": "carol@example.org"}).json["assignee"] == "carol@example.org"
    assert carol.post(f"{here}/take").status_code == 200
    assert takes_back(bob, here, "handed-over").status_code == 409
    with database.transaction() as session:
        dana = agents.create(session, "dana@example.org", "Dana", role="agent", now=clock.now())
        agents.join(
            session, dana, [desks.add_team(session, "Second level", agent=None, now=clock.now())], by=dana, now=clock.now()
        )
    assert bob.post(f"{here}/handover", {**NOTE, "team": "Second level"}).json["team"] == "Second level"
    assert takes_back(bob, here, "handed-over").json["assignee"] == "carol@example.org"
    gone = [entry for entry in bob.get(here).json["entries"] if entry["event"] == "handed-over"][-1]
    assert (gone["kind"], gone["text"]) == ("event", "")


def test_a_third_party_is_asked_once_by_a_key_and_the_question_is_taken_back_before_it_leaves(
    bob: Program, here: str, database: Database
) -> None:
    mail = told(bob.get(here).json, "received")["id"]
    for status in (201, 200):
        answer = bob.post(f"{here}/consultations", {**QUESTION, "along": [mail], "idempotency_key": "k1"})
        assert (answer.status_code, answer.json["mails"], answer.json["standing"]) == (status, 1, "active")
    path = f"{here}/consultations/{answer.json['id']}"
    assert bob.post(path, {"text": "And in winter?"}).json["mails"] == 2
    assert takes_back(bob, here, "consulted").json["consultations"][0]["mails"] == 1
    note = bob.post(f"{here}/notes", {"text": "psst"}).json["id"]
    assert bob.post(path, {"text": "x", "along": [note]}).json["error"]["field"] == "along"
    assert bob.post(f"{path}/close").json["closed_at"] is not None
    with database.transaction() as session:
        for row in session.scalars(select(OutboxMail)):
            row.state = "sent"
    assert takes_back(bob, here, "consulted").status_code == 409
    assert bob.post(f"{here}/consultations/99/close").status_code == 404


def test_what_a_colleague_did_or_what_cannot_be_undone_is_refused(program, bob: Program, here: str) -> None:
    bob.post(f"{here}/resolve")
    assert takes_back(program("carol"), here, "resolved").status_code == 409
    assert takes_back(bob, here, "received").status_code == 409
    assert takes_back(bob, here, "resolved").json["state"] == "new"
    assert bob.post(f"{here}/entries/9999/take-back").status_code == 404
