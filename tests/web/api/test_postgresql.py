"""The same over PostgreSQL, where writers do not wait for each other of themselves."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from helpdesk.db import Database
from helpdesk.models import Case, OutboxMail
from tests.programs import Customers, Program

pytestmark = pytest.mark.needs("postgresql")


@pytest.fixture()
def database(postgresql_database: Database) -> Database:
    return postgresql_database


@pytest.fixture()
def at_once(web: Flask, bob: Program) -> Callable[[str, Any], list[TestResponse]]:
    """Bob's program, impatient: the same request four times at one moment."""
    token = bob.headers["Authorization"].partition(" ")[2]

    def ask(path: str, body: Any) -> list[TestResponse]:
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda _: Program(web, token).post(path, body), range(4)))

    return ask


def mails(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(OutboxMail)) or 0


def test_four_tries_with_one_key_at_once_send_one_answer(at_once, customers: Customers, database: Database) -> None:
    number = customers.write()
    answers = at_once(f"/cases/{number}/replies", {"text": "x", "idempotency_key": "k"})
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json["id"] for answer in answers}) == mails(database) == 1


def test_four_tries_with_one_key_at_once_open_one_case(at_once, bob: Program, database: Database) -> None:
    answers = at_once("/cases", {"to": "anna@customer.example", "subject": "x", "text": "y", "idempotency_key": "k"})
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == mails(database) == 1


def test_a_case_is_resolved_once_by_whoever_is_first(at_once, customers: Customers) -> None:
    answers = at_once(f"/cases/{customers.write()}/resolve", {})
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


def test_lists_search_and_paging_work(bob: Program, customers: Customers) -> None:
    numbers = [customers.write(f"Fire {n}", "Straße, Müller") for n in range(5)]
    assert [case["number"] for case in bob.all_cases(limit=2, q="mull fire", assignee="nobody", state="new")] == numbers[::-1]
    for words in ("' | !", "a & b", "\x00", "fire:*", "x" * 5000):
        assert bob.get("/cases", q=words).status_code == 200
    for path in (f"/cases/{2**31}", f"/cases/{10**20}", f"/attachments/{2**31}"):
        assert bob.get(path).status_code == 404
    assert bob.get("/post-room").json["ledger"]["mismatch"] == 0


def test_words_that_postgresql_would_refuse_are_kept_with_a_mark(bob: Program, customers: Customers) -> None:
    number = customers.write()
    raw = rb'{"text": "a\u0000b\ud800c"}'
    answer = bob.ask("POST", f"/cases/{number}/notes", data=raw, content_type="application/json")
    assert answer.json["text"] == "a\ufffdb\ufffdc"


def test_health_and_figures_are_counted(web: Flask, customers: Customers) -> None:
    customers.write()
    assert web.test_client().get("/healthz").status_code == 200
    text = web.test_client().get("/metrics").text
    assert 'holdline_cases{state="new"} 1.0' in text
    assert 'holdline_addresses{standing="active"} 1.0' in text


def test_a_case_that_was_split_off_is_locked_alone_when_it_is_taken_back(bob: Program, customers: Customers) -> None:
    here = f"/cases/{customers.write()}"
    mail = next(entry["id"] for entry in bob.get(here).json["entries"] if entry["event"] == "received")
    fresh = bob.post(f"{here}/split", {"entries": [mail]}).json["number"]
    told = next(entry["id"] for entry in bob.get(here).json["entries"] if entry["event"] == "split")
    assert bob.post(f"{here}/entries/{told}/take-back").status_code == 200
    assert bob.get(f"/cases/{fresh}").status_code == 404
