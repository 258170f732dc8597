"""The lists of cases: who waits for us, search, empty lists, news."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from helpdesk import clock, db
from helpdesk.actions import agents, cases, deliveries, entries
from helpdesk.models import Agent, Case, OutboxMail
from tests.web.browsing import Browser, anna_writes, mail_comes, words_of

Windows = Callable[..., Browser]


def test_the_first_list_is_whoever_waits_for_us_the_longest_first(
    browser: Windows, database: db.Database, monday: datetime
) -> None:
    bob = browser("bob")
    anna_writes(database, "Second", subject="Lamp", name="Zoe", address="zoe@customer.example", at=monday - timedelta(hours=3))
    anna_writes(database, "First", subject="Chair", name="Anna", at=monday - timedelta(days=4))
    page = words_of(bob.get("/cases"))
    assert page.index("For more than two days 1") < page.index("Chair") < page.index("Since today 1") < page.index("Lamp")
    assert "2 cases, whoever waits longest comes first" in page
    assert "waiting for 4 days" in page
    assert "waiting for 3 hours" in page
    assert page.count("Nobody") >= 2


def test_a_german_reader_is_told_in_german(browser: Windows, database: db.Database, monday: datetime) -> None:
    bob = browser("bob")
    anna_writes(database, at=monday - timedelta(days=2, hours=1))
    page = words_of(bob.get("/cases", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}))
    assert "Wartet auf uns" in page
    assert "wartet seit 2 Tagen" in page


def test_the_agents_own_language_comes_before_the_browsers(
    browser: Windows, database: db.Database, staff: dict[str, Agent]
) -> None:
    bob = browser("bob")
    with database.transaction() as session:
        agents.change(session, session.get_one(Agent, staff["bob"].id), {"language": "de"}, by=staff["ada"], now=clock.now())
    page = bob.get("/cases", headers={"Accept-Language": "en"})
    assert '<html lang="de"' in page.text
    assert "Niemand wartet auf uns." in words_of(page)


def test_each_view_shows_its_cases_and_their_number(browser: Windows, database: db.Database, staff: dict[str, Agent]) -> None:
    bob = browser("bob")
    fresh, mine, theirs, solved, lost = (
        anna_writes(database, subject=s) for s in ("Fresh", "Mine", "Theirs", "Solved one", "Lost")
    )
    with database.transaction() as session:
        agent, now = session.get_one(Agent, staff["bob"].id), clock.now()
        cases.assign(session, session.get_one(Case, mine), agent, agent=agent, now=now)
        for number in (theirs, solved, lost):
            entries.reply(
                session, session.get_one(Case, number), "Yes", agent=staff["carol"], now=now, then_resolve=number == solved
            )
            cases.assign(session, session.get_one(Case, number), None, agent=agent, now=now)
        row = session.query(OutboxMail).filter_by(case_number=lost).one()
        deliveries.failed(session, row, "550 no such user", now=now)
    expected = {
        "mine": {"Mine"},
        "ours": {"Fresh", "Mine", "Lost"},
        "unassigned": {"Fresh", "Theirs", "Lost"},
        "theirs": {"Theirs"},
        "undeliverable": {"Lost"},
        "resolved": {"Solved one"},
        "all": {"Fresh", "Mine", "Theirs", "Solved one", "Lost"},
    }
    for view, subjects in expected.items():
        page = bob.get(f"/cases?view={view}")
        shown = {s for s in expected["all"] if f">{s}</a>" in page.text}
        assert shown == subjects, view
    assert "Waiting for us 3 cases" in words_of(page)
    assert "Undeliverable 1 case" in words_of(page)
    ours = words_of(bob.get("/cases?view=ours"))
    assert "Our turn 1" in ours
    assert "Not waiting for us" not in ours
    assert fresh == 1001


@pytest.mark.parametrize(
    ("view", "sentence"),
    [("ours", "Nobody is waiting for us."), ("mine", "You have no open case."), ("unassigned", "Every open case has somebody."),
     ("undeliverable", "Everything that we sent has arrived"), ("resolved", "There is no case here.")],
)  # fmt: skip
def test_an_empty_list_is_a_sentence(view: str, sentence: str, browser: Windows) -> None:
    assert sentence in words_of(browser("bob").get(f"/cases?view={view}"))


def test_nonsense_in_the_address_is_the_first_list(browser: Windows) -> None:
    bob = browser("bob")
    for query in ("view=drop+table", "page=-1", "page=nine", "page=99999999999999999999", "view="):
        answer = bob.get(f"/cases?{query}")
        assert answer.status_code == 200
        assert "<h1>Waiting for us</h1>" in answer.text


def test_search_finds_words_in_every_case_and_says_when_there_are_none(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    number = anna_writes(database, "Die Kaffeemühle läuft nicht", subject="Mühle")
    anna_writes(database, "Something else", subject="Lamp")
    page = bob.get("/cases?view=all&q=kaffeemuhle")
    assert f'href="/cases/{number}"' in page.text
    assert ">Lamp</a>" not in page.text
    assert "1 case" in words_of(page)
    for hostile in ("\"' OR 1=1 --", "%", "*", "NEAR(", "kaffee AND", "\x00", "a" * 5000):
        answer = bob.get("/cases", query_string={"q": hostile})
        assert answer.status_code == 200
    assert "No message has all of this." in words_of(bob.get("/cases?q=zebra"))


def test_a_number_leads_straight_to_its_case(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    number = anna_writes(database)
    for words in (str(number), f"#{number}", f" {number} "):
        assert bob.get("/cases", query_string={"q": words}).headers["Location"] == f"/cases/{number}"
    assert bob.get("/cases?q=4711").status_code == 200
    assert bob.get("/cases?q=99999999999999999999").status_code == 200


def test_a_long_list_has_pages_and_each_case_stands_on_one_of_them(
    browser: Windows, database: db.Database, monday: datetime
) -> None:
    bob = browser("bob")
    for n in range(53):
        anna_writes(database, subject=f"No. {n}.", at=monday - timedelta(minutes=n))
    first, second = bob.get("/cases"), bob.get("/cases?page=2")
    on = [[n for n in range(53) if f">No. {n}.</a>" in page.text] for page in (first, second)]
    assert len(on[0]) == 50
    assert sorted(on[0] + on[1]) == list(range(53))
    assert 'rel="next"' in first.text
    assert 'rel="next"' not in second.text


def test_the_words_of_a_customer_are_never_markup(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    evil = "<img src=x onerror=alert(1)>{{ 31337*31337 }}"
    number = anna_writes(database, evil, subject=evil, name=evil)
    for path in ("/cases", f"/cases/{number}", f"/cases?q={number}0", "/cases?q=onerror"):
        page = bob.get(path).text
        assert "<img" not in page
        assert "&lt;img src=x onerror" in page or "q=1" in path
        assert "982007569" not in page


def test_news_are_a_quiet_line(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    number = anna_writes(database)
    since = bob.get("/cases").text.split("since=")[1].split('"')[0]
    assert bob.get(f"/cases/news?since={since}").status_code == 204
    mail_comes(database, number, "Still burning")
    mail_comes(database, number, "And smoking")
    page = bob.get(f"/cases/news?view=ours&since={since}")
    assert words_of(page) == "2 new messages. Reload the list"
    for nonsense in ("", "x", "-1", "1" * 30):
        assert bob.get(f"/cases/news?since={nonsense}").status_code == 400


def test_a_list_asks_the_database_as_often_for_fifty_cases_as_for_one(browser: Windows, database: db.Database) -> None:
    bob = browser("bob")
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    counts = []
    for more in (1, 20):
        for n in range(more):
            anna_writes(database, name=f"Anna {n}", address=f"anna{more}.{n}@customer.example")
        asked.clear()
        bob.get("/cases")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] < 15
    with clock.freeze(clock.now() + timedelta(days=9)):
        bob = browser("bob")
        asked.clear()
        bob.get("/cases")
        assert len(asked) < 15, "also where all of them are late"
