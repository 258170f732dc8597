"""A desk with one agent and one case, for the tests of deeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.actions import agents, cases, desks, people
from helpdesk.db import Database
from helpdesk.models import Agent, Case, Desk, Person, Team
from helpdesk.queries import addresses as find
from tests.escalations import Burning


@pytest.fixture()
def session(database: Database, monday: datetime) -> Iterator[Session]:
    """One transaction, on Monday morning, with the desk help@example.org."""
    with database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        yield session


@pytest.fixture()
def desk(session: Session) -> Desk:
    found = find.desk_at(session, "help@example.org")
    assert found is not None
    return found


@pytest.fixture()
def bob(session: Session, monday: datetime) -> Agent:
    return agents.create(session, "bob@example.org", "Bob Builder", role="agent", now=monday)


@pytest.fixture()
def dana(session: Session, monday: datetime) -> Agent:
    return agents.create(session, "dana@example.org", "Dana Klein", role="agent", now=monday)


@pytest.fixture()
def team(session: Session, dana: Agent, bob: Agent, monday: datetime) -> Team:
    """«Second level», where Dana works."""
    team = desks.add_team(session, "Second level", agent=None, now=monday)
    agents.join(session, dana, [team], by=bob, now=monday)
    return team


@pytest.fixture()
def anna(session: Session, monday: datetime) -> Person:
    return people.known(session, "anna@customer.example", "Anna", now=monday)


@pytest.fixture()
def case(session: Session, desk: Desk, anna: Person, monday: datetime) -> Case:
    return cases.open_case(session, desk, anna, "The printer is on fire", now=monday)


@pytest.fixture()
def people_of(session: Session, monday: datetime) -> Callable[[str], Person]:
    """Somebody by their address."""
    return lambda address: people.known(session, address, address.partition("@")[0].title(), now=monday)


@pytest.fixture()
def burning(database: Database) -> Burning:
    """A case that burns at a desk with a supervisor."""
    desk = Burning(database)
    desk.writes()
    return desk
