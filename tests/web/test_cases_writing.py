"""Answering, noting, beginning a case: nothing is sent twice, nothing that was typed is lost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from helpdesk import db
from helpdesk.models import Agent, Attachment, Beginning, Case, Entry, OutboxMail
from helpdesk.queries import books
from tests.web.browsing import Browser, anna_writes, fields_of, offered, words_of

Windows = Callable[..., Browser]


@pytest.fixture()
def number(browser: Windows, database: db.Database) -> int:
    """A case of Anna's."""
    browser()
    return anna_writes(database)


def test_the_answer_form_sends_by_its_first_button_and_by_enter(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    form = re.search(r'<form id="reply".*?</form>', bob.get(f"/cases/{number}").text, re.S)
    assert form is not None
    assert re.search(r'<textarea[^>]* name="text"', form[0])
    buttons = re.findall(r"<button[^>]*>", form[0])
    assert 'value="send"' in buttons[0]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    answer = bob.client.post(f"/cases/{number}", data={**hidden, "text": "Use the stairs"})  # no button at all, no kind
    assert answer.status_code == 303
    assert re.fullmatch(rf"/cases/{number}#e\d+", answer.headers["Location"])
    assert kinds(database) == ["mail-in", "mail-out"]
    assert "Your answer is on its way." in words_of(bob.get(f"/cases/{number}"))


def test_an_answer_goes_to_the_customer_and_takes_the_case(browser: Windows, number: int, database: db.Database) -> None:
    browser("bob").post(f"/cases/{number}", {"text": "Use the stairs", "kind": "answer", "deed": "send"})
    with database.reading() as session:
        case = session.get_one(Case, number)
        assert (case.state, case.assignee and case.assignee.name) == ("waiting", "Bob")
        assert [row.recipient for row in session.query(OutboxMail)] == ["anna@customer.example"]


def test_an_answer_can_solve_the_case_and_both_can_be_taken_back(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    page = bob.post(f"/cases/{number}", {"text": "Done", "deed": "resolve"}, follow_redirects=True)
    assert state(database, number) == "resolved"
    assert "Your answer is on its way. The case is solved. Undo" in words_of(page)
    found = re.search(rf'action="(/cases/{number}/entries/\d+/take-back)"', page.text.split('class="toast"')[1])
    assert found is not None
    page = bob.post(found[1], follow_redirects=True)
    assert "Your answer is a draft again. Nobody got it." in words_of(page)
    assert re.search(r"<textarea[^>]*>\nDone</textarea>", page.text)
    assert (state(database, number), kinds(database)) == ("new", ["mail-in", "taken-back"])


@pytest.mark.parametrize("kind", ["answer", "note"])
def test_what_leaves_at_once_offers_to_take_back_the_solution_and_the_case_is_as_before_it(
    browser: Windows, number: int, database: db.Database, staff: dict[str, Agent], kind: str
) -> None:
    bob = browser("bob")
    with database.transaction() as session:
        session.get_one(Agent, staff["bob"].id).undo_seconds = 0
    bob.post(f"/cases/{number}", {"text": "Which printer?"})
    page = bob.post(f"/cases/{number}", {"text": "Done", "kind": kind, "deed": "resolve"}, follow_redirects=True)
    assert (state(database, number), "take-back" in page.text) == ("resolved", False)
    page = bob.post("/cases/undo", offered(page), follow_redirects=True)
    assert "Taken back." in words_of(page)
    assert state(database, number) == "waiting"


def test_a_note_stays_in_the_house(browser: Windows, number: int, database: db.Database) -> None:
    page = browser("bob").post(f"/cases/{number}", {"text": "She sounded tired", "kind": "note"}, follow_redirects=True)
    assert "Nobody outside sees it." in words_of(page)
    assert kinds(database) == ["mail-in", "note"]
    assert state(database, number) == "new"
    with database.reading() as session:
        assert session.query(OutboxMail).count() == 0


def test_an_empty_answer_is_refused_and_nothing_is_sent(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    for kind in ("answer", "note"):
        page = bob.post(f"/cases/{number}", {"text": "  \r\n ", "kind": kind})
        assert page.status_code == 422
        assert "There is nothing in it yet." in words_of(page)
    assert kinds(database) == ["mail-in"]


def test_a_preview_shows_how_it_will_look_and_sends_nothing(browser: Windows, number: int, database: db.Database) -> None:
    text = "**Bold** <script>alert(1)</script>\n\n* one\n* two"
    page = browser("bob").post(f"/cases/{number}", {"text": text, "deed": "preview", "kind": "note"})
    assert page.status_code == 200
    shown = page.text.split('id="preview"')[1]
    assert "<strong>Bold</strong>" in shown
    assert "<li>one</li>" in shown
    assert "<script>alert" not in page.text
    assert "**Bold** &lt;script&gt;" in page.text  # what was typed is still in the form
    assert re.search(r'value="note" checked', page.text)
    assert kinds(database) == ["mail-in"]


def test_a_preview_keeps_the_files_that_were_chosen(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    page = bob.post(f"/cases/{number}", {"text": "x", "deed": "preview", "files": (io.BytesIO(b"abc"), "a.txt")})
    bob.post(f"/cases/{number}", {**fields_of(page), "text": "x"})
    with database.reading() as session:
        assert [(f.name, f.size) for f in session.query(Attachment)] == [("a.txt", 3)]


def test_a_double_click_is_one_answer(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    for kind in ("answer", "note"):
        first, second = (bob.post(f"/cases/{number}", {"text": "Once", "key": f"k-{kind}", "kind": kind}) for _ in range(2))
        assert first.headers["Location"] == second.headers["Location"]
    assert kinds(database) == ["mail-in", "mail-out", "note"]


def test_a_double_click_is_one_answer_whatever_was_typed(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    for _ in range(2):
        bob.post(f"/cases/{number}", {"text": " a\x00b\r\nc ", "key": "k"})
    assert kinds(database) == ["mail-in", "mail-out"]


def test_a_key_that_no_form_of_ours_had_is_not_used(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    for key in ("a\x00b", "x" * 101, "é", " "):
        assert bob.post(f"/cases/{number}", {"text": "Once more", "key": key}).status_code == 303
    with database.reading() as session:
        keys = [entry.idempotency_key for entry in session.query(Entry).filter_by(kind="mail-out")]
    assert len(set(keys)) == 4
    assert all(key and key.isascii() and "\x00" not in key and len(key) < 100 for key in keys)


def test_whoever_goes_back_and_writes_something_else_sends_something_else(
    browser: Windows, number: int, database: db.Database
) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{number}", {"text": "One", "key": "k"})
    bob.post(f"/cases/{number}", {"text": "Two", "key": "k"})
    with database.reading() as session:
        assert [e.text for e in session.query(Entry).filter_by(kind="mail-out").order_by(Entry.id)] == ["One", "Two"]


def test_a_field_that_the_form_does_not_have_is_refused(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    assert bob.post(f"/cases/{number}", {"text": "x", "state": "resolved"}).status_code == 400
    assert bob.post(f"/cases/{number}", {"text": "x", "deed": "delete"}).status_code == 400
    assert bob.post("/cases/new", {"to": "x@customer.example", "subject": "x", "text": "x", "team": "1"}).status_code == 400
    assert kinds(database) == ["mail-in"]


def test_files_go_with_an_answer_under_clean_names(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    files = [(io.BytesIO(b"one"), "../../etc/pass\u202ewd.txt"), (io.BytesIO(b"two"), "Größe.pdf"), (io.BytesIO(b""), "")]
    page = bob.post(f"/cases/{number}", {"text": "Here", "files": files}, follow_redirects=True)
    assert page.status_code == 200
    with database.reading() as session:
        assert [(f.name, f.size) for f in session.query(Attachment).order_by(Attachment.id)] == [
            ("passwd.txt", 3),
            ("Größe.pdf", 3),
        ]


def test_a_file_alone_is_an_answer(browser: Windows, number: int, database: db.Database) -> None:
    browser("bob").post(f"/cases/{number}", {"text": "", "files": (io.BytesIO(b"x"), "offer.pdf")})
    assert kinds(database) == ["mail-in", "mail-out"]


def test_strange_characters_are_kept_as_far_as_a_database_can(browser: Windows, number: int, database: db.Database) -> None:
    browser("bob").post(f"/cases/{number}", {"text": "a\x00b 🖨️ \u202e ﷽"})
    with database.reading() as session:
        assert session.query(Entry).filter_by(kind="mail-out").one().text == "a\ufffdb 🖨️ \u202e ﷽"


def test_a_case_begins_with_a_mail_of_ours(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    fields = {
        "to": "Tom Ferry <Tom@Customer.example>",
        "subject": "Your parcel",
        "text": "It is **here**.",
        "desk": "",
        "key": "k",
    }
    page = bob.post("/cases/new", fields, follow_redirects=True)
    words = words_of(page)
    assert "Case 1001" in words
    assert "Your parcel" in words
    assert "Bob opened the case" in words
    assert "Bob answered It is here." not in words
    assert "Tom Ferry <tom@customer.example>" in words
    bob.post("/cases/new", fields)
    with database.reading() as session:
        assert session.query(Case).count() == 1


NEW = {"to": "Tom <tom@customer.example>", "subject": "Your parcel", "text": "It is here", "desk": "", "key": "k"}


def test_a_new_case_is_kept_as_a_draft_with_its_files_and_found_again(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    page = bob.post("/cases/new", {**NEW, "deed": "draft", "files": (io.BytesIO(b"abc"), "plan.pdf")}, follow_redirects=True)
    assert "The draft is kept." in words_of(page)
    assert "Tom <tom@customer.example> Your parcel It is here New case saved" in words_of(bob.get("/cases/drafts"))
    assert "Drafts 1 case" in words_of(bob.get("/cases"))
    page = bob.get("/cases/new?draft=1")
    assert all(part in page.text for part in ('value="Your parcel"', ">\nIt is here</textarea>", "plan.pdf"))
    assert browser("carol").get("/cases/new?draft=1").status_code == 404
    known = re.search(r'name="known" value="([^"]+)"', page.text)
    form = {**NEW, "draft": "1", "known": known[1], "kept": "1"}
    kept = bob.post("/cases/new/draft", {**form, "text": "It is there"})
    assert (kept.status_code, "<html" in kept.text, "plan.pdf" in kept.text) == (200, False, True)
    assert bob.post("/cases/new/draft", {**form, "text": "Older"}).status_code == 409
    assert "You have begun another new case" in words_of(bob.get("/cases/new"))
    bob.post("/cases/new", {**form, "text": "It is there"})
    with database.reading() as session:
        entry = session.query(Entry).one()
        assert (entry.text, [file.name for file in entry.attachments]) == ("It is there", ["plan.pdf"])
        assert session.query(Beginning).count() == 0
    assert bob.post("/cases/new/draft", form).status_code == 204  # a save that came too late


def test_a_form_that_has_not_heard_of_its_first_draft_makes_no_second_one(browser: Windows, database: db.Database) -> None:
    bob, form = browser("bob"), {**NEW, "draft": "", "known": ""}
    for text in ("It is", "It is here"):
        assert bob.post("/cases/new/draft", {**form, "text": text}).status_code == 200
    with database.reading() as session:
        assert [row.text for row in session.query(Beginning)] == ["It is here"]
    bob.post("/cases/new", form)
    with database.reading() as session:
        assert session.query(Beginning).count() == 0


def test_a_new_case_that_is_refused_keeps_the_files_that_were_chosen(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    wrong = {**NEW, "to": "nonsense", "files": (io.BytesIO(b"abc"), "plan.pdf")}
    page = bob.post("/cases/new", wrong)
    assert (page.status_code, "is not a mail address" in words_of(page), "plan.pdf" in page.text) == (409, True, True)
    fields = dict(re.findall(r'name="(draft|known|kept)" value="([^"]+)"', page.text))
    page = bob.post("/cases/new", {**NEW, **fields, "subject": " ", "files": (io.BytesIO(b"def"), "bill.pdf")})
    assert (page.status_code, "plan.pdf" in page.text, "bill.pdf" in page.text) == (409, True, True)
    kept = re.findall(r'name="kept" value="(\d+)"', page.text)
    fields = dict(re.findall(r'name="(draft|known)" value="([^"]+)"', page.text))
    bob.post("/cases/new", {**NEW, **fields, "kept": kept})
    with database.reading() as session:
        assert [file.name for file in session.query(Entry).one().attachments] == ["plan.pdf", "bill.pdf"]
        assert session.query(Beginning).count() == 0


def test_the_draft_of_a_new_case_is_discarded_and_brought_back(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    bob.post("/cases/new", {**NEW, "deed": "draft"})
    page = bob.post("/cases/new/discard", {**NEW, "draft": "1"}, follow_redirects=True)
    assert "The draft is discarded. Undo" in words_of(page)
    assert bob.get("/cases/new?draft=1").status_code == 404
    assert browser("carol").post("/cases/new/restore", {"draft": "1"}, follow_redirects=True).status_code == 200
    assert 'value="Your parcel"' in bob.post("/cases/new/restore", {"draft": "1"}, follow_redirects=True).text
    assert "nothing to bring back" in words_of(bob.post("/cases/new/restore", {"draft": "1"}, follow_redirects=True))


def test_a_new_case_is_taken_back_as_if_it_had_never_been_begun(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    page = bob.post("/cases/new", NEW, follow_redirects=True)
    (path,) = set(re.findall(r'action="(/cases/1001/entries/\d+/take-back)"', page.text))
    page = bob.post(path, follow_redirects=True)
    assert "Nobody got it, and the case was not opened." in words_of(page)
    assert all(part in page.text for part in ('value="Your parcel"', ">\nIt is here</textarea>", "tom@customer.example"))
    assert bob.get("/cases/1001").status_code == 404
    assert "tom@customer.example" not in bob.get("/people").text
    for view in ("all", "resolved", "mine"):
        assert "Your parcel" not in bob.get(f"/cases?view={view}").text
    assert "Bob" in words_of(browser("ada").get("/audit?deed=answer-taken-back")), "the record keeps it"
    with database.reading() as session:
        assert list(books.problems(session)) == []
        assert session.query(OutboxMail).count() == 0
    bob.post("/cases/new", {**NEW, "key": "k2"})
    assert "Your parcel" in words_of(bob.get("/cases/1002"))


def test_a_new_case_in_which_somebody_wrote_meanwhile_stays(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    page = bob.post("/cases/new", NEW, follow_redirects=True)
    (path,) = set(re.findall(r'action="(/cases/1001/entries/\d+/take-back)"', page.text))
    browser("carol").post("/cases/1001", {"text": "Not him", "kind": "note"})
    page = bob.post(path, follow_redirects=True)
    assert "Your answer is a draft again. Nobody got it." in words_of(page)
    assert ">\nIt is here</textarea>" in page.text
    assert (state(database, 1001), kinds(database)) == ("new", ["taken-back", "note"])


def test_a_new_case_says_all_that_is_missing_and_loses_nothing(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    page = bob.post("/cases/new", {"to": "nonsense", "subject": " ", "text": "", "desk": "", "key": "k"})
    assert page.status_code == 422
    words = words_of(page)
    assert "2 things need another look. Nothing is lost." in words
    assert "What is it about?" in words
    assert 'value="nonsense"' in page.text
    page = bob.post("/cases/new", {"to": "nonsense", "subject": "S", "text": "Kept text", "desk": "", "key": "k"})
    assert "“nonsense” is not a mail address" in words_of(page)
    assert "Kept text" in page.text
    page = bob.post("/cases/new", {"to": "help@example.org", "subject": "S", "text": "T", "desk": "", "key": "k"})
    assert "is an address of this desk" in words_of(page)
    page = bob.post("/cases/new", {"to": "a@customer.example", "subject": "S", "text": "T", "desk": "99", "key": "k"})
    assert "Choose one from the list." in words_of(page)
    with database.reading() as session:
        assert session.query(Case).count() == 0


def kinds(database: db.Database) -> list[str]:
    with database.reading() as session:
        return [entry.kind for entry in session.query(Entry).order_by(Entry.id)]


def state(database: db.Database, number: int) -> str:
    with database.reading() as session:
        return session.get_one(Case, number).state
