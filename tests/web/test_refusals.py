"""What actions refuse is said in the reader's language."""

from __future__ import annotations

import pytest

from helpdesk import clock, words
from helpdesk.actions import agents
from helpdesk.actions.desks import NotUsable
from helpdesk.web.forms import said
from tests.web.browsing import open_pages


@pytest.mark.parametrize("password", ["short", "x" * 300, "aaaaaaaaaaaaaaa", "benjamin.baker!"])
def test_what_is_wrong_with_a_password_is_said_in_german_too(database, password) -> None:
    someone = agents.Agent(email="benjamin.baker@example.org")
    with database.transaction() as session, pytest.raises(NotUsable) as refusal:
        agents.set_password(session, someone, password, now=clock.now())
    german = words.translations("de").gettext(refusal.value.sentence)
    assert german != refusal.value.sentence
    assert german % refusal.value.values


@pytest.mark.parametrize(
    ("refusal", "english", "german"),
    [
        (
            NotUsable("name", "There is a team “%(name)s” already.", name="100 %"),
            "There is a team “100 %” already.",
            "Ein Team „100 %“ gibt es schon.",
        ),
        (
            NotUsable("name", "Nobody has translated 100 % of it."),
            "Nobody has translated 100 % of it.",
            "Nobody has translated 100 % of it.",
        ),
    ],
)
def test_its_values_are_filled_into_the_translation(database, refusal, english, german) -> None:
    app = open_pages(database)
    for language, sentence in (("en", english), ("de", german)):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert said(refusal) == sentence
