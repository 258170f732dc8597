"""A browser without a screen: cookies, forms with their hidden fields, and who is logged in."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from helpdesk import clock, db
from helpdesk.actions import agents, desks
from helpdesk.models import Agent
from helpdesk.web import create_app

PASSWORD = "correct horse battery staple"


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


def words_of(page: TestResponse) -> str:
    """The text that a reader sees: without markup, white space folded."""
    body = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", page.text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture()
def app(database: db.Database) -> Flask:
    """The pages over an installation with its desk, a supervisor (Carol), an agent (Bob) and nobody logged in."""
    return create_app(database)


@pytest.fixture()
def staff(database: db.Database) -> dict[str, Agent]:
    """Bob the agent, Carol the supervisor, Ada the admin; all with the same password."""
    found = {}
    with database.transaction() as session:
        desks.sync_from_settings(session, now=clock.now())
        for name, role in (("Bob", "agent"), ("Carol", "supervisor"), ("Ada", "admin")):
            person = agents.create(session, f"{name.lower()}@example.org", name, role=role, now=clock.now())
            agents.set_password(session, person, PASSWORD, now=clock.now())
            found[name.lower()] = person
    return found


@pytest.fixture()
def browser(app: Flask, staff: dict[str, Agent]) -> Callable[..., Browser]:
    """`browser()` is logged out, `browser("bob")` is Bob."""

    def open_window(name: str | None = None) -> Browser:
        window = Browser(app)
        if name is not None:
            assert window.log_in(f"{name}@example.org").status_code == 303
        return window

    return open_window
