"""Another program that uses the API, and the customers whose cases it finds there.

Every answer is held against the OpenAPI description on its way, so that each test of the API is a test of that too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from helpdesk import blobs, clock
from helpdesk.actions import cases, entries, escalations, fields, people, post, proposals
from helpdesk.db import Database
from helpdesk.models import Agent, Arrival, Case, Entry, InboundMail, Proposal
from helpdesk.queries import people as find
from helpdesk.web.api import openapi, schema, schemas


class Program:
    """Something that speaks HTTP with a token, or without one."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: Any) -> TestResponse:
        """GET /api/v1`path`."""
        return self.ask("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """POST to /api/v1`path`; None is no body at all."""
        return self.ask("POST", path, **({} if body is None else {"json": body}), **more)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        response = self.client.open(f"/api/v1{path}", method=method, headers={**self.headers, **(headers or {})}, **more)
        check(self.client.application, method, f"/api/v1{path}", response)
        return response

    def all_cases(self, **query: Any) -> Iterator[dict[str, Any]]:
        """Every page of the list, one after the other."""
        cursor = None
        while True:
            page = self.get("/cases", **query, **({"cursor": cursor} if cursor else {})).json
            yield from page["cases"]
            cursor = page["next"]
            if cursor is None:
                return


class Customers:
    """People who write to the desk; what they write is filed as the way in would."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def write(
        self, subject: str = "The printer burns", text: str = "Help!", sender: str = "anna@customer.example", **more: Any
    ) -> int:
        """A new case by mail; its number."""
        with self.database.transaction() as session:
            now = clock.now()
            person = people.known(session, sender, sender.partition("@")[0].title(), now=now)
            case = cases.open_case(session, find.desks(session)[0], person, subject, now=now)
            mail = entries.Incoming(author=person.called, text=text, visible=text, subject=subject, **more)
            entries.receive(session, case, mail, person=person, counts=True, now=now)
            return case.number

    def are_asked_for(self, name: str) -> None:
        """Their desk wants to know something of each case."""
        with self.database.transaction() as session:
            fields.define(session, name, "text", agent=session.scalars(select(Agent)).first(), now=clock.now())

    def burn(self) -> int:
        """A case of theirs that is escalated; the id of the escalation."""
        number = self.write("It still burns")
        with self.database.transaction() as session:
            row = escalations.raise_(session, session.get_one(Case, number), "wants-human", cause="test", now=clock.now())
            assert row is not None
            return row.id

    def names_somebody_else(self, number: int, address: str = "carl@customer.example") -> int:
        """Write to somebody else as well; the id of the proposal."""
        with self.database.transaction() as session:
            case = session.get_one(Case, number)
            entry = session.scalars(select(Entry).where(Entry.case_number == number)).first()
            proposals.propose(session, case, entry, [("Carl", address)], now=clock.now())
            return session.scalars(select(Proposal.id).order_by(Proposal.id.desc())).first()

    def post(self, outcome: str | None = "held", *, subject: str = "Hello", settled_into: int | None = None) -> int:
        """A mail × recipient in the ledger (`outcome` None: still to be read); its id."""
        with self.database.transaction() as session:
            now = clock.now()
            mail = InboundMail(door="smtp", peer="127.0.0.1", sender="anna@customer.example", received_at=now, size=3)
            mail.sha256 = blobs.keep(session, b"raw")
            arrival = Arrival(recipient="help@example.org", shown_from="anna@customer.example", shown_subject=subject)
            mail.arrivals = [arrival]
            session.add(mail)
            session.flush()
            if outcome:
                post.settle(session, arrival, outcome, "For the test.", now=now, case=settled_into)
            return arrival.id


def check(app: Flask, method: str, path: str, response: TestResponse) -> None:
    """Hold an answer against the description: its status is foreseen, and its JSON is what the schema says."""
    template = template_of(app, method, path)
    if template is None:
        return
    operation = openapi.description()["paths"][template][method.lower()]
    assert str(response.status_code) in operation["responses"], f"{method} {template} does not foresee {response.status}"
    shape = operation["responses"][str(response.status_code)]
    shape = openapi.description()["components"]["responses"][shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape
    if "application/json" in shape["content"]:
        wrong = schema.fault(response.json, shape["content"]["application/json"]["schema"], schemas.ALL)
        assert wrong is None, f"{method} {template} → {response.status_code}: {wrong}"


def template_of(app: Flask, method: str, path: str) -> str | None:
    """«/cases/{number}» of a path, or None where there is no such route."""
    adapter = app.url_map.bind("localhost")
    if not adapter.test(path.partition("?")[0], method):
        return None
    rule, _values = adapter.match(path.partition("?")[0], method, return_rule=True)
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The SQL that is executed in the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
