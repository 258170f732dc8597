"""Settings of tags, fields, and of what a desk asks for before a case is solved."""

from __future__ import annotations

from helpdesk import clock
from helpdesk.actions import tags
from helpdesk.models import Agent, Case
from helpdesk.queries import details as find
from tests.web.browsing import anna_writes, words_of


def test_a_tag_is_renamed_joined_and_deleted(browser, database, staff, monday) -> None:
    ada, number = browser("ada"), anna_writes(database)
    with database.transaction() as session:
        for name in ("late", "delay"):
            bob = session.get_one(Agent, staff["bob"].id)
            tags.add(session, session.get_one(Case, number), name, agent=bob, now=clock.now())
    assert "late 1" in words_of(ada.get("/settings/tags"))
    assert "called “late” now" in words_of(ada.post("/settings/tags/2", {"name": "Late"}, follow_redirects=True))
    refused = ada.post("/settings/tags/1", {"name": "!"})
    assert (refused.status_code, "letters or figures" in words_of(refused)) == (422, True)
    assert "No tags yet." in words_of(ada.post("/settings/tags/1/delete", follow_redirects=True))
    assert browser("carol").get("/settings/tags").status_code == 404


def test_a_field_is_defined_changed_and_asked_for_no_more(browser, database, monday) -> None:
    ada, number = browser("ada"), anna_writes(database)
    new = {"name": "Colour", "kind": "choice", "desk": "1", "choices": "red\nblue", "required": "1"}
    refused = ada.post("/settings/fields", {**new, "choices": "red"})
    assert (refused.status_code, "2 to 100 choices" in words_of(refused)) == (422, True)
    assert "Colour Choice Help desk Yes" in words_of(ada.post("/settings/fields", new, follow_redirects=True))
    assert ">blue</option>" in ada.get(f"/cases/{number}").text
    assert ada.post("/settings/fields", {**new, "desk": "9"}).status_code == 422
    assert "red\nblue</textarea>" in ada.get("/settings/fields/1").text
    changed = {"name": "Paint", "choices": "red\nblue", "required": "", "active": ""}
    assert "Paint asked no more" in words_of(ada.post("/settings/fields/1", changed, follow_redirects=True))
    assert "Paint" not in words_of(ada.get(f"/cases/{number}"))
    assert browser("carol").post("/settings/fields", new).status_code == 404


def test_a_desk_says_what_it_asks_for(browser, database, monday) -> None:
    ada, here = browser("ada"), "/settings/desks/1/resolving"
    assert f'href="{here}"' in ada.get("/settings/desks/1").text
    refused = ada.post(here, {"cause": "1", "causes": " \n"})
    assert (refused.status_code, "at least one cause" in words_of(refused)) == (422, True)
    assert ada.post(here, {"cause": "1", "verdict": "1", "causes": "Delay\nDamage"}).status_code == 303
    assert "Damage\nDelay</textarea>" in ada.get(here).text
    number = anna_writes(database)
    with database.reading() as session:
        assert find.missing(session, session.get_one(Case, number)) == ["cause", "verdict"]
    assert "Tags None yet; agents make them Fields None yet" in words_of(ada.get("/settings"))
