"""Consultations on the page of a case."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from helpdesk.models import Consultation, Entry, OutboxMail
from tests.web.browsing import anna_writes, mail_comes, words_of

pytestmark = pytest.mark.usefixtures("monday")
ASKED = {"to": "Spare Parts Ltd <parts@supplier.example>", "subject": "Model 7", "text": "Does it **burn**?"}


def test_somebody_is_asked_with_what_was_ticked_and_has_a_folded_thread(browser, database) -> None:
    number, bob = anna_writes(database), browser("bob")
    with database.reading() as session:
        entry_id = session.scalars(select(Entry.id)).one()
    page = bob.post(f"/cases/{number}/consultations", {**ASKED, "along": [entry_id]}, follow_redirects=True)
    words = words_of(page)
    assert "Asked: Spare Parts Ltd. The customer sees nothing of it." in words
    assert "Consultation: Bob asked Spare Parts Ltd" in words
    assert "Sent along (2 lines) Anna Kundin wrote on 2 November" in words
    assert "<strong>burn</strong>" in page.text
    with database.reading() as session:
        assert [(row.kind, row.recipient) for row in session.scalars(select(OutboxMail))] == [
            ("consultation", "parts@supplier.example")
        ]


@pytest.mark.parametrize(
    "wrong", [{"to": "nobody"}, {"to": "help@example.org"}, {"to": "anna@customer.example"}, {"text": " "}, {"subject": " "}]
)
def test_what_cannot_be_sent_is_said_and_nothing_typed_is_lost(browser, database, wrong) -> None:
    number = anna_writes(database)
    answer = browser("bob").post(f"/cases/{number}/consultations", {**ASKED, **wrong})
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert "Model 7" in answer.text or "Does it" in answer.text
    with database.reading() as session:
        assert session.scalars(select(Consultation)).all() == []


@pytest.mark.parametrize("path", ["consultations", "consultations/1"])
def test_a_refused_question_names_the_files_that_have_to_be_chosen_again(browser, database, path) -> None:
    number, bob = anna_writes(database), browser("bob")
    bob.post(f"/cases/{number}/consultations", ASKED)
    files = [(io.BytesIO(b"%PDF"), "plan.pdf"), (io.BytesIO(b"%PDF"), "<b>bill</b>.pdf")]
    asked = {**ASKED, "text": " ", "files": files} if path == "consultations" else {"text": " ", "files": files}
    page = bob.post(f"/cases/{number}/{path}", asked)
    assert (page.status_code, "Choose again from your computer: plan.pdf and" in words_of(page)) == (422, True)
    assert "<b>" not in page.text


def test_what_is_not_offered_cannot_be_sent_along(browser, database) -> None:
    number, other = anna_writes(database), anna_writes(database, address="carl@customer.example")
    stranger = mail_comes(database, number, "psst", counts=False, flags=["stranger"])
    with database.reading() as session:
        foreign = session.scalars(select(Entry.id).where(Entry.case_number == other)).one()
    for ident in (stranger, foreign):
        assert browser("bob").post(f"/cases/{number}/consultations", {**ASKED, "along": [ident]}).status_code == 404


def test_one_writes_again_with_a_file_and_closes(browser, database) -> None:
    number, bob = anna_writes(database), browser("bob")
    bob.post(f"/cases/{number}/consultations", ASKED)
    again = {"text": "And this?", "files": (io.BytesIO(b"%PDF"), "plan.pdf")}
    page = bob.post(f"/cases/{number}/consultations/1", again, content_type="multipart/form-data", follow_redirects=True)
    assert "plan.pdf" in page.text
    closed = words_of(bob.post(f"/cases/{number}/consultations/1/close", follow_redirects=True))
    assert "Consultation: Spare Parts Ltd closed" in closed
    other = anna_writes(database, address="carl@customer.example")
    assert bob.post(f"/cases/{other}/consultations/1", {"text": "x"}).status_code == 404
