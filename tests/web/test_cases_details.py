"""The panel beside the story: tags, fields, priority, what the case came to, goodwill; and what is asked before a case is solved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from helpdesk import clock, db
from helpdesk.actions import fields, outcomes
from helpdesk.models import Agent, Case, Desk, Entry
from helpdesk.queries import details as find
from tests.web.browsing import Browser, anna_writes, words_of

Windows = Callable[..., Browser]


@pytest.fixture()
def bob(browser: Windows, monday: datetime) -> Browser:
    return browser("bob")


@pytest.fixture()
def number(bob: Browser, database: db.Database) -> int:
    """A case of Anna's."""
    return anna_writes(database)


@pytest.fixture()
def asking(number: int, database: db.Database, staff: dict[str, Agent]) -> None:
    """The desk wants to know cause, verdict and the order before a case is solved."""
    with database.transaction() as session:
        ada, desk = session.get_one(Agent, staff["ada"].id), session.get_one(Desk, 1)
        outcomes.ask(session, desk, ["cause", "verdict"], agent=ada, now=clock.now())
        outcomes.list_causes(session, desk, ["Delay"], agent=ada, now=clock.now())
        fields.define(session, "Order", "number", agent=ada, now=clock.now(), required=True)


def state(database: db.Database, number: int) -> tuple[str, list[str]]:
    with database.reading() as session:
        return session.get_one(Case, number).state, find.missing(session, session.get_one(Case, number))


def test_a_tag_is_added_by_a_word_and_removed_by_a_click_that_can_be_undone(bob: Browser, number: int) -> None:
    page = bob.post(f"/cases/{number}/tags", {"tag": "Delivery"}, follow_redirects=True)
    assert 'aria-label="Remove the tag “Delivery”"' in page.text
    assert "Bob added the tag “Delivery”" in words_of(page)
    page = bob.post(f"/cases/{number}/tags/1/remove", follow_redirects=True)
    assert 'action="/cases/undo"' in page.text.split('class="toast"')[1]
    assert '<option value="Delivery">' in page.text, "it is offered the next time"
    refused = bob.post(f"/cases/{number}/tags", {"tag": "!!"})
    assert refused.status_code == 422
    assert "A tag has letters or figures" in words_of(refused)


def test_a_field_and_a_priority_are_said_by_small_forms(bob: Browser, number: int, asking: None) -> None:
    assert "normal" not in words_of(bob.get(f"/cases/{number}")).split("Details")[1].split("More")[0]
    page = bob.post(f"/cases/{number}/fields/1", {"value": "1.234.567"}, follow_redirects=True)
    assert "Order Change: 1,234,567" in words_of(page)
    assert "Bob set “Order”: 1,234,567" in words_of(page)
    refused = bob.post(f"/cases/{number}/fields/1", {"value": "much"})
    assert (refused.status_code, "Order is a number" in words_of(refused)) == (422, True)
    assert bob.post(f"/cases/{number}/fields/9", {"value": "1"}).status_code == 404
    page = bob.post(f"/cases/{number}/priority", {"priority": "urgent"}, follow_redirects=True)
    assert "Priority urgent" in words_of(page)
    assert 'name="priority" value="normal"' in page.text.split('class="toast"')[1]


def test_a_gesture_is_recorded_summed_over_the_customers_cases_and_taken_back(bob: Browser, number: int, database) -> None:
    gesture = {"amount": "25,50", "currency": "EUR", "kind": "voucher", "why": "Two broken mills"}
    page = bob.post(f"/cases/{number}/goodwill", gesture, follow_redirects=True)
    assert "Goodwill: Bob gave €25.50 (Voucher): Two broken mills" in words_of(page)
    assert "of goodwill" not in words_of(page), "there is no other case"
    other = anna_writes(database, "Again")
    assert "In all cases €25.50 of goodwill" in words_of(bob.get(f"/cases/{other}"))
    assert bob.post(f"/cases/{other}/goodwill/1/take-back").status_code == 404
    assert bob.post(f"/cases/{number}/goodwill", {**gesture, "amount": "1.005"}).status_code == 422
    page = bob.post(f"/cases/{number}/goodwill/1/take-back", follow_redirects=True)
    assert "Bob took back the gesture of €25.50" in words_of(page)
    assert "of goodwill" not in words_of(bob.get(f"/cases/{other}"))


def test_whoever_solves_a_case_is_asked_first_what_its_desk_wants_to_know(bob: Browser, number: int, asking, database) -> None:
    page = bob.post(f"/cases/{number}/resolve")
    assert (page.status_code, state(database, number)[0]) == (422, "new")
    assert "Before it is solved" in words_of(page)
    page = bob.post(f"/cases/{number}/settle", {"cause": "1", "office": "", "verdict": "", "field-1": "4711"})
    assert (page.status_code, "Still to be said: whether it was justified." in words_of(page)) == (422, True)
    assert 'value="4711"' in page.text, "what was typed is still there"
    assert state(database, number)[1] == ["cause", "verdict", "Order"], "a form that failed keeps nothing"
    said = {"cause": "1", "office": "", "verdict": "partly", "field-1": "4711"}
    page = bob.post(f"/cases/{number}/settle", said, follow_redirects=True)
    assert "Bob wrote down what the case came to: partly justified, Delay" in words_of(page)
    assert state(database, number) == ("resolved", [])


def test_send_and_solve_asks_within_the_answer_and_loses_no_word(bob: Browser, number: int, asking, database) -> None:
    page = bob.post(f"/cases/{number}", {"text": "Use the stairs", "kind": "answer", "deed": "resolve"})
    assert page.status_code == 422
    assert "Nothing was sent, your text is still here." in words_of(page)
    form = page.text.split('id="reply"')[1]
    assert ("Use the stairs</textarea>" in form, 'name="verdict"' in form, 'name="field-1"' in form) == (True, True, True)
    with database.reading() as session:
        assert [entry.kind for entry in session.query(Entry)] == ["mail-in"]
    said = {"cause": "1", "office": "", "verdict": "not", "field-1": "1"}
    bob.post(f"/cases/{number}", {"text": "Use the stairs", "kind": "answer", "deed": "resolve", **said})
    assert state(database, number) == ("resolved", [])
    assert bob.post(f"/cases/{number}", {"text": "x", "kind": "answer", "deed": "send", "role": "admin"}).status_code == 400


def test_the_panel_speaks_german(bob: Browser, number: int) -> None:
    page = words_of(bob.get(f"/cases/{number}", headers={"Accept-Language": "de"}))
    assert "Schlagwort hinzufügen" in page
    assert "Priorität" in page


IN_GERMAN = {"Accept-Language": "de"}
MISSING = "Bevor dieser Fall gelöst ist, will die Anlaufstelle noch wissen: die Stelle und ob sie berechtigt war."


def ask_for_office_and_verdict(database: db.Database, staff: dict[str, Agent]) -> None:
    with database.transaction() as session:
        ada, desk = session.get_one(Agent, staff["ada"].id), session.get_one(Desk, 1)
        outcomes.ask(session, desk, ["office", "verdict"], agent=ada, now=clock.now())


def test_what_is_still_to_be_said_of_several_cases_is_named_in_german(bob, number, database, staff) -> None:
    ask_for_office_and_verdict(database, staff)
    page = bob.post("/cases/bulk", {"case": number, "deed": "resolve"}, headers=IN_GERMAN, follow_redirects=True)
    assert f"Fall {number}: {MISSING}" in words_of(page)


def test_what_is_still_to_be_said_before_a_release_is_named_in_german(bob, browser, number, database, staff) -> None:
    with database.transaction() as session:
        session.get_one(Desk, 1).needs_release = True
    bob.post(f"/cases/{number}", {"text": "Use the stairs", "kind": "answer", "deed": "resolve"})
    ask_for_office_and_verdict(database, staff)
    page = browser("carol").post(f"/cases/{number}/answers/1/release", {"text": "Use the stairs"}, headers=IN_GERMAN)
    words = words_of(page)
    assert (page.status_code, MISSING in words, "Bob antwortete" in words) == (422, True, False)
