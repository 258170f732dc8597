"""The page of search results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from helpdesk import db
from helpdesk.actions.entries import Upload
from helpdesk.policies.verification import FLAG
from helpdesk.queries import search as find
from tests.web.browsing import Browser, anna_writes, mail_comes, words_of

Windows = Callable[..., Browser]


def test_what_was_found_is_marked_however_it_is_spelled_and_leads_to_its_place(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    number = anna_writes(database, "Guten Tag", subject="Frage an Müller")
    long = "Vorrede. " * 60 + "Frau Mueller aus der Hauptstraße hat die Rechnung. " + "Nachrede. " * 60
    entry = mail_comes(database, number, long, files=[Upload("Rechnung 1.pdf", "application/pdf", b"x")])
    page = bob.get("/cases?q=Müller+hauptstrasse+rech")
    assert "Frage an <mark>Müller</mark>" in page.text
    assert "Frau <mark>Mueller</mark> aus der <mark>Hauptstraße</mark> hat die <mark>Rechnung</mark>." in page.text
    assert "<mark>Rechnung</mark> 1.pdf" in page.text
    assert page.text.count("Vorrede") < 10
    assert f'href="/cases/{number}#entry-{entry}"' in page.text
    assert f'id="entry-{entry}"' in bob.get(f"/cases/{number}").text


def test_words_side_by_side_are_marked_together_and_their_last_may_be_a_beginning(
    browser: Windows, database: db.Database
) -> None:
    anna_writes(database, "Der Zähler an der Straße steht an. Der Straßenbau, an der Strasse.", subject="der an")
    page = browser("bob").get("/cases?q=an-der-stra").text
    assert "Der Zähler <mark>an der Straße</mark> steht <mark>an. Der Straßenbau</mark>, <mark>an der Strasse</mark>." in page
    assert "<mark>der an" not in page
    page = browser("bob").get('/cases?q="an+der+strasse"').text
    assert "Der Zähler <mark>an der Straße</mark> steht an. Der Straßenbau, <mark>an der Strasse</mark>." in page


def test_what_is_only_quoted_is_found_and_that_is_said(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    anna_writes(database, "Yes\n> the sprocket squeaks", visible="Yes")
    assert "in what was quoted" in words_of(bob.get("/cases?q=sprocket"))


def test_the_page_says_what_it_understood(browser: Windows, database: db.Database, monday: datetime) -> None:
    bob = browser("bob")
    anna_writes(database)
    said = words_of(
        bob.get(
            "/cases", query_string={"q": 'printer "on fire" -flood from:anna who:me state:purple before:tomorrow vor:1.11.2025'}
        )
    )
    assert (
        "“printer” · “on fire” · not: “flood” · written by “anna” · “state:purple” · “before:tomorrow” · in your hands · before 1 November 2025"
        in said
    )
    assert "“state:purple” was taken for words" in said
    german = words_of(bob.get("/cases?q=von:anna", headers={"Accept-Language": "de"}))
    assert "geschrieben von „anna“" in german
    assert "written by" not in words_of(bob.get("/cases?q=printer"))


def test_nothing_found_says_so_and_what_one_can_type(browser: Windows, database: db.Database) -> None:
    page = words_of(browser("bob").get("/cases?q=zebra"))
    assert "No message has all of this." in page
    assert "who:nobody" in page


def test_results_have_pages(browser: Windows, database: db.Database, monday: datetime) -> None:
    bob = browser("bob")
    for n in range(23):
        anna_writes(database, subject=f"No. {n}.", at=monday - timedelta(minutes=n))
    first, second = bob.get("/cases?q=printer"), bob.get("/cases?q=printer&page=2")
    assert [page.text.count("No. ") for page in (first, second)] == [20, 3]
    assert "23 cases, the newest message first" in words_of(first)
    assert 'rel="next"' in first.text
    assert 'rel="next"' not in second.text


def test_the_first_page_looks_for_no_more_than_it_needs(
    browser: Windows, database: db.Database, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "FIRST", 21)
    bob = browser("bob")
    for n in range(22):
        anna_writes(database, subject=f"No. {n}.", at=monday - timedelta(minutes=n))
    first, second = bob.get("/cases?q=printer"), bob.get("/cases?q=printer&page=2")
    assert "More than 21 cases, the newest first" in words_of(first)
    assert "22 cases, the newest message first" in words_of(second)
    assert [page.text.count("No. ") for page in (first, second)] == [20, 2]


def test_a_case_with_many_messages_leaves_no_other_out_of_the_first_page(
    browser: Windows, database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "FIRST", 2)
    bob = browser("bob")
    anna_writes(database, subject="The older one")
    talkative = anna_writes(database)
    for n in range(3):
        mail_comes(database, talkative, f"The printer, {n}")
    page = bob.get("/cases?q=printer")
    assert "2 cases, the newest message first" in words_of(page)
    assert "The older one" in page.text


def test_hidden_codes_stay_hidden_in_what_was_found(browser: Windows, database: db.Database) -> None:
    number = anna_writes(database, "Your code is 123456, printer", flags=[FLAG])
    page = browser("bob").get("/cases?q=printer").text
    assert f'href="/cases/{number}"' in page
    assert "123456" not in page


def test_a_customer_s_words_are_no_markup_where_they_are_marked(browser: Windows, database: db.Database) -> None:
    anna_writes(
        database,
        "<b>printer</b> <script>x</script>",
        subject="<i>printer",
        name="<u>printer",
        files=[Upload("<s>printer.pdf", "x/y", b"x")],
    )
    page = browser("bob").get("/cases?q=printer").text
    for tag in ("<b>", "<script>x", "<i>", "<u>", "<s>"):
        assert tag not in page
    assert "&lt;i&gt;<mark>printer</mark>" in page


def test_search_asks_as_often_for_many_as_for_one(browser: Windows, database: db.Database) -> None:
    bob, asked, counts = browser("bob"), [], []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    for more in (1, 15):
        for n in range(more):
            anna_writes(database, name=f"Anna {n}", address=f"anna{more}.{n}@customer.example", files=[Upload("a", "x/y", b"x")])
        asked.clear()
        bob.get("/cases?q=printer+state:new")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] < 15
