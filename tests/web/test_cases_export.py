"""The case as a PDF: what stands in it, what never does, and that it was made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import typst
from flask import Flask, g

from helpdesk import db
from helpdesk.actions.entries import Upload
from helpdesk.db import asset
from helpdesk.models import Agent, Case, Event
from helpdesk.policies.verification import FLAG
from helpdesk.present import pdf
from helpdesk.web import access
from helpdesk.web.cases import export
from tests.web.browsing import Browser, anna_writes, mail_comes, words_of

Windows = Callable[..., Browser]
EVIL = '#panic("read") $x^$ *b* = h <a> @r `c` #read("/etc/passwd") \\ // "q" \u202e\x00\ud800'


@pytest.fixture()
def bob(browser: Windows, monday: datetime) -> Browser:
    return browser("bob")


@pytest.fixture()
def told(app: Flask, database: db.Database, staff: dict[str, Agent]) -> Callable[..., dict[str, Any]]:
    """What stands in the document of a case, in Bob's hands."""

    def look(number: int, language: str = "en") -> dict[str, Any]:
        with app.test_request_context(headers={"Accept-Language": language}), database.reading() as session:
            g.session, g.agent = session, session.get_one(Agent, staff["bob"].id)
            access.see_anew()
            return export.data(session.get_one(Case, number))

    return look


def test_a_case_is_saved_as_a_pdf_for_everybody_and_its_story_says_so(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database, files=[Upload("photo.jpg", "image/jpeg", b"x")])
    answer = bob.post(f"/cases/{number}/pdf")
    assert (answer.status_code, answer.content_type, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="case-{number}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"pdfuaid" in answer.data, "it is one that a screen reader can read"
    assert "Bob saved the case as PDF" in words_of(bob.get(f"/cases/{number}"))
    with database.reading() as session:
        event = session.query(Event).filter_by(deed="exported").one()
        assert event.after == {"format": "pdf", "sha256": hashlib.sha256(answer.data).hexdigest(), "size": len(answer.data)}
    assert bob.get(f"/cases/{number}/pdf").status_code == 405
    assert bob.post("/cases/9999/pdf").status_code == 404


def test_mail_comes_in_while_a_pdf_is_set(app: Flask) -> None:
    assert access.is_reading(app.view_functions["export.save"]), "SQLite has one lock for all who write"


def test_it_holds_all_words_marks_the_doubtful_and_hides_codes(bob: Browser, database: db.Database, told) -> None:
    number = anna_writes(database, "Two\nlines", files=[Upload("photo.jpg", "image/jpeg", b"x")])
    mail_comes(database, number, "Pay here", author="Mallory", counts=False, flags=["suspect"], sender="m@evil.example")
    mail_comes(database, number, "Your code is 123456", author="Shop", flags=[FLAG])
    bob.post(f"/cases/{number}", {"text": "Use the **stairs**", "kind": "answer"})
    data = told(number, "de")
    said = [item for item in data["items"] if item["kind"] == "said"]
    assert [item["text"].replace("123456", "") == item["text"] for item in said] == [True] * 4
    assert [(item["heading"], item["doubtful"]) for item in said] == [
        ("Anna Kundin schrieb", False),
        ("Zweifelhafte Mail im Namen von Mallory", True),
        ("Shop schrieb", False),
        ("Bob antwortete", False),
    ]
    assert (said[0]["text"], said[3]["text"]) == ("Two\nlines", "Use the stairs")
    assert said[0]["files"] == [
        {"name": "photo.jpg", "type": "image/jpeg", "size": "1\u00a0Bytes", "sha256": hashlib.sha256(b"x").hexdigest()}
    ]
    assert said[3]["delivery"][0].startswith("Unterwegs an Anna Kundin <anna@customer.example>")
    assert [item["n"] for item in data["items"]] == list(range(1, len(data["items"]) + 1))


def test_nothing_that_anybody_wrote_is_read_as_markup(bob: Browser, database: db.Database, told) -> None:
    number = anna_writes(database, EVIL.replace("\ud800", ""), subject=EVIL.replace("\ud800", "").replace("\x00", ""))
    assert bob.post(f"/cases/{number}/pdf").status_code == 200
    source = str(asset("templates") / "report" / "case.typ")
    everything = json.loads(json.dumps(told(number)).replace("Anna Kundin", json.dumps(EVIL)[1:-1]))
    assert pdf.document("case", everything, at=datetime.fromisoformat("2026-11-02T09:00+00:00"))[:5] == b"%PDF-"
    with pytest.raises(typst.TypstError, match="panicked"):  # the same words as markup would have been heard
        typst.compile((EVIL[:14]).encode(), format="pdf", root=source.rpartition("/")[0])


def test_letters_for_which_there_is_no_font_cost_no_document(bob: Browser, database: db.Database) -> None:
    number = anna_writes(database, "\U0001f9ff \u16a0 \U00013000 \ue000")
    assert bob.post(f"/cases/{number}/pdf").data[:5] == b"%PDF-"


def test_a_mail_without_end_ends_in_the_document(database: db.Database, bob: Browser, told) -> None:
    number = anna_writes(database, "x" * (export.LONGEST + 1))
    text = next(item["text"] for item in told(number)["items"] if item["kind"] == "said")
    assert (len(text) < export.LONGEST + 100, text.endswith("[The rest stands in the case.]")) == (True, True)
