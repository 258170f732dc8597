"""Suggestions: the library, the panel beside the answer form, and the question before one is sent as it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk import clock, jobs
from helpdesk.models import Desk, Entry, Suggestion, Team
from tests.web.browsing import anna_writes, fields_of, words_of

ROOM = "/settings/suggestions"
LATE = {
    "title": "Parcel is late",
    "text": "{salutation},\n\nyour parcel is late. We look at case {case}.",
    "language": "en",
    "kind": "start",
    "team": "",
    "deed": "",
}
FILLED = "Hello Anna Kundin,\n\nyour parcel is late. We look at case %d."


@pytest.fixture()
def number(database) -> int:
    return anna_writes(database)


def counts(database) -> list[tuple[int, int]]:
    with database.reading() as session:
        return [(row.unchanged, row.changed) for row in session.scalars(select(Suggestion).order_by(Suggestion.id))]


def answers(database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Entry.text).where(Entry.kind == "mail-out").order_by(Entry.id)))


def test_an_agent_proposes_and_a_supervisor_takes_it_over(browser, number) -> None:
    bob, carol = browser("bob"), browser("carol")
    assert "Your proposal is kept." in words_of(bob.post(ROOM, LATE, follow_redirects=True))
    assert "There is no suggestion for this case yet." in words_of(bob.get(f"/cases/{number}/suggestions"))
    assert bob.post(f"{ROOM}/1", LATE).status_code == 404
    assert bob.post(f"{ROOM}/1/put-away").status_code == 404
    assert "your parcel is late" in words_of(bob.get(f"{ROOM}/1"))
    assert "proposed by Bob" in words_of(carol.get(ROOM))
    assert "Saved." in words_of(carol.post(f"{ROOM}/1", {**LATE, "title": "Late parcel"}, follow_redirects=True))
    assert "Late parcel" in words_of(bob.get(f"/cases/{number}/suggestions"))
    answer = carol.post(f"{ROOM}/1/put-away", follow_redirects=True)
    assert "is put away. Undo" in words_of(answer)
    assert "Late parcel" not in words_of(bob.get(f"/cases/{number}/suggestions"))
    assert bob.get(f"/cases/{number}/suggestions/1").status_code == 404
    carol.post(f"{ROOM}/1/take-back")
    assert bob.get(f"/cases/{number}/suggestions/1").status_code == 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text": "Dear {customer}"}, "There is no placeholder {customer}."),
        ({"text": "{0.__class__}"}, "There is no placeholder {0.__class__}."),
        ({"text": " "}, "There is nothing in it yet."),
        ({"title": " "}, "A suggestion needs a title"),
        ({"language": "xx"}, "Choose one of the languages"),
        ({"kind": "xx"}, "Choose one from the list."),
        ({"team": "99"}, "Choose one from the list."),
    ],
)
def test_what_could_not_work_is_said_at_its_field(browser, database, changed, said) -> None:
    page = browser("carol").post(ROOM, {**LATE, **changed})
    assert page.status_code == 422
    assert said in words_of(page)
    assert counts(database) == []


def test_a_suggestion_is_found_by_its_words_and_fills_the_answer_form_with_what_is_known(browser, database, number) -> None:
    bob, carol = browser("bob"), browser("carol")
    carol.post(ROOM, LATE)
    carol.post(ROOM, {**LATE, "title": "Größe getauscht", "text": "Guten Tag", "language": "de"})
    found = words_of(bob.get(f"/cases/{number}/suggestions?q=PARC late"))
    assert "Parcel is late" in found
    assert "Größe" not in found
    assert "Größe getauscht Deutsch" in words_of(bob.get(f"/cases/{number}/suggestions?q=grosse"))
    assert "No suggestion has all these words." in words_of(bob.get(f"/cases/{number}/suggestions?q=zebra"))
    page = bob.get(f"/cases/{number}/suggestions/1")
    assert FILLED % number in page.text
    assert '<input type="hidden" name="suggestion" value="1">' in page.text


def test_one_that_is_sent_word_for_word_is_asked_about_once_and_counted(browser, database, number) -> None:
    bob = browser("bob")
    browser("carol").post(ROOM, LATE)
    form = {"text": FILLED % number, "kind": "answer", "suggestion": "1"}
    asked = bob.post(f"/cases/{number}", form)
    assert asked.status_code == 422
    assert "This is word for word the suggestion “Parcel is late”." in words_of(asked)
    assert FILLED % number in asked.text
    # Typed again, or out of a kept draft: the words count, not the way they came.
    assert bob.post(f"/cases/{number}", {"text": form["text"].replace("\n\n", "\n"), "kind": "answer"}).status_code == 422
    assert answers(database) == []
    assert bob.post(f"/cases/{number}", {**form, "as_it_is": "1", "key": "k1"}).status_code == 303
    assert bob.post(f"/cases/{number}", {**form, "as_it_is": "1", "key": "k1"}).status_code == 303, "the same form twice"
    assert (len(answers(database)), counts(database)) == (1, [(1, 0)])
    assert bob.post(f"/cases/{number}", {**form, "text": form["text"] + "\n\nIt is in Kiel."}).status_code == 303
    assert counts(database) == [(1, 1)]
    assert "Sent 2 times, word for word 1 times." in words_of(browser("carol").get(f"{ROOM}/1"))


def test_a_draft_remembers_the_suggestion_that_it_began_with(browser, database, number) -> None:
    bob = browser("bob")
    browser("carol").post(ROOM, LATE)
    bob.post(f"/cases/{number}/draft", {"text": "Your parcel is late", "kind": "answer", "key": "k", "suggestion": "1"})
    page = bob.get(f"/cases/{number}")
    assert 'name="suggestion" value="1"' in page.text
    bob.post(f"/cases/{number}", {**fields_of(page), "text": "Your parcel is late, Anna"})
    assert counts(database) == [(0, 1)]


def test_a_planned_answer_and_one_that_was_released_count_the_suggestions_that_went_into_them(browser, database, number) -> None:
    bob, carol = browser("bob"), browser("carol")
    carol.post(ROOM, LATE)
    form = {"text": "Your parcel is late, Anna", "kind": "answer", "suggestion": "1"}
    bob.post(f"/cases/{number}", {**form, "deed": "tomorrow"})
    assert counts(database) == [(0, 0)]
    with clock.freeze(clock.now() + timedelta(days=2)):
        assert jobs.send_planned(database, now=clock.now()) == 1
    assert counts(database) == [(0, 1)]
    with database.transaction() as session:
        session.scalars(select(Desk)).one().needs_release = True
    bob.post(f"/cases/{number}", form)
    assert counts(database) == [(0, 1)]
    carol.post(f"/cases/{number}/answers/1/release")
    assert counts(database) == [(0, 2)]


def test_what_the_law_prescribes_is_sent_without_a_question(browser, database, number) -> None:
    browser("carol").post(ROOM, {**LATE, "kind": "prescribed", "text": "You may withdraw within 14 days."})
    form = {"text": "You may withdraw within 14 days.", "kind": "answer", "suggestion": "1"}
    assert browser("bob").post(f"/cases/{number}", form).status_code == 303
    assert counts(database) == [(1, 0)]


def test_a_placeholder_that_nobody_filled_in_never_reaches_a_customer(browser, database, number) -> None:
    bob = browser("bob")
    page = bob.post(f"/cases/{number}", {"text": "Hello, write to {team} today.", "kind": "answer"})
    assert page.status_code == 422
    assert "Fill in {team} before it leaves." in words_of(page)
    assert bob.post(f"/cases/{number}", {"text": "Keep {team} in mind.", "kind": "note"}).status_code == 303
    assert bob.post(f"/cases/{number}", {"text": "Type {'a': 1} there.", "kind": "answer"}).status_code == 303


def test_another_teams_suggestions_are_not_offered(browser, database, number) -> None:
    with database.transaction() as session:
        session.add(Team(name="Billing"))
    browser("carol").post(ROOM, {**LATE, "team": "1"})
    bob = browser("bob")
    assert "There is no suggestion" in words_of(bob.get(f"/cases/{number}/suggestions"))
    assert bob.get(f"/cases/{number}/suggestions/1").status_code == 404


def test_the_counts_of_another_text_begin_anew(browser, database, number) -> None:
    carol = browser("carol")
    carol.post(ROOM, LATE)
    browser("bob").post(f"/cases/{number}", {"text": "Hello, other words.", "kind": "answer", "suggestion": "1"})
    carol.post(f"{ROOM}/1", {**LATE, "title": "Other title"})
    assert counts(database) == [(0, 1)]
    carol.post(f"{ROOM}/1", {**LATE, "text": "Other text"})
    assert counts(database) == [(0, 0)]


def test_a_preview_shows_the_text_and_keeps_nothing(browser, database) -> None:
    page = browser("carol").post(ROOM, {**LATE, "text": "**Bold** {name} <script>", "deed": "preview"})
    assert "<strong>Bold</strong> Erika Muster &lt;script&gt;" in page.text
    assert counts(database) == []
