"""Filters of the lists, views of one's own, and the keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import event

from helpdesk import clock, db
from helpdesk.actions import agents, cases, tags
from helpdesk.actions.views import MOST
from helpdesk.models import Agent, Case, SavedView, Team
from tests.web.browsing import Browser, anna_writes, mail_comes, words_of

Windows = Callable[..., Browser]


@pytest.fixture()
def three(browser: Windows, database: db.Database, staff: dict[str, Agent], monday: datetime) -> None:
    """Lamp: Zoe's, tagged, Bob's.  Chair: Anna's, in a team.  Table: Anna's, came by letter."""
    browser()
    numbers = [anna_writes(database, subject="Lamp", name="Zoe", address="zoe@customer.example")]
    numbers += [anna_writes(database, subject=subject) for subject in ("Chair", "Table")]
    with database.transaction() as session:
        lamp, chair, table = (session.get_one(Case, number) for number in numbers)
        bob = session.get_one(Agent, staff["bob"].id)
        tags.add(session, lamp, "Recall", agent=bob, now=clock.now())
        cases.assign(session, lamp, bob, agent=bob, now=clock.now())
        chair.team, table.channel = Team(name="Returns"), "letter"


@pytest.mark.parametrize(
    ("query", "subjects"),
    [("tag=recall", {"Lamp"}), ("customer=zoe", {"Lamp"}), ("assignee=0", {"Chair", "Table"}), ("team=1", {"Chair"}),
     ("team=0", {"Lamp", "Table"}), ("channel=letter", {"Table"}), ("state=new&customer=anna", {"Chair", "Table"}),
     ("state=resolved", set()), ("view=mine", {"Lamp"}), ("view=unassigned&channel=letter", {"Table"}),
     ("state=nonsense&team=x&channel=drop", {"Lamp", "Chair", "Table"})],
)  # fmt: skip
def test_a_filter_leaves_the_cases_that_fit(browser: Windows, three: None, query: str, subjects: set[str]) -> None:
    page = browser("bob").get(f"/cases?{query}")
    assert {subject for subject in ("Lamp", "Chair", "Table") if f">{subject}</a>" in page.text} == subjects


def test_what_was_chosen_stands_there_and_is_left_out_by_a_click(browser: Windows, three: None) -> None:
    bob = browser("bob")
    page = bob.get("/cases?view=all&tag=recall&customer=zoe")
    assert "Tag: recall × , leave out" in words_of(page)
    assert 'href="/cases?view=all&amp;customer=zoe"' in page.text
    assert "No case fits all of this." in words_of(bob.get("/cases?view=all&tag=recall&customer=anna"))


def test_a_list_is_kept_under_a_name_renamed_removed_and_got_back(browser: Windows, three: None, database: db.Database) -> None:
    bob = browser("bob")
    page = bob.post("/cases/views", {"name": " Recalled  lamps ", "view": "all", "tag": "recall"}, follow_redirects=True)
    assert "<h1>Recalled lamps</h1>" in page.text
    assert "My own views Recalled lamps 1 case" in words_of(page)
    assert ">Chair</a>" not in page.text
    bob.post("/cases/views", {"name": "recalled lamps", "view": "all", "tag": "recall", "customer": "anna"})
    assert "Recalled lamps 0 cases" in words_of(bob.get("/cases?saved=1"))  # the name lists these from now on
    assert "is called “Lamps” now" in words_of(bob.post("/cases/views/1/rename", {"name": "Lamps"}, follow_redirects=True))
    page = bob.post("/cases/views/1/remove", follow_redirects=True)
    assert "The view “Lamps” is removed. Undo" in words_of(page)
    assert 'name="tag" value="recall"' in page.text.split('class="toast"')[1]
    assert bob.get("/cases?saved=1").status_code == 404


def test_a_view_of_ones_own_is_nobody_elses(browser: Windows, three: None, database: db.Database) -> None:
    browser("bob").post("/cases/views", {"name": "Lamps", "tag": "recall"})
    carol = browser("carol")
    assert "Lamps" not in words_of(carol.get("/cases"))
    assert carol.get("/cases?saved=1").status_code == 404
    for deed in ("rename", "remove"):
        assert carol.post(f"/cases/views/1/{deed}", {"name": "Hers"}).status_code == 404
    with database.reading() as session:
        assert session.get_one(SavedView, 1).name == "Lamps"


def test_a_view_needs_a_name_of_its_own_and_there_are_not_too_many(browser: Windows, three: None) -> None:
    bob = browser("bob")
    for n in range(MOST):
        bob.post("/cases/views", {"name": f"View {n}", "view": "all"})
    assert "Remove one first." in words_of(bob.post("/cases/views", {"name": "One more"}, follow_redirects=True))
    assert "Give the view a name." in words_of(bob.post("/cases/views", {"name": " "}, follow_redirects=True))
    assert "of this name already" in words_of(bob.post("/cases/views/1/rename", {"name": "view 2"}, follow_redirects=True))
    assert bob.post("/cases/views", {"name": "x", "agent_id": "1"}).status_code == 400


def test_a_view_of_ones_own_costs_no_question_more(browser: Windows, three: None, database: db.Database) -> None:
    bob, asked = browser("bob"), list[str]()
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    counts = []
    for n in range(4):
        bob.get("/cases")
        asked.clear()
        bob.get("/cases")
        counts.append(len(asked))
        bob.post("/cases/views", {"name": f"View {n}", "view": "mine", "customer": "anna"})
    assert len(set(counts[1:])) == 1  # without any, they are not even asked for
    assert counts[0] <= 20


def test_whoever_is_in_a_team_has_its_view(browser: Windows, three: None, database: db.Database, staff: dict[str, Agent]) -> None:
    bob = browser("bob")
    assert "My team" not in words_of(bob.get("/cases"))
    with database.transaction() as session:
        agents.join(
            session, session.get_one(Agent, staff["bob"].id), [session.get_one(Team, 1)], by=staff["ada"], now=clock.now()
        )
    page = bob.get("/cases?view=team")
    assert "My team: Returns 1 case" in words_of(page)
    assert ">Chair</a>" in page.text
    assert ">Lamp</a>" not in page.text


def test_single_keys_can_be_switched_off(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    assert "keys.js" in bob.get("/cases").text
    page = bob.post("/keys", {"on": ""}, follow_redirects=True)
    assert "Single keys are off." in words_of(page)
    assert "keys.js" not in bob.get("/cases").text
    assert "take over" in words_of(bob.get("/keys"))
    bob.post("/keys", {"on": "1"})
    assert "keys.js" in bob.get("/cases").text


def test_a_case_says_quietly_what_came_since_its_page_was_drawn(
    browser: Windows, database: db.Database, staff: dict[str, Agent], monday: datetime
) -> None:
    bob = browser("bob")
    number = anna_writes(database)
    path = bob.get(f"/cases/{number}").text.split('data-news="')[1].split('"')[0]
    assert bob.get(path).status_code == 204
    bob.post(f"/cases/{number}/assign", {"agent": staff["bob"].id})
    assert bob.get(path).status_code == 204  # what one did oneself is no news
    browser("carol").post(f"/cases/{number}/assign", {"agent": staff["carol"].id})
    assert words_of(bob.get(path)) == "Something changed in this case. Show it"
    mail_comes(database, number, "Still burning", author="Anna Kundin")
    assert words_of(bob.get(path)) == "Anna Kundin has written. Show it"
    assert bob.get(f"/cases/{number}/news?since=x").status_code == 400
    assert bob.get("/cases/4711/news?since=0").status_code == 404
