"""Drafts, planned answers, taking back, and two agents at one case."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk import clock, db, jobs
from helpdesk.actions import cases, deliveries, people
from helpdesk.models import Case, Draft, DraftFile, Entry, OutboxMail, WebSession
from helpdesk.policies.files import MOST_BYTES
from tests.conftest import MONDAY
from tests.web.browsing import Browser, anna_writes, fields_of, mail_comes, words_of

Windows = Callable[..., Browser]


@pytest.fixture()
def number(browser: Windows, database: db.Database) -> int:
    """A case of Anna's."""
    browser()
    return anna_writes(database)


def rows(database: db.Database, kind: type[Draft] | type[Entry] = Draft) -> list[str]:
    with database.reading() as session:
        return [row.text for row in session.scalars(select(kind).order_by(kind.id))]


def with_carl(database: db.Database, number: int) -> int:
    """Let Carl take part; his participant's id."""
    with database.transaction() as session:
        carl = people.known(session, "carl@customer.example", "Carl", now=clock.now())
        return cases.add_participant(session, session.get_one(Case, number), carl, now=clock.now()).id


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_kept_without_scripts_and_found_on_another_machine(
    browser: Windows, number: int, database: db.Database
) -> None:
    browser("bob").post(f"/cases/{number}", {"text": "Half a\nthought", "kind": "note", "deed": "draft"})
    page = browser("bob").get(f"/cases/{number}")
    assert re.search(r"<textarea[^>]*>\nHalf a\nthought</textarea>", page.text)
    assert re.search(r'value="note" checked', page.text)
    assert "Draft saved" in words_of(page)
    assert rows(database, Entry) == ["The printer is on fire"]
    assert "Half a" not in browser("carol").get(f"/cases/{number}").text


def test_a_draft_is_kept_while_one_types_and_ends_when_it_is_sent(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    form = fields_of(bob.get(f"/cases/{number}"))
    kept = bob.post(f"/cases/{number}/draft", {**form, "text": "Use the", "files": (io.BytesIO(b"abc"), "plan.pdf")})
    assert kept.status_code == 200
    assert "plan.pdf" in kept.text
    assert "<html" not in kept.text
    assert rows(database) == ["Use the"]
    bob.post(f"/cases/{number}", {**fields_of(bob.get(f"/cases/{number}")), "text": "Use the stairs"})
    assert rows(database) == []
    with database.reading() as session:
        answer = session.scalars(select(Entry).where(Entry.kind == "mail-out")).one()
        assert (answer.text, [file.name for file in answer.attachments]) == ("Use the stairs", ["plan.pdf"])
    assert bob.post(f"/cases/{number}/draft", {**form, "text": "Use the stairs"}).status_code == 204  # a save that came too late
    assert rows(database) == []


def test_an_older_window_overwrites_no_draft(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    form = fields_of(bob.get(f"/cases/{number}"))
    bob.post(f"/cases/{number}/draft", {**form, "text": "Newer"})
    refused = bob.post(f"/cases/{number}/draft", {**form, "text": "Older"})
    assert refused.status_code == 409
    assert "in another window" in words_of(refused)
    page = bob.post(f"/cases/{number}", {**form, "text": "Older", "deed": "draft"})
    assert page.status_code == 409
    assert rows(database) == ["Newer"]
    bob.post(f"/cases/{number}", {**fields_of(page), "text": "Older", "deed": "draft"})
    assert rows(database) == ["Older"]


def test_a_file_is_taken_off_again_and_too_much_is_refused_at_once(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    page = bob.post(f"/cases/{number}", {"text": "x", "deed": "draft", "files": (io.BytesIO(b"abc"), "a.txt")})
    form = fields_of(page)
    with database.transaction() as session:
        session.scalars(select(DraftFile)).one().size = MOST_BYTES - 2
    for files, status in ((b"xyz", 413), (b"xy", 200)):
        more = {**form, "text": "x", "files": (io.BytesIO(files), "b.bin")}
        assert bob.post(f"/cases/{number}/draft", more).status_code == status
    form = fields_of(bob.get(f"/cases/{number}"))
    page = bob.post(f"/cases/{number}", {**form, "text": "x", "remove": form["kept"][0]})
    assert page.status_code == 200
    assert "a.txt" not in page.text
    assert rows(database) == ["x"]


def test_a_draft_is_discarded_and_brought_back(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{number}", {"text": "Half", "deed": "draft"})
    page = bob.post(f"/cases/{number}/draft/discard", {"text": "Half"}, follow_redirects=True)
    assert "The draft is discarded. Undo" in words_of(page)
    assert ">\nHalf</textarea>" not in page.text
    page = bob.post(f"/cases/{number}/draft/restore", follow_redirects=True)
    assert ">\nHalf</textarea>" in page.text
    assert "nothing to bring back" in words_of(bob.post(f"/cases/{number}/draft/restore", follow_redirects=True))


def test_all_drafts_of_ones_own_stand_in_one_list_and_in_the_row_of_their_case(browser: Windows, number: int) -> None:
    bob = browser("bob")
    assert "You have begun nothing" in words_of(bob.get("/cases/drafts"))
    bob.post(f"/cases/{number}", {"text": "Half a thought", "deed": "draft"})
    words = words_of(bob.get("/cases/drafts"))
    assert "Printer Half a thought Answer saved" in words
    assert "Half a thought" not in words_of(browser("carol").get("/cases/drafts"))
    assert "Nobody · draft" in words_of(bob.get("/cases"))
    assert "Drafts 1 case" in words_of(bob.get("/cases"))
    assert "raft" not in words_of(browser("carol").get("/cases"))


def test_a_text_is_drawn_as_it_will_look(browser: Windows, number: int) -> None:
    bob = browser("bob")
    drawn = bob.post(f"/cases/{number}/preview", {"text": "**Bold** <script>"})
    assert drawn.text.strip() == "<p><strong>Bold</strong> &lt;script&gt;</p>"
    assert bob.post("/cases/9999/preview", {"text": "x"}).status_code == 404


# ── who gets it ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_is_not_ticked_does_not_get_this_answer_and_the_story_says_so(
    browser: Windows, number: int, database: db.Database
) -> None:
    carl = with_carl(database, number)
    bob = browser("bob")
    form = fields_of(bob.get(f"/cases/{number}"))
    assert str(carl) in form["to"]
    form["to"].remove(str(carl))
    page = bob.post(f"/cases/{number}", {**form, "text": "Only you"}, follow_redirects=True)
    assert "On its way to Anna Kundin not to Carl" in words_of(page)
    with database.reading() as session:
        assert session.scalars(select(OutboxMail.recipient)).all() == ["anna@customer.example"]
    assert fields_of(page)["to"] == form["offered"]  # the next one goes to everybody again


def test_an_answer_to_nobody_is_refused(browser: Windows, number: int, database: db.Database) -> None:
    with_carl(database, number)
    bob = browser("bob")
    form = fields_of(bob.get(f"/cases/{number}"))
    for deed in ("send", "tomorrow"):
        page = bob.post(f"/cases/{number}", {**form, "to": [], "text": "Hello", "deed": deed})
        assert page.status_code == 422
        assert "Tick at least one person" in words_of(page)
    assert rows(database, Entry) == ["The printer is on fire"]


# ── taking back ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_has_left_is_not_taken_back(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    page = bob.post(f"/cases/{number}", {"text": "Gone"}, follow_redirects=True)
    (path,) = set(re.findall(rf'action="(/cases/{number}/entries/\d+/take-back)"', page.text))
    assert browser("carol").post(path).status_code == 409
    with database.transaction() as session:
        then = clock.now() + timedelta(minutes=1)
        assert deliveries.claim_due(session, now=then, real_now=then, worker="w", lease=timedelta(minutes=1), limit=9)
    page = bob.post(path)
    assert page.status_code == 409
    assert "It is too late to take this answer back" in words_of(page)
    assert rows(database, Entry) == ["The printer is on fire", "Gone"]


def test_taking_back_twice_is_as_good_as_once(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    page = bob.post(f"/cases/{number}", {"text": "Wait"}, follow_redirects=True)
    (path,) = set(re.findall(rf'action="(/cases/{number}/entries/\d+/take-back)"', page.text))
    for _ in range(2):
        assert "Nobody got it." in words_of(bob.post(path, follow_redirects=True))
    assert rows(database) == ["Wait"]


def test_an_answer_waits_as_long_as_its_author_chose(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    account = {"name": "Bob", "formal_name": "", "language": "en", "theme": "", "notify": "1"}
    assert bob.post("/account", {**account, "undo_seconds": "61"}).status_code == 422
    assert bob.post("/account", {**account, "undo_seconds": "30"}).status_code == 303
    bob.post(f"/cases/{number}", {"text": "Wait"})
    with database.reading() as session:
        row = session.scalars(select(OutboxMail)).one()
        assert row.due_at - row.created_at == timedelta(seconds=30)


# ── planned ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("monday")
def test_an_answer_is_planned_put_off_and_made_a_draft_again(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    form = fields_of(bob.get(f"/cases/{number}"))
    for _ in range(2):  # a double click
        page = bob.post(f"/cases/{number}", {**form, "text": "Good **morning**", "deed": "tomorrow"}, follow_redirects=True)
    assert "Bob answers Tue 3 Nov, 08:00 not sent yet Good morning" in words_of(page)
    assert "Do not send it" in words_of(browser("carol").get(f"/cases/{number}"))
    (there,) = re.findall(rf'action="(/cases/{number}/planned/\d+)/move"', page.text)
    for nonsense in ("", "2026-11-02T09:00", "never"):
        assert bob.post(f"{there}/move", {"deed": "later", "at": nonsense}).status_code == 422
    page = bob.post(f"{there}/move", {"deed": "later", "at": "2026-11-05T17:30"}, follow_redirects=True)
    assert "Bob answers Thu 5 Nov, 17:30" in words_of(page)
    assert browser("carol").post(f"{there}/send").status_code == 404
    assert "leaves Thu 5 Nov" in words_of(bob.get("/cases/drafts"))
    page = bob.post(f"{there}/draft", follow_redirects=True)
    assert ">\nGood **morning**</textarea>" in page.text
    assert bob.post(f"{there}/draft").status_code == 409
    assert rows(database, Entry) == ["The printer is on fire"]


@pytest.mark.usefixtures("monday")
def test_a_planned_answer_leaves_by_the_timetable_or_by_a_click(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{number}", {"text": "Later", "deed": "later", "at": "2026-11-02T12:00", "solves": "1"})
    page = bob.post(f"/cases/{number}", {"text": "Now", "deed": "monday"}, follow_redirects=True)
    there = re.findall(rf'action="(/cases/{number}/planned/\d+)/send"', page.text)
    assert jobs.send_planned(database, now=MONDAY + timedelta(hours=2)) == 1
    assert rows(database, Entry) == ["The printer is on fire", "Later"]
    with database.reading() as session:
        assert session.get_one(Case, number).state == "resolved"
    bob.post(f"{there[1]}/send")
    assert rows(database, Entry) == ["The printer is on fire", "Later", "Now"]


def test_a_planned_answer_that_was_stopped_says_why(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{number}", {"text": "Later", "deed": "tomorrow"})
    mail_comes(database, number, "Never mind")
    assert jobs.send_planned(database, now=clock.now()) == 0
    page = bob.get(f"/cases/{number}")
    assert "Bob’s planned answer was not sent" in words_of(page)
    assert "Read it, then decide." in words_of(page)


# ── together ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_two_who_answer_at_once_the_second_is_stopped_and_nothing_is_lost(
    browser: Windows, number: int, database: db.Database
) -> None:
    bob, carol = browser("bob"), browser("carol")
    first, second = (fields_of(window.get(f"/cases/{number}")) for window in (bob, carol))
    assert bob.post(f"/cases/{number}", {**first, "text": "From Bob"}).status_code == 303
    for deed in ("resolve", "tomorrow"):
        page = carol.post(f"/cases/{number}", {**second, "text": "From Carol", "deed": deed})
        assert page.status_code == 409
        words = words_of(page)
        assert "Your answer has not been sent. Your draft is saved. Meanwhile: Bob answered" in words
        assert "Read what’s new" in words
    assert rows(database) == ["From Carol"]
    assert rows(database, Entry) == ["The printer is on fire", "From Bob"]
    again = carol.post(f"/cases/{number}", {**fields_of(page), "text": "From Carol"})
    assert again.status_code == 303
    assert rows(database, Entry) == ["The printer is on fire", "From Bob", "From Carol"]
    assert rows(database) == []


def test_their_mail_stops_an_answer_and_ones_own_notes_do_not(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    form = fields_of(bob.get(f"/cases/{number}"))
    bob.post(f"/cases/{number}", {"text": "To myself", "kind": "note"})
    mail_comes(database, number, "Never mind")
    page = bob.post(f"/cases/{number}", {**form, "text": "Use the stairs"})
    assert page.status_code == 409
    assert "Meanwhile: Anna Kundin wrote" in words_of(page)
    form = fields_of(bob.get(f"/cases/{number}"))
    bob.post(f"/cases/{number}", {"text": "To myself", "kind": "note"})
    assert bob.post(f"/cases/{number}", {**form, "text": "Use the stairs"}).status_code == 303


def test_who_else_is_here_is_said_for_twenty_seconds(browser: Windows, number: int, database: db.Database) -> None:
    bob, carol = browser("bob"), browser("carol")
    with clock.freeze(MONDAY):
        alone = bob.post(f"/cases/{number}/presence", {"seen": "1"})
        assert "Bob" not in alone.text
    seen = fields_of(carol.get(f"/cases/{number}"))["seen"]
    with clock.freeze(MONDAY + timedelta(seconds=19)):
        said = words_of(carol.post(f"/cases/{number}/presence", {"seen": seen}))
        assert said == "Bob has this case open too."
        bob.post(f"/cases/{number}/presence", {"writes": "1"})
        assert words_of(carol.post(f"/cases/{number}/presence", {"seen": seen})) == "Bob is writing here."
        assert "Bob is writing here." in words_of(carol.get(f"/cases/{number}"))
    mail_comes(database, number, "Still")
    with clock.freeze(MONDAY + timedelta(seconds=40)):
        said = words_of(carol.post(f"/cases/{number}/presence", {"seen": seen}))
        assert said == "Something new is here since you opened this page. Read what’s new"
    assert carol.post("/cases/9999/presence").status_code == 404


def test_a_page_that_asks_by_itself_keeps_no_log_in_alive(browser: Windows, number: int, database: db.Database) -> None:
    bob = browser("bob")
    token = bob.token()
    with database.reading() as session:
        (before,) = session.scalars(select(WebSession.seen_at))
    with clock.freeze(clock.now() + timedelta(minutes=10)):
        bob.client.post(f"/cases/{number}/presence", data={"csrf_token": token})
    with database.reading() as session:
        assert session.scalars(select(WebSession.seen_at)).all() == [before]
