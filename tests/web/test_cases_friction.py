"""Marks at a customer's words on the page of a case: suggested quietly, made by a click, undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import entries
from helpdesk.db import Database
from helpdesk.models import Agent, Case, Entry, Friction
from tests.web.browsing import Browser, anna_writes, mail_comes, offered, words_of

Windows = Callable[..., Browser]


@pytest.fixture()
def bob(browser: Windows, monday: datetime) -> Browser:
    return browser("bob")


@pytest.fixture()
def number(bob: Browser, database: Database, staff: dict[str, Agent]) -> int:
    """A case that Carol answered, and in which Anna wrote again."""
    number = anna_writes(database, "I am still waiting for my refund.")
    with database.transaction() as session:
        carol = session.get_one(Agent, staff["carol"].id)
        entries.reply(session, session.get_one(Case, number), "Soon", agent=carol, now=clock.now())
    mail_comes(database, number, "I already told you my number. But Carol was very kind.")
    return number


def letters(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(select(Entry.id).where(Entry.kind == "mail-in").order_by(Entry.id)))


def test_what_nobody_answered_yet_suggests_a_mark_and_nothing_counts_before_a_click(bob: Browser, number: int, database) -> None:
    page = bob.get(f"/cases/{number}")
    words = words_of(page)
    assert "“I already told”: had to say it again? Yes, mark it" in words
    assert "“very kind”: praises Carol? Yes, mark it" in words
    assert "still waiting”:" not in words, "that was answered"
    with database.reading() as session:
        assert session.scalars(select(Friction)).all() == []
    entry = letters(database)[1]
    page = bob.post(f"/cases/{number}/entries/{entry}/friction", {"kind": "repeated"}, follow_redirects=True)
    words = words_of(page)
    assert "Marked: Anna Kundin had to say it again. Undo" in words
    assert "Marked: had to say it again Take back" in words
    assert "Bob marked: Anna Kundin had to say it again" in words
    assert "”: had to say it again?" not in words
    page = bob.post("/cases/undo", offered(page), follow_redirects=True)
    assert "Bob took back the mark: had to say it again" in words_of(page)
    assert "“I already told”: had to say it again? Yes, mark it" in words_of(page)


def test_any_message_is_marked_behind_more_and_praise_goes_to_whom_it_names(bob, number, browser, database, staff) -> None:
    first = letters(database)[0]
    page = bob.get(f"/cases/{number}")
    assert f'action="/cases/{number}/entries/{first}/friction"' in page.text
    assert (
        "More What is said here had to wait had to say it again was sent elsewhere was not told found us rude praises Carol praises us"
        in words_of(page)
    )
    bob.post(f"/cases/{number}/entries/{first}/friction", {"kind": f"praise {staff['carol'].id}"})
    assert "A customer praises you" in words_of(browser("carol").get("/notices"))
    page = bob.post(f"/cases/{number}/friction/1/take-back", follow_redirects=True)
    assert "The mark is taken back." in words_of(page)
    assert "Marked: praises Carol" not in words_of(page)


def test_nonsense_marks_nothing(bob: Browser, number: int, database: Database, staff) -> None:
    first, other = letters(database)[0], anna_writes(database)
    here = f"/cases/{number}/entries"
    assert bob.post(f"{here}/{first}/friction", {"kind": "angry"}).status_code == 422
    assert bob.post(f"{here}/{first}/friction", {"kind": "praise 99"}).status_code == 404
    assert bob.post(f"/cases/{other}/entries/{first}/friction", {"kind": "waited"}).status_code == 404
    assert bob.post(f"{here}/{first + 1}/friction", {"kind": "waited"}).status_code == 422, "our answer"
    bob.post(f"{here}/{first}/friction", {"kind": "waited"})
    assert bob.post(f"/cases/{other}/friction/1/take-back").status_code == 404


def test_whoever_only_reads_sees_marks_and_makes_none(bob: Browser, browser, number: int, database: Database, olga) -> None:
    bob.post(f"/cases/{number}/entries/{letters(database)[0]}/friction", {"kind": "waited"})
    page = browser("olga").get(f"/cases/{number}")
    assert "Marked: had to wait" in words_of(page)
    assert "/friction" not in page.text


def test_it_speaks_german(bob: Browser, number: int) -> None:
    words = words_of(bob.get(f"/cases/{number}", headers={"Accept-Language": "de"}))
    assert "„I already told“: musste es wiederholen? Ja, festhalten" in words
