"""The forms for a call, a visit or a letter."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import pytest

from helpdesk import db
from helpdesk.models import Case, Person
from tests.web.browsing import Browser, anna_writes, words_of

Windows = Callable[..., Browser]
CALL = {"kind": "call", "direction": "in", "at": "2026-11-02T09:30", "text": "She asks **again**.", "turn": "ours", "key": "k"}
NEW = {"name": "Maria Schulz", "mail": "", "phone": "030 5550", "postal": "", "subject": "Bin", "desk": "", **CALL}


@pytest.fixture()
def bob(browser: Windows, monday: datetime) -> Browser:
    return browser("bob")


def test_a_call_is_written_down_with_its_time_and_stands_in_the_story(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database)
    assert f'href="/cases/{number}/log"' in bob.get(f"/cases/{number}").text
    form = bob.get(f"/cases/{number}/log")
    assert 'value="2026-11-02T10:00" max="2026-11-02T10:00"' in form.text
    data = {**CALL, "person": "1", "files": (io.BytesIO(b"scan"), "scan.pdf")}
    page = bob.post(f"/cases/{number}/log", data, follow_redirects=True)
    assert "Anna Kundin called Today, 09:30 written down by Bob Today, 10:00 She asks again ." in words_of(page)
    assert "scan.pdf" in words_of(page)
    letter = {**CALL, "person": "1", "kind": "letter", "key": "l"}
    page = bob.post(f"/cases/{number}/log", letter, follow_redirects=True, headers={"Accept-Language": "de"})
    assert "Anna Kundin schrieb einen Brief" in words_of(page)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"at": "2026-11-02T10:01"}, "choose a time that has passed"),
        ({"at": "soon"}, "Say when it was."),
        ({"text": " "}, "There is nothing in it yet."),
        ({"person": "99"}, "Choose one from the list."),
        ({"kind": "mail"}, "Choose one from the list."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost(bob: Browser, database: db.Database, changed, said) -> None:
    number = anna_writes(database)
    page = bob.post(f"/cases/{number}/log", {**CALL, "person": "1", **changed})
    assert (page.status_code, said in words_of(page)) == (422, True)
    assert CALL["text"] in page.text or "text" in changed
    assert "She asks" not in words_of(bob.get(f"/cases/{number}"))


def test_a_form_that_comes_back_names_the_files_that_it_cannot_hold(bob: Browser, database: db.Database) -> None:
    for path, form in ((f"/cases/{anna_writes(database)}/log", {**CALL, "person": "1"}), ("/cases/log", NEW)):
        page = words_of(bob.post(path, {**form, "at": "soon", "files": (io.BytesIO(b"scan"), "scan.pdf")}))
        assert "Choose again from your computer: scan.pdf." in page
        assert "Nothing is lost" not in page
        assert "Choose again" not in words_of(bob.get(path))


def test_a_case_begins_with_the_call_of_somebody_without_mail(bob: Browser, database: db.Database) -> None:
    assert 'href="/cases/log"' in bob.get("/cases/new").text
    page = bob.post("/cases/log", NEW, follow_redirects=True)
    words = words_of(page)
    assert "Maria Schulz (no mail)" in words
    assert ("Came by Phone call" in words, "Telephone 030 5550" in words, "no-mail-" in page.text) == (True, True, False)
    refused = bob.post("/cases/1001", {"text": "Tomorrow", "kind": "answer"})
    assert (refused.status_code, "Nobody who takes part has a mail address." in words_of(refused)) == (422, True)
    for path in ("/people", "/people/1"):
        assert ("no mail" in words_of(bob.get(path)), "no-mail-" in bob.get(path).text) == (True, False)
    bob.post("/people/1/contact", {"phone": "1", "postal": "Am Markt 1", "mail": "maria@post.example"})
    assert bob.post("/people/1/contact", {"phone": "", "postal": "", "mail": "x"}).status_code == 303, "it is not asked for twice"
    assert "maria@post.example" in words_of(bob.get("/cases/1001"))


def test_a_new_case_needs_somebody_and_a_subject(bob: Browser, database: db.Database) -> None:
    page = bob.post("/cases/log", {**NEW, "name": "", "subject": " "})
    assert (page.status_code, "Who is it?" in words_of(page), "What is it about?" in words_of(page)) == (422, True, True)
    page = bob.post("/cases/log", {**NEW, "mail": "help@example.org"})
    assert (page.status_code, "would run in a circle" in words_of(page)) == (422, True)
    with database.reading() as session:
        assert (session.query(Case).count(), session.query(Person).count()) == (0, 0)
