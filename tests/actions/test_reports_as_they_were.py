"""What a report of a week says of its escalations stays as it was, whatever is done afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from helpdesk import alerts
from helpdesk.actions import agents, escalations
from helpdesk.db import Database
from helpdesk.models import Agent
from helpdesk.queries import escalations as find
from tests.actions.test_reports import HOUR, Life
from tests.conftest import MONDAY

FRIDAY, SUNDAY_NIGHT, MONDAY_AFTER, LATER = 100, 156.9, 170, 400


@pytest.fixture()
def life(database: Database, monday: Any) -> Life:
    life = Life(database)
    with database.transaction() as session:
        agents.create(session, "carol@example.org", "Carol", role="admin", now=MONDAY)
    for number in range(1001, 1007):
        life.writes(FRIDAY, address=f"anna{number}@customer.example")
        life.does(FRIDAY + 0.1, number, escalations.ask_for_help, "May I?")
    return life


def does(life: Life, hours: float, number: int, deed: Any, *what: Any, by: str = "clara") -> None:
    def about_it(session: Any, case: Any, **by: Any) -> None:
        deed(session, find.open_in(session, case.number)[0], *what, **by)

    life.does(hours, number, about_it, by=by)


def hands_back(session: Any, row: Any, **by: Any) -> None:
    bob = session.scalars(select(Agent).where(Agent.name == "Bob")).one()
    escalations.hand_back(session, row, bob, "Say yes", **by)


def listed(life: Life, hours: float) -> list[tuple[int, Any, Any, Any]]:
    (found,) = [one for one in life.report(hours=hours).lists if one.key == "escalations"]
    return [(row[1].number, row[3], row[4] is not None, row[5]) for row in found.rows]  # type: ignore[union-attr]


def test_the_list_of_a_week_that_is_over_stays_as_it_was(life: Life) -> None:
    alerts.tell_at_your_word(life.database, now=MONDAY + (FRIDAY + 0.2) * HOUR)
    does(life, FRIDAY + 1, 1002, escalations.saw)
    does(life, FRIDAY + 1, 1003, escalations.take_over)
    does(life, FRIDAY + 1, 1004, hands_back)
    does(life, FRIDAY + 1, 1005, escalations.saw)
    life.answers(FRIDAY + 2, 1006, by="clara")
    on_sunday = listed(life, SUNDAY_NIGHT)
    assert on_sunday == [
        (1001, 2, False, None), (1002, 2, True, ":acknowledged"), (1005, 2, True, ":acknowledged"), (1003, 2, True, ":taken-over"),
        (1004, 2, True, ":handed-back"), (1006, 2, True, ":answered"),
    ]  # fmt: skip
    alerts.tell_at_your_word(life.database, now=MONDAY + MONDAY_AFTER * HOUR)
    with life.database.reading() as session:
        assert find.open_in(session, 1001)[0].level == 3, "it went higher on Monday"
    does(life, MONDAY_AFTER, 1001, escalations.saw)
    does(life, MONDAY_AFTER, 1005, escalations.take_over)
    for number in (1001, 1002):
        life.answers(MONDAY_AFTER + 1, number, by="clara")
    assert listed(life, LATER) == on_sunday


def test_the_list_of_a_week_that_runs_tells_what_is_true_now(life: Life) -> None:
    does(life, FRIDAY + 1, 1001, escalations.take_over)
    assert listed(life, FRIDAY + 2)[-1] == (1001, 0, True, ":taken-over")
