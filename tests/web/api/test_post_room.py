"""The post room, for programs."""

from __future__ import annotations

from datetime import datetime

import pytest

from helpdesk.db import Database
from helpdesk.models import Arrival, Job
from helpdesk.queries.post import OUTCOMES
from tests.programs import Customers, Program, statements


def test_every_mail_is_listed_with_its_outcome_and_its_sentence(bob: Program, customers: Customers, monday: datetime) -> None:
    number = customers.write()
    arrival = customers.post("case", subject="Fire", settled_into=number)
    answer = bob.get("/post-room").json
    assert answer["mails"] == [
        {
            "id": arrival,
            "at": "2026-11-02T09:00:00+00:00",
            "door": "smtp",
            "sender": "anna@customer.example",
            "from": "anna@customer.example",
            "to": "help@example.org",
            "subject": "Fire",
            "outcome": "case",
            "reason": "For the test.",
            "case": number,
            "dismissed_at": None,
            "size": 3,
        }
    ]
    assert answer["next"] is None


def test_the_books_are_shown_and_agree(bob: Program, customers: Customers) -> None:
    for outcome in (*OUTCOMES, "held", None):
        customers.post(outcome)
    books = bob.get("/post-room").json["ledger"]
    assert books == {
        "accepted": len(OUTCOMES) + 2,
        "waiting": 1,
        "outcomes": {**dict.fromkeys(OUTCOMES, 1), "held": 2},
        "mismatch": 0,
    }


def test_mails_are_filtered_by_outcome(bob: Program, customers: Customers) -> None:
    found = {name: customers.post(name) for name in (*OUTCOMES, None)}
    for outcome in OUTCOMES:
        assert [mail["id"] for mail in bob.get("/post-room", outcome=outcome).json["mails"]] == [found[outcome]]


def test_what_is_still_to_be_read_has_no_outcome_yet(bob: Program, customers: Customers) -> None:
    customers.post("held")
    waiting = customers.post(None)
    [mail] = bob.get("/post-room", outcome="waiting").json["mails"]
    assert (mail["id"], mail["outcome"], mail["reason"]) == (waiting, None, "")


@pytest.mark.parametrize("query", ["outcome=lost", "limit=0", "cursor=Y2FzZSAx", "state=new"])
def test_nonsense_is_refused_by_name(bob: Program, query: str) -> None:
    answer = bob.ask("GET", f"/post-room?{query}")
    assert (answer.status_code, answer.json["error"]["field"]) == (400, query.partition("=")[0])


def test_pages_follow_one_another_while_mail_comes_in(bob: Program, customers: Customers, database: Database) -> None:
    before = [customers.post() for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = bob.get("/post-room", limit=2, cursor=cursor).json
        seen += [mail["id"] for mail in page["mails"]]
        cursor = page["next"]
        customers.post()
    assert seen == before[::-1]
    with statements(database) as of_many:
        bob.get("/post-room", limit=200)
    with statements(database) as of_one:
        bob.get("/post-room", limit=1)
    assert len(of_many) == len(of_one)


def test_a_supervisor_has_a_mail_read_again(program, customers: Customers, database: Database) -> None:
    arrival = customers.post("held")
    answer = program("carol").post(f"/post-room/{arrival}/replay")
    assert (answer.status_code, answer.json["outcome"]) == (200, None)
    with database.reading() as session:
        assert [job.payload for job in session.query(Job)] == [{"mail": session.get_one(Arrival, arrival).mail_id}]


def test_an_agent_lets_a_held_mail_in(bob: Program, customers: Customers, database: Database) -> None:
    arrival = customers.post("held")
    assert bob.post(f"/post-room/{arrival}/release", {}).status_code == 200
    with database.reading() as session:
        assert session.get_one(Arrival, arrival).released


def test_what_lies_in_a_case_is_not_let_in_again(program, customers: Customers) -> None:
    arrival = customers.post("report")
    for deed in ("replay", "release"):
        answer = program("ada").post(f"/post-room/{arrival}/{deed}")
        assert (answer.status_code, answer.json["error"]["code"]) == (409, "conflict")


def test_a_field_that_nobody_knows_is_refused(program, customers: Customers) -> None:
    arrival = customers.post("held")
    for deed in ("replay", "release"):
        assert program("ada").post(f"/post-room/{arrival}/{deed}", {"released": True}).status_code == 400
