"""Promises on the pages: offered while one writes, shown on the case and in the list, kept by a click, taken back with their answer."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk import clock, jobs
from helpdesk.actions import entries
from helpdesk.db import Database
from helpdesk.models import Agent, Case, Draft, Entry, Promise
from tests.web.browsing import Browser, anna_writes, fields_of, words_of

HOUR = timedelta(hours=1)
Windows = Callable[..., Browser]


@pytest.fixture()
def number(browser: Windows, database: Database, monday: datetime) -> int:
    browser()
    return anna_writes(database)


def promises(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(Promise).order_by(Promise.id))
        return [(row.kind, row.standing, row.due_at.isoformat()) for row in rows]


def typed(page: TestResponse) -> str:
    """What stands in the answer form."""
    found = re.search(r'<textarea id="text"[^>]*>(.*?)</textarea>', page.text, re.S)
    assert found is not None
    return html.unescape(found[1]).strip()


FRIDAY = "2026-11-06T22:59:59+00:00"


@pytest.mark.parametrize(("language", "text", "said"), [
    ("en", "I will write to you by Friday.", "Promise it: they hear from us by Friday 6 November."),
    ("de", "Sie hören bis Freitag von uns.", "Versprechen: Sie hören von uns bis Freitag, 6. November."),
])  # fmt: skip
def test_a_day_that_the_text_names_is_offered(browser: Windows, number: int, language: str, text: str, said: str) -> None:
    bob = browser("bob")
    if language == "de":
        bob.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    page = bob.post(f"/cases/{number}/promise", {"text": text})
    assert said in words_of(page)
    assert 'name="promise" value="2026-11-06"' in page.text
    assert words_of(bob.post(f"/cases/{number}/promise", {"text": "It costs 3.12 EUR."})) == ""
    assert said in words_of(bob.post(f"/cases/{number}", {"text": text, "deed": "preview"})), "without scripts by a look"


def test_what_is_ticked_is_promised_with_the_answer_and_shown(browser: Windows, number: int, database: Database) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{number}", {"text": "By Friday.", "promise": "2026-11-06"})
    assert promises(database) == [("agent", "running", FRIDAY)]
    page = words_of(bob.get(f"/cases/{number}"))
    assert page.count("promised by 6 November") == 2, "at the top, and at the answer"
    assert "promised by 6 November" in words_of(bob.get("/cases?view=due"))
    with clock.freeze(datetime.fromisoformat(FRIDAY) - 8 * HOUR):
        assert "Promise at risk, by 6 November" in words_of(browser("bob").get(f"/cases/{number}"))
    with clock.freeze(datetime.fromisoformat(FRIDAY) + 59 * HOUR):
        late = words_of(browser("bob").get(f"/cases/{number}"))
        assert "Promise broken, 1 h late" in late


def test_a_list_says_what_was_promised_for_today_and_what_is_broken(browser: Windows, number: int) -> None:
    bob, friday = browser("bob"), datetime.fromisoformat(FRIDAY)
    bob.post(f"/cases/{number}", {"text": "By Friday.", "promise": "2026-11-06"})
    with clock.freeze(friday - 25 * HOUR):
        assert "last change" in words_of(browser("bob").get("/cases?view=theirs")), "nothing that need not be seen before its day"
    for hours, said in (
        (-20, "promised by 6 November"),
        (-9, "At risk, 2 h"),
        (-2, "Promise at risk, by 6"),
        (59, "Broken, 1 h"),
    ):
        with clock.freeze(friday + hours * HOUR):
            page = words_of(browser("bob").get("/cases?view=theirs"))
            assert (said in page, "last change" in page) == (True, False), "one chip"


def test_the_day_of_the_form_is_promised_too_and_nonsense_is_not_sent(browser: Windows, number: int, database: Database) -> None:
    bob = browser("bob")
    assert 'type="date" id="promise-day" name="promise" min="2026-11-02"' in bob.get(f"/cases/{number}").text
    for wrong in ("Friday", "2026-11-01", "2028-01-01"):
        page = bob.post(f"/cases/{number}", {"text": "Soon.", "promise": wrong})
        assert page.status_code == 422
        assert "Promise a day that is still to come, within a year." in words_of(page)
    page = bob.post(f"/cases/{number}", {"text": "Soon.", "promise": "2026-11-06", "deed": "resolve"})
    assert "An answer that solves the case cannot promise another one." in words_of(page)
    bob.post(f"/cases/{number}", {"text": "Look.", "kind": "note", "promise": "2026-11-06"})
    assert promises(database) == []
    bob.post(f"/cases/{number}", {"text": "Soon.", "promise": ["", "2026-11-06"]})
    assert promises(database) == [("agent", "running", FRIDAY)]


def test_a_draft_remembers_what_it_promises(browser: Windows, number: int, database: Database) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{number}", {"text": "By Friday, 2 pm.", "promise": "2026-11-06T14:00", "deed": "draft"})
    with database.reading() as session:
        assert session.scalars(select(Draft)).one().promise_at.isoformat() == "2026-11-06T13:00:00+00:00"  # type: ignore[union-attr]
    assert 'value="2026-11-06T14:00" checked' in bob.get(f"/cases/{number}").text


def test_a_click_keeps_it(browser: Windows, number: int, database: Database) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{number}", {"text": "By Friday.", "promise": "2026-11-06"})
    with database.reading() as session:
        here = f"/cases/{number}/promises/{session.scalars(select(Promise.id)).one()}/kept"
    assert here in bob.get(f"/cases/{number}").text
    page = bob.post(here, follow_redirects=True)
    assert "The promise is kept." in words_of(page)
    assert "Bob said that the promise is kept" in words_of(page)
    assert [one[1] for one in promises(database)] == ["kept"]
    assert "settled already" in words_of(bob.post(here))
    assert bob.post(f"/cases/{number}/promises/4711/kept").status_code == 404


@pytest.mark.parametrize(("language", "hours", "said"), [
    ("en", 22, "We won't manage that, and we are sorry."),
    ("en", 25, "We did not manage that, and we are sorry."),
    ("de", 22, "Das schaffen wir nicht, und das tut uns leid."),
])  # fmt: skip
def test_whoever_will_be_late_finds_a_mail_prepared(
    browser: Windows, database: Database, monday: datetime, language: str, hours: float, said: str
) -> None:
    number = anna_writes(database, at=monday)
    with database.transaction() as session:
        case = session.get_one(Case, number)
        case.language = language
        entries.acknowledge(session, case, session.scalars(select(Entry)).one(), now=monday)
    with clock.freeze(monday + hours * HOUR):
        jobs.watch_promises(database, now=clock.now())
        bob = browser("bob")
        page = bob.get(f"/cases/{number}")
        assert f"/cases/{number}?later=1#text" in page.text
        page = bob.get(f"/cases/{number}?later=1")
        assert said in typed(page)
        assert fields_of(page)["promise"] == ["2026-11-04T10:00" if hours < 24 else "2026-11-04T11:00"]
        bob.post(f"/cases/{number}", {**fields_of(page), "text": typed(page)})
    assert [one[:2] for one in promises(database)] == [
        ("acknowledgement", "kept" if hours < 24 else "broken"),
        ("agent", "running"),
    ]


def test_the_prepared_mail_replaces_nothing_that_was_written(browser: Windows, number: int, database: Database) -> None:
    bob = browser("bob")
    bob.post(f"/cases/{number}", {"text": "By Friday.", "promise": "2026-11-06"})
    bob.post(f"/cases/{number}", {"text": "Half a thought", "deed": "draft"})
    assert typed(bob.get(f"/cases/{number}?later=1")) == "Half a thought"


def test_a_case_without_promises_says_nothing_of_them(browser: Windows, number: int, staff: dict[str, Agent]) -> None:
    page = browser("bob").get(f"/cases/{number}")
    assert "promised" not in words_of(page)
    assert "later=1" not in page.text
