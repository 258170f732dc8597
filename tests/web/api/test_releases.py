"""An answer by the API is held to the same rule: a second person releases it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk.models import Desk, OutboxMail


@pytest.fixture()
def number(customers, database) -> int:
    with database.transaction() as session:
        session.scalars(select(Desk)).one().needs_release = True
    return customers.write("The printer is on fire")


def test_a_reply_waits_and_the_answer_says_so(bob, number, database) -> None:
    ask = {"text": "Use the stairs", "idempotency_key": "k1"}
    first, again = bob.post(f"/cases/{number}/replies", ask), bob.post(f"/cases/{number}/replies", ask)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json == again.json
    assert (first.json["state"], first.json["why"], first.json["author"]) == ("waiting", "desk", "bob@example.org")
    case = bob.get(f"/cases/{number}").json
    assert [row["text"] for row in case["waiting_answers"]] == ["Use the stairs"]
    assert case["state"] == "new"
    with database.reading() as session:
        assert session.scalar(select(OutboxMail).where(OutboxMail.kind == "reply")) is None


def test_a_case_begun_by_the_api_waits_with_its_first_mail(bob, number) -> None:
    answer = bob.post("/cases", {"to": "eva@customer.example", "subject": "Hello", "text": "A word", "idempotency_key": "k2"})
    assert answer.status_code == 202
    assert [row["text"] for row in answer.json["waiting_answers"]] == ["A word"]
    again = bob.post("/cases", {"to": "eva@customer.example", "subject": "Hello", "text": "A word", "idempotency_key": "k2"})
    assert again.json["number"] == answer.json["number"]
