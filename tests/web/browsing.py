"""A browser without a screen, what a reader sees of a page, and customers who write."""

from __future__ import annotations

import html
import re
import secrets
from datetime import datetime
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk import clock, db
from helpdesk.actions import cases, entries, people
from helpdesk.models import Agent, Case, Desk, WebSession
from helpdesk.web import Extras, create_app

PASSWORD = "correct horse battery staple"


class Compiled(BytecodeCache):
    """Templates, compiled once for all the applications of a run: each test has one of its own."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = Compiled()


def open_pages(database: db.Database, extras: Extras | None = None) -> Flask:
    """The application over this database."""
    app = create_app(database, extras=extras)
    app.jinja_env.bytecode_cache = _COMPILED
    return app


class Browser:
    """One browser window.  `post` sends the form token along, as every form of ours does."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Post to `path`; with `follow_redirects=True` the page after it."""
        return self.client.post(path, data={"csrf_token": self.token(), **(data or {})}, **more)

    def token(self) -> str:
        """The form token of this browser's cookies: pages of the logged-in carry one, and so does the log-in form."""
        for path in ("/no-such-page", "/"):
            found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', self.client.get(path).text)
            if found:
                return found[1]
        return ""

    def log_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/login", {"email": email, "password": password})


def begin_session(database: db.Database, agent: Agent) -> str:
    """A log-in of this agent that began just now, without the slow password; its cookie."""
    token, now = secrets.token_urlsafe(32), clock.now()
    with database.transaction() as session:
        digest = database.house.keys.digest("token", token)
        session.add(WebSession(digest=digest, agent_id=agent.id, created_at=now, seen_at=now))
    return token


def words_of(page: TestResponse) -> str:
    """The text that a reader sees: without markup, white space folded."""
    body = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", page.text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def offered(page: TestResponse) -> dict[str, str]:
    """The fields of the form by which the page's toast offers to take a deed back."""
    form = page.text.split('action="/cases/undo"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    del fields["csrf_token"]
    return fields


def fields_of(page: TestResponse) -> dict[str, Any]:
    """What the answer form of a page would send, but for its text: hidden fields, and what is ticked."""
    form = re.search(r'<form id="reply".*?</form>', page.text, re.S)
    assert form is not None, page.text
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", form[0]):
        parts = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if parts.get("type") == "hidden" or (parts.get("type") in ("radio", "checkbox") and " checked" in tag):
            found.setdefault(parts["name"], []).append(html.unescape(parts["value"]))
    found.pop("csrf_token")
    return found


def anna_writes(
    database: db.Database,
    text: str = "The printer is on fire",
    *,
    subject: str = "Printer",
    name: str = "Anna Kundin",
    address: str = "anna@customer.example",
    at: datetime | None = None,
    **mail: Any,
) -> int:
    """A new case by a customer's mail; its number.  `mail`: more of entries.Incoming."""
    now = at or clock.now()
    with database.transaction() as session:
        desk = session.scalars(select(Desk).order_by(Desk.id)).first()
        assert desk is not None
        person = people.known(session, address, name, now=now, language="en")
        case = cases.open_case(session, desk, person, subject, now=now, language="en")
        entries.receive(session, case, _incoming(name, text, mail), person=person, counts=True, now=now)
        return case.number


def mail_comes(
    database: db.Database, number: int, text: str, *, author: str = "Anna Kundin", counts: bool = True, **mail: Any
) -> int:
    """One more mail in a case, by its customer or (`counts=False`) by somebody else; the id of its entry."""
    with database.transaction() as session:
        case = session.get_one(Case, number)
        incoming = _incoming(author, text, mail)
        person = case.requester if counts else None
        return entries.receive(session, case, incoming, person=person, counts=counts, now=clock.now()).id


def _incoming(author: str, text: str, mail: dict[str, Any]) -> entries.Incoming:
    return entries.Incoming(author, text, mail.pop("visible", text), **mail)
