"""The first action about an escalation is the first deed that stands: what was taken back was none."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from helpdesk.actions import cases, entries, recall, sending, undo
from helpdesk.db import Database
from helpdesk.models import Entry, Escalation, Event
from tests.escalations import Burning

BREAKS = 24  # a first answer is due on Tuesday at ten, 24 hours after Monday at ten
A_SECOND = 1 / 3600


@pytest.fixture()
def burning(database: Database) -> Burning:
    desk = Burning(database)
    desk.writes()
    desk.does(lambda session, case, **by: cases.assign(session, case, by["agent"], told_as=None, **by), 1)
    desk.tells(BREAKS)
    return desk


def first_action(burning: Burning) -> datetime | None:
    with burning.database.reading() as session:
        return session.scalars(select(Escalation.first_action_at).where(Escalation.reason == "breach")).one()


def next_steps(burning: Burning) -> list[datetime | None]:
    with burning.database.reading() as session:
        return list(session.scalars(select(Escalation.next_at).order_by(Escalation.id)))


def notes(burning: Burning, hours: float) -> None:
    burning.does(lambda session, case, **by: entries.note(session, case, "I will call her", **by), hours)


def answers_and_takes_it_back(burning: Burning, hours: float) -> None:
    def sends(session, case, **by):  # type: ignore[no-untyped-def]
        return sending.send(session, case, "Use the stairs", undo=timedelta(seconds=10), **by).id

    def takes_back(session, case, **by):  # type: ignore[no-untyped-def]
        recall.take_back(session, case, session.get_one(Entry, entry_id), **by)

    entry_id = burning.does(sends, hours)
    burning.does(takes_back, hours + A_SECOND)


def solves_and_takes_it_back(burning: Burning, hours: float) -> None:
    def takes_back(session, case, **by):  # type: ignore[no-untyped-def]
        undo.take_back(session, case, session.get_one(Event, event_id), **by)

    event_id = burning.does(lambda session, case, **by: cases.resolve(session, case, **by).id, hours)
    burning.does(takes_back, hours + A_SECOND)


@pytest.mark.parametrize("does", [answers_and_takes_it_back, solves_and_takes_it_back])
def test_what_was_taken_back_is_no_first_action(burning: Burning, does) -> None:  # type: ignore[no-untyped-def]
    does(burning, BREAKS + 1)
    assert burning.raised() == [("breach", None, True)]
    assert first_action(burning) is None
    notes(burning, BREAKS + 2)
    assert first_action(burning) == burning.at(BREAKS + 2)


@pytest.mark.parametrize("does", [answers_and_takes_it_back, solves_and_takes_it_back])
def test_who_is_next_hears_of_it_when_they_would_have(burning: Burning, does) -> None:  # type: ignore[no-untyped-def]
    before = next_steps(burning)
    does(burning, BREAKS + 1)
    assert next_steps(burning) == before


@pytest.mark.parametrize("does", [answers_and_takes_it_back, solves_and_takes_it_back])
def test_what_was_done_before_stays_the_first_action(burning: Burning, does) -> None:  # type: ignore[no-untyped-def]
    notes(burning, BREAKS + 1)
    does(burning, BREAKS + 2)
    assert first_action(burning) == burning.at(BREAKS + 1)


def test_a_second_answer_is_the_first_action_where_the_first_one_was_taken_back(burning: Burning) -> None:
    def sends(session, case, **by):  # type: ignore[no-untyped-def]
        return sending.send(session, case, "Use the stairs", undo=timedelta(seconds=10), **by).id

    entry_id = burning.does(sends, BREAKS + 1)
    burning.answers(BREAKS + 1 + A_SECOND, by="dana")
    burning.does(
        lambda session, case, **by: recall.take_back(session, case, session.get_one(Entry, entry_id), **by),
        BREAKS + 1 + 2 * A_SECOND,
    )
    assert first_action(burning) == burning.at(BREAKS + 1 + A_SECOND)
