"""Release by a second person, on the pages and by the API."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import tags
from helpdesk.models import Agent, Case, Desk, Entry
from tests.web.browsing import anna_writes, words_of


@pytest.fixture()
def number(database, staff) -> int:
    with database.transaction() as session:
        session.scalars(select(Desk)).one().needs_release = True
    return anna_writes(database)


def answers(database) -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(Entry).where(Entry.kind == "mail-out").order_by(Entry.id))
        return [(row.author, row.text) for row in rows]


def test_an_answer_waits_is_read_changed_and_released(browser, database, number) -> None:
    bob, carol = browser("bob"), browser("carol")
    page = bob.post(f"/cases/{number}", {"text": "Use the stairs", "kind": "answer"}, follow_redirects=True)
    words = words_of(page)
    assert "Your answer waits for release by a second person." in words
    assert "This desk has every answer read by a second person." in words
    assert "Release and send" not in words
    assert answers(database) == []
    assert bob.post(f"/cases/{number}/answers/1/release").status_code == 422
    assert "answer waits for your release" not in words_of(bob.get("/cases"))

    assert "One answer waits for your release" in words_of(carol.get("/cases"))
    assert "Printer Use the stairs by Bob" in words_of(carol.get("/cases/release"))
    assert "Release and send" in words_of(carol.get(f"/cases/{number}"))
    form = {"text": "Use the stairs, please"}
    done = words_of(carol.post(f"/cases/{number}/answers/1/release", form, follow_redirects=True))
    assert "Released. The answer of Bob is on its way." in done
    assert "Carol changed the answer of Bob and released it" in done
    assert answers(database) == [("Bob", "Use the stairs, please")]
    assert "No answer waits for release." in words_of(carol.get("/cases/release"))


def test_an_answer_is_given_back_with_a_word(browser, database, number) -> None:
    bob, carol = browser("bob"), browser("carol")
    bob.post(f"/cases/{number}", {"text": "Use the stairs", "kind": "answer"})
    done = words_of(carol.post(f"/cases/{number}/answers/1/give-back", {"word": "Name a day."}, follow_redirects=True))
    assert "Carol gave the answer of Bob back: “Name a day.”" in done
    assert "waits for your release" not in words_of(carol.get("/cases"))
    assert carol.post(f"/cases/{number}/answers/1/release").status_code == 422
    assert answers(database) == []


def test_a_note_needs_no_release(browser, database, number) -> None:
    assert "Your note is kept." in words_of(
        browser("bob").post(f"/cases/{number}", {"text": "She is calm", "kind": "note"}, follow_redirects=True)
    )


def test_a_case_that_we_begin_waits_too(browser, database, number) -> None:
    form = {"to": "eva@customer.example", "subject": "Hello", "text": "A word", "desk": "1", "key": "k1"}
    page = browser("bob").post("/cases/new", form, follow_redirects=True)
    assert "Your answer waits for release" in words_of(page)
    assert answers(database) == []


def test_an_answer_of_another_case_is_not_found_by_its_number(browser, database, number) -> None:
    browser("bob").post(f"/cases/{number}", {"text": "Use the stairs", "kind": "answer"})
    other = anna_writes(database)
    for deed in ("release", "give-back", "withdraw"):
        assert browser("carol").post(f"/cases/{other}/answers/1/{deed}").status_code == 404
        assert browser("carol").post(f"/cases/{number}/answers/99/{deed}").status_code == 404


def test_a_desk_and_an_agent_are_marked_in_the_settings(browser, database) -> None:
    ada = browser("ada")
    desk = {
        "name": "Help",
        "team": "",
        "language": "en",
        "sender": "full",
        "acknowledges": "1",
        "active": "1",
        "needs_release": "1",
    }
    assert ada.post("/settings/desks/1", desk).status_code == 303
    assert re.search('name="needs_release"[^>]* checked', ada.get("/settings/desks/1").text)
    agent = {"name": "Bob", "formal_name": "", "role": "agent", "active": "1", "needs_release": "1"}
    assert ada.post("/settings/agents/1", agent).status_code == 303
    assert re.search('name="needs_release"[^>]* checked', ada.get("/settings/agents/1").text)


def test_a_tag_asks_for_a_release_and_goes_on_asking_under_another_name(browser, database) -> None:
    ada, bob, number = browser("ada"), browser("bob"), anna_writes(database)
    with database.transaction() as session:
        agent, case = session.get_one(Agent, 1), session.get_one(Case, number)
        tags.add(session, case, "press", agent=agent, now=clock.now())
        tags.add(session, case, "media", agent=agent, now=clock.now())
    assert bob.post("/settings/tags/1/release", {"asks": "1"}).status_code == 404
    assert "press answers need a release" in words_of(ada.post("/settings/tags/1/release", {"asks": "1"}, follow_redirects=True))
    ada.post("/settings/tags/1", {"name": "media"})
    page = bob.post(f"/cases/{number}", {"text": "Use the stairs", "kind": "answer"}, follow_redirects=True)
    assert "A tag of this case asks for a second person." in words_of(page)
    assert answers(database) == []
