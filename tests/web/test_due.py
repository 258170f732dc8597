"""What is due next: the list by deadlines, and the line on the page of a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from helpdesk import clock
from helpdesk.actions import cases, entries
from helpdesk.db import Database
from helpdesk.models import Agent, Case
from tests.web.browsing import Browser, anna_writes, words_of

HOUR = timedelta(hours=1)


def test_what_is_due_first_comes_first_with_the_working_time_that_is_left(
    browser: Callable[..., Browser], database: Database, monday: datetime
) -> None:
    for hours, subject in ((-72, "Late"), (-65, "Near"), (0, "Tomorrow")):
        anna_writes(database, subject=subject, at=monday + hours * HOUR)
    page = words_of(browser("bob").get("/cases?view=due"))
    assert "3 cases , the nearest deadline comes first".replace(" ,", ",") in page.replace(" ,", ",")
    # Friday at ten, with eight working hours: today at ten.  Friday at five in the afternoon: today at five.
    places = [page.index(words) for words in ("Late 1", "First answer due now", "Due today 1", "First answer in 7 h", "Due tomorrow 1",
                                              "First answer in 1 working day")]  # fmt: skip
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1, "First answer in 7 h · Tue 3 Nov, 10:00"), (23.25, "First answer in 45 min · Today, 10:00"),
     (24.2, "First answer 12 min late · Today, 10:00"), (27, "First answer 3 h late · Today, 10:00"),
     (73, "First answer 2 working days late · Tue 3 Nov, 10:00")],
)  # fmt: skip
def test_the_page_of_a_case_says_until_when(
    browser: Callable[..., Browser], database: Database, monday: datetime, hours: float, said: str
) -> None:
    number = anna_writes(database, at=monday)
    with clock.freeze(monday + hours * HOUR):
        assert said in words_of(browser("bob").get(f"/cases/{number}"))


def test_where_nothing_is_due_nothing_is_said(
    browser: Callable[..., Browser], database: Database, staff: dict[str, Agent], monday: datetime
) -> None:
    number = anna_writes(database)
    with database.transaction() as session:
        case, bob = session.get_one(Case, number), session.get_one(Agent, staff["bob"].id)
        entries.reply(session, case, "Use the stairs", agent=bob, now=monday)
        cases.resolve(session, case, agent=bob, now=monday)
    window = browser("bob")
    assert "Nothing is due from us." in words_of(window.get("/cases?view=due"))
    assert 'class="meta due"' not in window.get(f"/cases/{number}").text


def test_in_german_too(browser: Callable[..., Browser], database: Database, staff: dict[str, Agent], monday: datetime) -> None:
    anna_writes(database, at=monday - 99 * HOUR)
    with database.transaction() as session:
        session.get_one(Agent, staff["bob"].id).language = "de"
    page = words_of(browser("bob").get("/cases?view=due"))
    assert "Als Nächstes fällig" in page
    assert "Erste Antwort seit 1 Arbeitstag überfällig" in page


def test_the_list_is_read_from_its_index_alone(database: Database) -> None:
    with database.reading() as session:
        plan = session.execute(
            text("EXPLAIN QUERY PLAN SELECT number FROM cases WHERE due_at IS NOT NULL AND number NOT IN (SELECT case_number"
                 " FROM case_shut_out) ORDER BY due_at, number LIMIT 51")
        ).all()  # fmt: skip
    assert "USING COVERING INDEX ix_cases_due" in str(plan)
    assert "TEMP B-TREE" not in str(plan)
