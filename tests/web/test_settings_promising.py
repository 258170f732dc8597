"""Which time a desk names, in the settings: as one chooses it and what it would say now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from helpdesk.actions import entries
from helpdesk.db import Database
from helpdesk.models import Agent, Case, DeadlinePolicy, Desk
from tests.web.browsing import Browser, anna_writes, words_of

HERE = "/settings/desks/1/promises"
Windows = Callable[..., Browser]


def test_the_time_is_chosen_and_said_as_it_would_be_now(browser: Windows, database: Database, monday: datetime) -> None:
    ada = browser("ada")
    assert HERE in ada.get("/settings/desks/1").text
    page = words_of(ada.get(HERE))
    assert "0 cases in the last 30 days: too few to tell." in page
    assert "Now: by Tuesday 3 November, 10 am." in page
    answer = ada.post(HERE, {"names_time": "none"}, follow_redirects=True)
    assert "The next mail says it." in words_of(answer)
    with database.reading() as session:
        desk = session.scalars(select(Desk)).one()
        assert (desk.names_time, desk.apologises) == ("none", False)
    assert ada.post(HERE, {"names_time": "soon"}).status_code == 422


def test_it_says_how_long_it_took_lately(browser: Windows, database: Database, staff: dict[str, Agent], monday: datetime) -> None:
    ada = browser("ada")
    with database.transaction() as session:
        session.scalars(select(DeadlinePolicy)).one().first_response = ""
    for _n in range(20):
        anna_writes(database, at=monday)
    assert "Fewer than nine of ten people had an answer" in words_of(ada.get(HERE))
    with database.transaction() as session:
        bob = session.get_one(Agent, staff["bob"].id)
        for case in session.scalars(select(Case)):
            entries.reply(session, case, "Stairs", agent=bob, now=monday)
    page = words_of(ada.get(HERE))
    assert "Of 20 people in the last 30 days nine of ten had their answer within 1 h of working time" in page
    assert "Now: by Today" not in page
    assert "Now: by Monday 2 November, 11 am." in page
    assert "There is no such deadline" in page


@pytest.mark.parametrize("name", ["bob", "carol"])
def test_that_is_an_admins_business(browser: Windows, name: str) -> None:
    window = browser(name)
    assert window.get(HERE).status_code == 404
    assert window.post(HERE, {"names_time": "none"}).status_code == 404
