"""The pages over an installation of its own, and windows to look at them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask

from helpdesk import clock, db
from helpdesk.actions import agents, desks
from helpdesk.models import Agent
from tests.web.browsing import PASSWORD, Browser, begin_session, open_pages


@pytest.fixture()
def app(database: db.Database) -> Flask:
    """The pages."""
    return open_pages(database)


@pytest.fixture(scope="session")
def password_hash() -> str:
    """PASSWORD as it is stored, computed once: it is meant to be slow."""
    return PasswordHasher().hash(PASSWORD)


@pytest.fixture()
def staff(database: db.Database, password_hash: str) -> dict[str, Agent]:
    """Bob the agent, Carol the supervisor, Ada the admin; all with the same password."""
    found = {}
    with database.transaction() as session:
        desks.sync_from_settings(session, now=clock.now())
        for name, role in (("Bob", "agent"), ("Carol", "supervisor"), ("Ada", "admin")):
            person = agents.create(session, f"{name.lower()}@example.org", name, role=role, now=clock.now())
            person.password_hash = password_hash
            found[name.lower()] = person
    return found


@pytest.fixture()
def olga(database: db.Database, staff: dict[str, Agent]) -> Agent:
    """Olga the auditor; she comes to the staff for who asks for her."""
    with database.transaction() as session:
        staff["olga"] = agents.create(session, "olga@example.org", "Olga", role="auditor", now=clock.now())
    return staff["olga"]


@pytest.fixture()
def browser(app: Flask, database: db.Database, staff: dict[str, Agent]) -> Callable[..., Browser]:
    """`browser()` is logged out, `browser("bob")` is Bob with a log-in that began just now."""

    def open_window(name: str | None = None) -> Browser:
        window = Browser(app)
        if name is not None:
            window.client.set_cookie("holdline", begin_session(database, staff[name]))
        return window

    return open_window
