"""A case that begins with a mail of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.actions import agents, desks, entries
from helpdesk.actions.desks import NotUsable
from helpdesk.actions.entries import EmptyText
from helpdesk.db import Database
from helpdesk.models import Agent, Case, Desk, Event, OutboxMail, Person


@pytest.fixture()
def session(database: Database, monday: datetime) -> Iterator[Session]:
    with database.transaction() as session:
        desks.sync_from_settings(session, now=monday)
        yield session


@pytest.fixture()
def desk(session: Session) -> Desk:
    return session.scalars(select(Desk)).one()


@pytest.fixture()
def bob(session: Session, monday: datetime) -> Agent:
    return agents.create(session, "bob@example.org", "Bob", role="agent", now=monday)


def rows(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_our_first_mail_opens_a_case_that_waits_for_them(session, desk, bob, monday) -> None:
    entry = entries.begin(session, desk, "Anna <Anna@Customer.Example>", " Your\r\nparcel ", "It is late.", agent=bob, now=monday)
    case = session.get_one(Case, entry.case_number)
    assert (case.subject, case.state, case.assignee, case.waiting_since) == ("Your parcel", "waiting", bob, None)
    assert (case.requester.name, case.requester.address) == ("Anna", "anna@customer.example")
    assert entry.subject == "Your parcel", "nothing is answered yet, so there is no Re:"
    mail = session.scalars(select(OutboxMail)).one()
    assert (mail.recipient, mail.entry, mail.reply_address.participant.person) == (case.requester.address, entry, case.requester)
    opened = session.scalars(select(Event).where(Event.deed == "opened")).one()
    assert opened.agent is bob
    assert case.channel == "ours"


def test_a_team_may_be_named_that_is_not_the_desks_own(session, desk, bob, monday) -> None:
    returns = desks.add_team(session, "Returns", agent=bob, now=monday)
    entry = entries.begin(session, desk, "anna@customer.example", "x", "y", agent=bob, now=monday, team=returns)
    assert session.get_one(Case, entry.case_number).team is returns


@pytest.mark.parametrize(
    "to", ["", "anna", "help@example.org", "re-x@reply.example.org", "anna@a.example, bob@b.example", "a\r\nBcc: x@y.z <a@b.c>"]
)
def test_a_case_is_not_begun_with_ourselves_or_with_what_is_no_address(session, desk, bob, monday, to) -> None:
    with pytest.raises(NotUsable) as refusal:
        entries.begin(session, desk, to, "x", "y", agent=bob, now=monday)
    assert refusal.value.field == "to"
    assert (rows(session, Case), rows(session, Person)) == (0, 0)


def test_without_words_no_case_is_begun(session, desk, bob, monday) -> None:
    with pytest.raises(EmptyText):
        entries.begin(session, desk, "anna@customer.example", "x", " \n", agent=bob, now=monday)
    assert rows(session, Case) == 0


def test_a_key_that_an_agent_used_before_opens_no_second_case(session, desk, bob, monday) -> None:
    carol = agents.create(session, "carol@example.org", "Carol", role="admin", now=monday)

    def begin(agent: Agent, key: str | None) -> int:
        return entries.begin(session, desk, "anna@customer.example", "x", "y", agent=agent, now=monday, idempotency_key=key).id

    first = begin(bob, "k")
    assert begin(bob, "k") == first
    assert len({first, begin(bob, "l"), begin(carol, "k"), begin(bob, None), begin(bob, None)}) == 5
    assert rows(session, Case) == 5
