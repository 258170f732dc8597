"""An installation with its main desk, programs with tokens, and customers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from helpdesk import clock
from helpdesk.actions import agents, api_tokens, desks
from helpdesk.db import Database
from helpdesk.queries import people as find
from tests.programs import Customers, Program
from tests.web.browsing import open_pages

ROLES = {"bob": "agent", "carol": "supervisor", "ada": "admin", "olga": "auditor"}


@pytest.fixture()
def web(database: Database) -> Flask:
    """The web over an installation with its main desk."""
    with database.transaction() as session:
        desks.sync_from_settings(session, now=clock.now())
    return open_pages(database)


@pytest.fixture()
def program(web: Flask, database: Database) -> Callable[..., Program]:
    """`program("bob")` has a token of Bob the agent; "carol" supervises, "ada" is admin, "olga" audits; `program()` has no token."""

    def start(name: str | None = None) -> Program:
        if name is None:
            return Program(web, None)
        with database.transaction() as session:
            agent = find.agent_by_email(session, f"{name}@example.org") or agents.create(
                session, f"{name}@example.org", name.title(), role=ROLES[name], now=clock.now()
            )
            return Program(web, api_tokens.create(session, agent, now=clock.now()))

    return start


@pytest.fixture()
def bob(program: Callable[..., Program]) -> Program:
    """A program with a token of Bob, an agent."""
    return program("bob")


@pytest.fixture()
def customers(database: Database, web: Flask) -> Customers:
    return Customers(database)
