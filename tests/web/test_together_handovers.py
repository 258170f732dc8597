"""Handing over and mentioning on the page of a case."""

from __future__ import annotations

import pytest

from helpdesk import clock
from helpdesk.actions import entries
from helpdesk.models import Agent, Case
from tests.web.browsing import anna_writes, words_of

pytestmark = pytest.mark.usefixtures("monday")
NOTE = {"promised": "An answer by Friday", "tried": "A new cable", "next_step": "Send a technician"}


@pytest.fixture()
def answered(database, staff) -> int:
    number = anna_writes(database)
    with database.transaction() as session:
        bob = session.get_one(Agent, staff["bob"].id)
        entries.reply(session, session.get_one(Case, number), "Use the stairs", agent=bob, now=clock.now())
    return number


def test_a_case_that_nobody_has_answered_changes_hands_by_a_click(browser, database, staff) -> None:
    number = anna_writes(database)
    page = browser("bob").post(f"/cases/{number}/handover", {"to": f"agent {staff['carol'].id}"}, follow_redirects=True)
    assert "Carol has the case." in words_of(page)
    assert "Handover" not in words_of(page)


def test_an_answered_case_goes_with_a_note_or_says_what_is_missing_and_loses_nothing(browser, staff, answered) -> None:
    bob, to = browser("bob"), f"agent {staff['carol'].id}"
    refused = bob.post(f"/cases/{answered}/handover", {"to": to, "tried": "A new cable"})
    assert (refused.status_code, refused.text.count("Write at least one line here"), "A new cable" in refused.text) == (
        422,
        2,
        True,
    )
    page = words_of(bob.post(f"/cases/{answered}/handover", {"to": to, **NOTE}, follow_redirects=True))
    assert "Handover: Bob to Carol internal only" in page
    assert "Promised An answer by Friday Tried A new cable Next Send a technician" in page
    assert "Handed over to Carol, not taken over yet." in page
    assert "To Carol Printer" in words_of(bob.get("/notices"))


def test_the_new_holder_takes_over_by_a_click_that_is_written_below_the_note(browser, staff, answered) -> None:
    bob, carol = browser("bob"), browser("carol")
    bob.post(f"/cases/{answered}/handover", {"to": f"agent {staff['carol'].id}", **NOTE})
    page = carol.get(f"/cases/{answered}")
    assert "Bob hands this case over to you." in words_of(page)
    taken = words_of(carol.post(f"/cases/{answered}/take", follow_redirects=True))
    assert "Carol took it over, " in taken
    assert "hands this case over to you" not in taken
    assert carol.post(f"/cases/{answered}/take").status_code == 422


def test_the_page_has_no_empty_note_and_nobody_may_be_invented(browser, answered) -> None:
    assert browser("bob").post(f"/cases/{answered}/handover", {"to": "agent 99", **NOTE}).status_code == 404
    assert browser("bob").post(f"/cases/{answered}/handover", {"to": "ghost 1", **NOTE}).status_code == 400


def test_a_note_marks_whom_it_mentions_and_tells_its_author_who_was_told(browser, answered) -> None:
    page = browser("bob").post(
        f"/cases/{answered}", {"kind": "note", "text": "@Carol, please call <b>her</b>", "key": "k"}, follow_redirects=True
    )
    assert "Nobody outside sees it. Told: Carol." in words_of(page)
    assert '<mark class="mention">@Carol</mark>' in page.text
    assert "<b>her</b>" not in page.text
